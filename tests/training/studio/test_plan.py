"""What is chosen on the page is what the command would be told."""

from __future__ import annotations

from pathlib import Path

import click

from training.commands import group
from training.studio.plan import Plan


def parsed(plan: Plan) -> dict[str, object]:
    command = group.commands["train"]
    return command.make_context("train", plan.words()[1:]).params


def test_a_plan_of_defaults_is_the_command_with_its_defaults() -> None:
    typed = group.commands["train"].make_context("train", ["set", "--out", "run"]).params
    assert parsed(Plan(Path("set"), Path("run"))) == typed


def test_every_choice_reaches_the_command() -> None:
    plan = Plan(
        *(Path("my set"), Path("run")), backbone="lenet5", weights="none", epochs=3, optimizer="sgd", lr=0.00025,
        batch_size=8, balance="none", patience=0, seed=7, resize="longer_side",
    )  # fmt: skip
    read = parsed(plan)
    expected = {
        "backbone": "lenet5", "weights": "none", "epochs": 3, "optimizer": "sgd", "lr": 0.00025, "batch_size": 8,
        "seed": 7, "resize": "longer_side",
    }  # fmt: skip
    assert {name: read[name] for name in expected} == expected
    assert (read["dataset"], read["balance"], read["patience"]) == (Path("my set"), "none", 0)


def test_a_checkpoint_takes_the_place_of_start_weights() -> None:
    words = Plan(Path("set"), Path("run"), weights="imagenet", checkpoint="best.pth").words()
    assert "--weights" not in words
    assert isinstance(group, click.Group)
    assert parsed(Plan(Path("set"), Path("run"), checkpoint="best.pth"))["checkpoint"] == Path("best.pth")
