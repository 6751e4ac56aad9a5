"""Everything that training says to people is also there in Chinese."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

extract = pytest.importorskip("babel.messages.extract")
from tests.conftest import PROJECT  # noqa: E402
from tests.test_language import one_of_many, one_text, translated  # noqa: E402
from training import language  # noqa: E402
from training.commands import group  # noqa: E402

CATALOGUE = PROJECT / "training" / "locale" / "zh_CN" / "LC_MESSAGES" / "gardenwatch-train.po"
OF_CLICK = CATALOGUE.with_name("click.po")


def test_every_message_is_translated_and_no_translation_is_left_over() -> None:
    keywords = {"_": None, "_translated": None, "_n": (1, 2)}
    found = extract.extract_from_dir(PROJECT / "training", [("**.py", "python")], keywords=keywords)
    source = {one_text(message) for _file, _line, message, _comments, _context in found}
    assert source == {key for key, text in translated(CATALOGUE).items() if text}


def test_what_is_translated_of_click_it_says() -> None:
    folder = Path(click.__file__).parent
    found = extract.extract_from_dir(folder, [("**.py", "python")], keywords={"_": None, "ngettext": (1, 2)})
    told = {one_text(message) for _file, _line, message, _comments, _context in found}
    assert set(translated(OF_CLICK)) - told <= {"required"}, "which click marks in a way of its own"
    assert all(translated(OF_CLICK).values())


def test_translations_fill_in_the_same_values() -> None:
    def places(text: str) -> set[str]:
        return set(re.findall(r"{(\w+)[^}]*}", text))

    wrong = [key for key, text in translated(CATALOGUE).items() if places(key) != places(text)]
    assert wrong == []


@pytest.mark.parametrize("catalogue", [CATALOGUE, OF_CLICK])
def test_the_compiled_catalogue_is_up_to_date(catalogue: Path) -> None:
    """`make locale` compiles it."""
    assert translated(catalogue.with_suffix(".mo")) == translated(catalogue)


def test_what_is_counted_has_a_word_for_one() -> None:
    assert one_of_many(translated(CATALOGUE)) == []


@pytest.fixture
def chinese() -> Iterator[None]:
    language.use("zh-CN")
    yield
    language.use("en")


@pytest.mark.usefixtures("chinese")
def test_what_is_wrong_with_a_model_file_comes_in_the_wanted_language(tmp_path: Path) -> None:
    for name in ("ant", "bee"):
        (tmp_path / "photos" / name).mkdir(parents=True)
        (tmp_path / "photos" / name / "0.jpg").write_bytes(b"")
    (tmp_path / "model.onnx").write_bytes(b"half")
    done = CliRunner().invoke(group, ["evaluate", str(tmp_path / "model.onnx"), str(tmp_path / "photos")])
    assert "应为：完整的 ONNX 文件；实际：model.onnx，4 字节" in done.output
    assert "请重新复制文件" in done.output


@pytest.mark.parametrize("way", ["option", "environment", "LANG", "LC_ALL"])
def test_help_and_errors_come_in_the_wanted_language(tmp_path: Path, way: str) -> None:
    def said(*arguments: str) -> subprocess.CompletedProcess[bytes]:
        option = ["--language", "zh-CN"] if way == "option" else []
        environment = {"PYTHONUTF8": "1", "PYTHONPATH": str(PROJECT)}
        environment |= {"GARDENWATCH_LANG": "zh-CN"} if way == "environment" else {}
        environment |= {way: "zh_CN.UTF-8"} if way in ("LANG", "LC_ALL") else {}
        command = [sys.executable, "-m", "training", *option, *arguments]
        return subprocess.run(command, capture_output=True, env=environment, check=False)

    assert "花园摄像头" in said("--help").stdout.decode()
    refused = said("prepare", str(tmp_path / "absent"), str(tmp_path / "out"))
    assert refused.returncode == 2
    assert refused.stderr.decode().startswith("错误：应为：照片文件夹；实际：")
    mistyped = said("prepare", "raw", "--ratio", "7:1:2").stderr.decode()
    assert "用法: gardenwatch-train prepare" in mistyped
    assert "错误：没有选项 '--ratio'。" in mistyped
