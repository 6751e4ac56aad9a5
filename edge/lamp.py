"""The command that switches the lamp by hand: to try the wiring, to put it out, to tell a number by blinking."""

from __future__ import annotations

import time
from contextlib import closing
from pathlib import Path
from typing import Literal

import click

from edge import config
from edge.board.pinpong import PinpongBoard
from edge.errors import EXIT_FAULT, UsageError
from edge.language import _

READY_S = 10.0
"""A good board takes 2.5 s, a mute one is known after 6 s."""
LOOK_EVERY_S = 0.05
BLINK_S = 0.3
"""On as long as off: three a second can be counted by eye."""


@click.command()
@click.argument("state", type=click.Choice(["on", "off", "blink"]))
@click.option("--config", "file", type=click.Path(path_type=Path), help="Configuration file (YAML).")
@click.option("--seconds", type=click.FloatRange(0, 3600), default=5.0, show_default=True, help="How long it is on.")
@click.option("--times", type=click.IntRange(1, 100), default=3, show_default=True, help="How often it blinks.")
@click.pass_context
def lamp(
    context: click.Context, state: Literal["on", "off", "blink"], file: Path | None, seconds: float, times: int
) -> int:
    """Switch the lamp on for some seconds, off, or let it blink; while nothing else uses the board."""
    settings = config.chosen(context.obj or "auto", file)
    if settings.board.kind != "pinpong":
        raise UsageError(
            _("a board in the configuration (board.kind: pinpong)"),
            _("board.kind: {kind}").format(kind=settings.board.kind),
            _("name the file with --config"),
        )
    with closing(PinpongBoard(settings.board)) as board:
        board.write(settings.led.pin, False)
        until = time.monotonic() + READY_S
        while (health := board.health()).state == "connecting" and time.monotonic() < until:
            time.sleep(LOOK_EVERY_S)
        if health.state != "ready":
            click.echo(health.detail, err=True)
            return EXIT_FAULT
        click.echo(health.detail)
        for _number in range({"on": 1, "off": 0, "blink": times}[state]):
            board.write(settings.led.pin, True)
            time.sleep(seconds if state == "on" else BLINK_S)
            board.write(settings.led.pin, False)
            time.sleep(BLINK_S)
    return 0
