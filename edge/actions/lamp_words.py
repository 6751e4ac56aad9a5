"""How the lamp shines and what that means, in words."""

from __future__ import annotations

from edge.actions.patterns import PatternName
from edge.language import _
from edge.settings import Meaning


def pattern_in_words(name: PatternName) -> str:
    return {
        "steady": _("steady"),
        "fast": _("short, short, short …"),
        "slow": _("long, long, long …"),
        "one_flash": _("one short"),
        "two_flashes": _("two short"),
        "three_flashes": _("three short"),
        "one_long": _("one long"),
    }[name]


def meaning_in_words(meaning: Meaning, fault: int) -> str:
    return {
        "pest": _("a pest is there"),
        "fault": _("fault {code}").format(code=fault),
        "blind": _("nothing can be seen"),
        "resting": _("nobody watches"),
        "starting": _("starting"),
        "visited": _("a pest came"),
        "watching": _("watching"),
    }[meaning]
