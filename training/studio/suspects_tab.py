"""The part of the photos' tab that asks about photos in the wrong class."""

from __future__ import annotations

import itertools
from typing import Any

import gradio as gr

from training.fix.answers import Row
from training.language import _, _n
from training.page import element, figure, thumbnail
from training.studio.message import saying
from training.studio.suspects import Suspects
from training.studio.workspace import Workspace

SHOWN = 8
"""Two lines; the next ones come up when these are answered."""
_turns = itertools.count(1)
"""Each answer's is another, so that the questions are drawn anew after each of two that were given at once."""


def suspects_tab(workspace: Workspace, weights: Any) -> None:
    """`weights` is the field with the start weights, through which the photos are looked at."""
    gr.Markdown(
        _(
            "A network looks at each photo, without having learned it, and says which look more like another class. "
            "It is often wrong: look at each, and move only what you are sure of. Every move can be taken back."
        )
    )
    with gr.Row():
        find = gr.Button(_("Look for photos in the wrong class"), variant="primary", elem_id="find-suspects")
        undo = gr.Button(_("Undo the last move"), elem_id="undo-move")
    said = gr.Markdown(elem_id="suspects-said")
    turn = gr.State(0)

    def found(name: str) -> tuple[str, int]:
        suspects = Suspects(workspace)
        count = suspects.find(name or "imagenet")
        return _n(
            "{count} photo may lie in the wrong class.", "{count} photos may lie in the wrong class.", count
        ).format(count=count), next(_turns)

    def undone() -> tuple[str, int]:
        count = Suspects(workspace).undo()
        return _n("{count} photo is where it was.", "{count} photos are where they were.", count).format(
            count=count
        ), next(_turns)

    def asked(number: int) -> None:
        if not number:
            return
        suspects = Suspects(workspace)
        waiting = suspects.open()
        for at in range(0, min(SHOWN, len(waiting)), 4):
            with gr.Row():
                for row in waiting[at : at + 4]:
                    with gr.Column(min_width=160):
                        _question(suspects, row, turn, said)

    gr.render(turn, triggers=[turn.change], show_progress="hidden")(asked)
    find.click(saying(found), weights, [said, turn])
    undo.click(saying(undone), None, [said, turn])


def _question(suspects: Suspects, row: Row, turn: Any, said: Any) -> None:
    name = row.photo.rsplit("/", 1)[-1]
    text = _("now {given}; rather {proposed}? ({suspicion:.0f} %)")
    words = text.format(given=row.given, proposed=row.proposed, suspicion=100 * row.suspicion)
    gr.HTML(
        figure(thumbnail(suspects.path(row), 220), element("b", words), element("small", name)), elem_classes="suspect"
    )
    move = gr.Button(_("move to {name}").format(name=row.proposed), size="sm", elem_classes="move")
    leave = gr.Button(_("stays {name}").format(name=row.given), size="sm", elem_classes="leave")

    def moved() -> tuple[str, int]:
        suspects.move(row, row.proposed)
        return _("{photo} is in {name} now.").format(photo=name, name=row.proposed), next(_turns)

    def left() -> tuple[str, int]:
        suspects.leave(row)
        return _("{photo} stays in {name}.").format(photo=name, name=row.given), next(_turns)

    move.click(saying(moved), None, [said, turn])
    leave.click(saying(left), None, [said, turn])
