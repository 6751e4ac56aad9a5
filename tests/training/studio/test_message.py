"""What went wrong is told in the words of the page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("gradio", reason="the studio is not installed: pip install 'gardenwatch[training,studio]'")

import gradio as gr

from edge.model.card import read_card
from training import language
from training.errors import UsageError
from training.language import _
from training.studio.message import on_the_page, saying
from training.studio.train_tab import shown
from training.studio.training_process import Present

OFFLINE = "connect to the network once, or give --weights with a file that you have"


@pytest.fixture
def english_again() -> Iterator[None]:
    yield
    language.use("en")


@pytest.mark.usefixtures("english_again")
@pytest.mark.parametrize(
    ("choice", "field"), [("en", "“Start weights” (2 Network, More)"), ("zh-CN", "“初始权重”（2 网络，更多）")]
)
def test_an_option_is_told_as_the_field_that_stands_for_it(choice: str, field: str) -> None:
    language.use(choice)
    told = on_the_page(_(OFFLINE))
    assert field in told
    assert "--" not in told
    for label in ("Start weights", "More", "2 Network", "Go on from a checkpoint", "Network"):
        assert _(label) in "".join(map(on_the_page, ("--weights", "--checkpoint", "--backbone"))), "the page's own word"


def test_an_option_without_a_field_stays() -> None:
    assert on_the_page("a well-known --force") == "a well-known --force"


def test_a_training_that_failed_offline_names_the_field(tmp_path: Path) -> None:
    assert "“Start weights”" in shown(Present("failed", tmp_path, 3, f"error: {OFFLINE}"))


def test_an_error_on_the_page_names_the_field() -> None:
    def act() -> None:
        raise UsageError("to download weights", "no network", OFFLINE)

    with pytest.raises(gr.Error) as told:
        saying(act)()
    assert "“Start weights” (2 Network, More) with a file" in str(told.value)


@pytest.mark.usefixtures("english_again")
def test_what_is_wrong_with_a_model_file_is_told_in_the_pages_language(tmp_path: Path) -> None:
    language.use("zh-CN")
    with pytest.raises(gr.Error) as told:
        saying(read_card)(tmp_path / "model.onnx")
    assert "处的模型文件；实际：" in str(told.value)
