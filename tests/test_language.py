"""Everything that the device side says to people is also there in Chinese."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from edge import language
from tests.conftest import PROJECT

CATALOGUE = PROJECT / "edge" / "locale" / "zh_CN" / "LC_MESSAGES" / "gardenwatch.po"


@pytest.fixture
def english_again() -> Iterator[None]:
    yield
    language.use("en")


def in_the_source() -> set[str]:
    found = extract_from_dir(
        PROJECT / "edge", [("**.py", "python"), ("**.html", "jinja2")], keywords={"_": None, "N_": None}
    )
    return {str(message) for _file, _line, message, _comments, _context in found}


def translated(path: Path) -> dict[str, str]:
    read = read_po if path.suffix == ".po" else read_mo
    with path.open("rb") as file:
        return {str(message.id): str(message.string) for message in read(file) if message.id}


def test_every_message_is_translated_and_no_translation_is_left_over() -> None:
    assert in_the_source() == {key for key, text in translated(CATALOGUE).items() if text}


def test_translations_fill_in_the_same_values() -> None:
    def places(text: str) -> set[str]:
        return set(re.findall(r"{(\w+)[^}]*}", text))

    wrong = [key for key, text in translated(CATALOGUE).items() if places(key) != places(text)]
    assert wrong == []


def test_the_compiled_catalogue_is_up_to_date() -> None:
    """`make locale` compiles it."""
    assert translated(CATALOGUE.with_suffix(".mo")) == translated(CATALOGUE)


@pytest.mark.usefixtures("english_again")
def test_the_language_comes_from_the_choice_or_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (language.use("zh-CN"), language._("pest")) == ("zh_CN", "害虫")
    assert (language.use("en"), language._("pest")) == ("en", "pest")
    monkeypatch.setenv("GARDENWATCH_LANG", "zh_CN.UTF-8")
    assert language.use("auto") == language.current() == "zh_CN"
    monkeypatch.setenv("GARDENWATCH_LANG", "fr")
    assert language.use("auto") == "en", "a language that is missing is answered in English"


@pytest.mark.usefixtures("english_again")
def test_two_threads_may_speak_two_languages_at_once() -> None:
    language.use("en")
    both_speak = threading.Barrier(2)

    def say(choice: str) -> str:
        language.use_here(choice)
        both_speak.wait(10)
        return language._("pest")

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(say, ["zh-CN", "en"])) == ["害虫", "pest"]
    assert language.current() == "en", "only they did"
