"""Everything that the device side says to people is also there in Chinese."""

from __future__ import annotations

import ast
import re
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from edge import language
from tests.conftest import PROJECT
from tests.programs import SLOW_S

CATALOGUE = PROJECT / "edge" / "locale" / "zh_CN" / "LC_MESSAGES" / "gardenwatch.po"


@pytest.fixture
def english_again() -> Iterator[None]:
    yield
    language.use("en")


def in_the_source() -> set[str]:
    found = extract_from_dir(
        PROJECT / "edge",
        [("**.py", "python"), ("**.html", "jinja2")],
        keywords={"_": None, "N_": None, "_n": (1, 2)},
    )
    return {one_text(message) for _file, _line, message, _comments, _context in found}


def one_text(message: str | tuple[str, ...] | list[str]) -> str:
    """Of a message with its plural, both."""
    return message if isinstance(message, str) else "\n".join(message)


def translated(path: Path) -> dict[str, str]:
    read = read_po if path.suffix == ".po" else read_mo
    with path.open("rb") as file:
        return {one_text(message.id): one_text(message.string) for message in read(file) if message.id}


COUNTED = re.compile(
    r"{\w+} (\w+ )?(class|epoch|error|fault|frame|message|photo|picture|sighting|verdict|visit|warning)e?s\b"
)
ALWAYS_MANY = re.compile(
    r"at most {|than {|of {|on {|{photos} photos|expected {|{count} pictures in one file|{count} classes|^list them"
)
"""Limits, wholes, and what is said of several only."""


def one_of_many(messages: Iterable[str]) -> list[str]:
    """Those that would say "1 photos"."""
    return [text for text in messages if "\n" not in text and COUNTED.search(text) and not ALWAYS_MANY.search(text)]


def test_what_is_counted_has_a_word_for_one() -> None:
    assert one_of_many(translated(CATALOGUE)) == []
    language.use("en")
    said = [language._n("{count} sighting", "{count} sightings", count).format(count=count) for count in (0, 1, 2)]
    assert said == ["0 sightings", "1 sighting", "2 sightings"]


def test_every_message_is_translated_and_no_translation_is_left_over() -> None:
    assert in_the_source() == {key for key, text in translated(CATALOGUE).items() if text}


def test_translations_fill_in_the_same_values() -> None:
    def places(text: str) -> set[str]:
        return set(re.findall(r"{(\w+)[^}]*}", text))

    wrong = [key for key, text in translated(CATALOGUE).items() if places(key) != places(text)]
    assert wrong == []


def untranslated_faults(folder: Path) -> list[str]:
    """Words of errors that no catalogue sees: whole English sentences given as they are."""
    found = []
    for path in sorted(folder.rglob("*.py")):
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            name = ast.unparse(call.func).rpartition(".")[2] if isinstance(call, ast.Call) else ""
            if not isinstance(call, ast.Call) or name not in FAULTS:
                continue
            plain = [text for text in call.args if isinstance(text, ast.Constant | ast.JoinedStr)]
            found += [f"{path.name}:{text.lineno} {ast.unparse(text)}" for text in plain if is_sentence(text)]
    return found


def is_sentence(text: ast.expr) -> bool:
    return len(re.findall(r"[A-Za-z]{2,}", re.sub(r"{[^}]*}", "", ast.unparse(text)))) > 2


FAULTS = {"GardenwatchError", "UsageError", "ConfigError", "SourceError", "StoreError", "StoreFault", "TrainingError"}
SETTING = re.compile(r"[fr]?['\"][\w.]+: ")
"""A line of the configuration, which has no language."""


@pytest.mark.parametrize("part", ["edge", "training"])
def test_what_went_wrong_is_told_in_the_readers_language(part: str) -> None:
    assert [one for one in untranslated_faults(PROJECT / part) if not SETTING.search(one.partition(" ")[2])] == []


def test_the_compiled_catalogue_is_up_to_date() -> None:
    """`make locale` compiles it."""
    assert translated(CATALOGUE.with_suffix(".mo")) == translated(CATALOGUE)


def test_a_name_stands_apart_from_chinese_where_it_is_not_chinese_itself() -> None:
    assert language.spaced("来自School garden的消息") == "来自 School garden 的消息"
    assert language.spaced("来自三中的消息，由Li Hua判定") == "来自三中的消息，由 Li Hua 判定"
    assert language.spaced("messages from School garden") == "messages from School garden"


@pytest.mark.usefixtures("english_again")
def test_the_language_comes_from_the_choice_or_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (language.use("zh-CN"), language._("pest")) == ("zh_CN", "害虫")
    assert (language.use("en"), language._("pest")) == ("en", "pest")
    monkeypatch.setenv("GARDENWATCH_LANG", "zh_CN.UTF-8")
    assert language.use("auto") == language.current() == "zh_CN"
    monkeypatch.setenv("GARDENWATCH_LANG", "fr")
    assert language.use("auto") == "en", "a language that is missing is answered in English"


@pytest.mark.usefixtures("english_again")
@pytest.mark.parametrize(
    ("environment", "spoken"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh_CN"),
        ({"LC_ALL": "zh_CN.UTF-8", "LANG": "en_GB.UTF-8"}, "zh_CN"),
        ({"LC_MESSAGES": "zh_CN.UTF-8", "LANG": "en_GB.UTF-8"}, "zh_CN"),
        ({"LC_ALL": "C.UTF-8", "LANG": "zh_CN.UTF-8"}, "en"),
        ({"LC_ALL": "", "LANG": "zh_CN.UTF-8"}, "zh_CN"),
        ({"GARDENWATCH_LANG": "en", "LC_ALL": "zh_CN.UTF-8"}, "en"),
    ],
)
def test_the_systems_language_counts_where_its_locale_is_not_generated(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], spoken: str
) -> None:
    for name in ("GARDENWATCH_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert language.use("auto") == spoken


@pytest.mark.usefixtures("english_again")
def test_two_threads_may_speak_two_languages_at_once() -> None:
    language.use("en")
    both_speak = threading.Barrier(2)

    def say(choice: str) -> str:
        language.use_here(choice)
        both_speak.wait(SLOW_S)
        return language._("pest")

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(say, ["zh-CN", "en"])) == ["害虫", "pest"]
    assert language.current() == "en", "only they did"
