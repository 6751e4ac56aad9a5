"""A real browser (Debian's Chromium) over a page that is really served."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from selenium import webdriver
from selenium.common.exceptions import (
    ElementClickInterceptedException,
    ElementNotInteractableException,
    StaleElementReferenceException,
    TimeoutException,
)
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

from tests.programs import SLOW_S

AXE = Path(__file__).parents[2] / "rigs" / "axe" / "axe.min.js"
ARGUMENTS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars")
PLACE = "return JSON.stringify(arguments[0].getBoundingClientRect())"
PHONE, DESKTOP = (390, 844), (1280, 900)


class Person:
    """Does what a person does: looks, clicks, presses keys, reads."""

    def __init__(
        self,
        address: str,
        size: tuple[int, int] = DESKTOP,
        dark: bool = False,
        language: str = "en",
        webcam: bool = False,
    ) -> None:
        program, driver = shutil.which("chromium"), shutil.which("chromedriver")
        if program is None or driver is None:
            pytest.skip("no Chromium: apt install chromium chromium-driver")
        options = Options()
        options.binary_location = program
        for argument in (
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--hide-scrollbars",
        ):
            options.add_argument(argument)
        if webcam:  # a drawn one, and nobody who has to allow it
            options.add_argument("--use-fake-device-for-media-stream")
            options.add_argument("--use-fake-ui-for-media-stream")
        options.add_argument(f"--lang={language}")
        options.add_experimental_option("prefs", {"intl.accept_languages": language})
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        self._folder = TemporaryDirectory(prefix="gw-")  # a socket's path is short; Chromium leaves things there
        places = os.environ | {"TMPDIR": self._folder.name}
        self.driver = webdriver.Chrome(options=options, service=Service(driver, env=places))
        self._tell(
            "Emulation.setDeviceMetricsOverride",
            width=size[0],
            height=size[1],
            deviceScaleFactor=1,
            mobile=size == PHONE,
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self._tell("Emulation.setEmulatedMedia", features=[scheme])
        if size == PHONE:
            self._tell("Emulation.setTouchEmulationEnabled", enabled=True)
        self.address, self._width = address.rstrip("/"), size[0]

    def opens(self, path: str = "/") -> None:
        self.driver.get(self.address + path)

    def sees(self, text: str) -> None:
        """Waits for it."""
        self._wait(lambda: text in self.all("body")[0].text, text)

    def sees_not(self, text: str) -> None:
        self._wait(lambda: text not in self.all("body")[0].text, f"not {text}")

    def all(self, css: str) -> list[WebElement]:
        return self.driver.find_elements(By.CSS_SELECTOR, css)

    def value_of(self, css: str) -> str:
        """Of that field, once it is there."""
        found: list[str] = []
        self._wait(lambda: found.append(str(self.all(css)[0].get_attribute("value"))) or True, css)
        return found[-1]

    def clicks(self, css: str, number: int = 0) -> None:
        """Once it is there, at rest, and nothing lies over it; what is drawn anew meanwhile is looked for again."""

        def clicked() -> bool:
            element = self.all(css)[number]
            if not self._is_in_sight(element):
                return False
            element.click()
            return True

        self._wait(clicked, css)

    def shift_clicks(self, css: str, number: int) -> None:
        """As `clicks`: a bar that came with the first choice may still push the rest away."""

        def clicked() -> bool:
            element = self.all(css)[number]
            if not self._is_in_sight(element):
                return False
            ActionChains(self.driver).key_down(Keys.SHIFT).click(element).key_up(Keys.SHIFT).perform()
            return True

        self._wait(clicked, css)

    def types(self, css: str, text: str) -> None:
        """Instead of what the field holds."""

        def typed() -> bool:
            field = self.all(css)[0]
            field.clear()
            field.send_keys(text)
            return True

        self._wait(typed, css)

    def presses(self, *keys: str) -> None:
        for key in keys:
            ActionChains(self.driver).send_keys(key).perform()

    def swipes(self, css: str, right: int, down: int = 0) -> None:
        """A finger over that, so many pixels."""
        found: list[dict[str, float]] = []

        def scrolled() -> bool:
            element = self.all(css)[0]
            is_in_sight = self._is_in_sight(element)
            found.append(self.driver.execute_script("return arguments[0].getBoundingClientRect().toJSON()", element))
            return is_in_sight

        self._wait(scrolled, css)
        box = found[-1]
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        for kind, part in [("touchStart", 0.0), *[("touchMove", n / 5) for n in range(1, 6)], ("touchEnd", 1.0)]:
            point = {"x": x + right * part, "y": y + down * part}
            self._tell("Input.dispatchTouchEvent", type=kind, touchPoints=[] if kind == "touchEnd" else [point])

    def chooses(self, css: str, value: str) -> None:
        self.clicks(f'{css} option[value="{value}"]')

    def at(self, path: str) -> None:
        """Waits until the address is that."""
        self._wait(lambda: self.driver.current_url.removeprefix(self.address) == path, path)

    def leaves(self, act: Callable[[], None]) -> None:
        """Does that and waits until another page is there."""
        body = self.all("body")[0]
        act()
        self._wait(
            lambda: _is_gone(body) and self.driver.execute_script("return document.readyState") == "complete",
            "another page",
        )

    def barriers(self) -> list[str]:
        """What axe finds that shuts people out: rule, then the elements."""
        self.driver.execute_script(AXE.read_text("utf-8"))
        found: dict[str, Any] = self.driver.execute_async_script(
            "axe.run(document).then(arguments[arguments.length - 1])"
        )
        return [f"{one['id']}: {[node['target'] for node in one['nodes']][:3]}" for one in found["violations"]]

    def script_says(self, script: str, wanted: object) -> None:
        """Waits until the script returns that: fonts, pictures, and signs of waiting come and go meanwhile."""
        said: list[object] = []

        def is_so() -> bool:
            said[:] = [self.driver.execute_script(script)]
            return said == [wanted]

        try:
            self._wait(is_so, f"{wanted}")
        except AssertionError as error:
            raise AssertionError(f"the script says {said}; {error}") from error

    def complaints(self) -> list[str]:
        """What the browser's console says."""
        return [str(entry["message"]) for entry in self.driver.get_log("browser")]  # type: ignore[no-untyped-call]

    def is_too_wide(self) -> bool:
        """Whether the page has to be moved sideways."""
        return int(self.driver.execute_script("return document.documentElement.scrollWidth")) > self._width

    def leaves_for_good(self) -> None:
        self.driver.quit()
        self._folder.cleanup()

    def _is_in_sight(self, element: WebElement) -> bool:
        """Scrolls to it; whether it stays there from one picture of the screen to a later one."""
        self.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", element)
        before = self.driver.execute_script(PLACE, element)
        time.sleep(0.04)  # some pictures; a page without scripts could not tell of them itself
        return bool(self.driver.execute_script(PLACE, element) == before)

    def _tell(self, command: str, **values: Any) -> None:
        self.driver.execute_cdp_cmd(command, values)

    def _says(self) -> str:
        """What can be read on it, and what its console complains about, in one line, which a log shows at its end."""
        read, complaints = self.all("body")[0].text.split("\n"), self.complaints()[-5:]
        return f"{' | '.join(read)[-1500:]}; the console says: {' | '.join(complaints)[-1000:] or 'nothing'}"

    def _wait(self, condition: Callable[[], bool], what: str) -> None:
        passing = [
            StaleElementReferenceException,
            ElementClickInterceptedException,
            ElementNotInteractableException,
            IndexError,
        ]
        try:
            WebDriverWait(self.driver, SLOW_S, 0.05, passing).until(lambda _driver: condition())
        except TimeoutException as error:
            raise AssertionError(f"never: {what}; the page says: {self._says()}") from error


def _is_gone(element: WebElement) -> bool:
    try:
        element.is_enabled()
    except Exception:  # stale, detached, or no such node: each version names it otherwise
        return True
    return False
