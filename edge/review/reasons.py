"""Names of reasons and tests, in words that a teacher reads."""

from __future__ import annotations

from typing import Any

from edge.language import _


def reason_in_words(reason: str) -> str:
    """Why something that was followed is no sighting; an unknown name stands for itself."""
    return {
        "background": _("it looked like ground or plants, not like an animal"),
        "too_small": _("it was too small to be told"),
        "too_few_looks": _("it was gone before it could be looked at often enough"),
        "below_threshold": _("it may have been an animal, but the looks were not sure enough"),
        "moves_like_a_plant": _("it moved like a leaf in the wind, not like an animal"),
        "falls_like_a_leaf": _("it only came down, as a falling leaf does, and never moved otherwise"),
        "withheld": _("it was as large as a person, so no picture of it is kept"),
        "left": _("it left at the moment when it would have been counted"),
    }.get(reason, reason)


def check_in_words(check: dict[str, Any]) -> str:
    """One test of a receipt: what was measured, how much is needed."""
    text = {
        "size_px": _("its shorter side was {value:.0f} pixels; {needed:.0f} are needed"),
        "no_person": _("it was as large as a person"),
        "looks": _("it was looked at {value:.0f} times; {needed:.0f} are needed"),
        "seen_s": _("it was followed for {value:.1f} s; {needed:.1f} s are needed"),
        "animal": _("the looks together said {value:.0%} animal; {needed:.0%} is needed"),
        "reach": _("it came {value:.1f} times its own length from where it began; {needed:.1f} is needed"),
        "stretch_s": _("it was seen for {value:.1f} s without a break; {needed:.1f} s are needed"),
        "steadiness": _("{value:.0%} of the pictures showed it; {needed:.0%} is needed"),
        "own_way": _("{value:.0%} of its way did not lead down; {needed:.0%} is needed"),
    }.get(str(check["name"]), "{name}: {value:.2f}; {needed:.2f}")
    return text.format(**check)


def blind_in_words(kind: str) -> str:
    """Why nothing could be seen, or why nobody watched."""
    return {
        "paused": _("somebody had paused the watching"),
        "off_hours": _("outside the hours of watching"),
        "duty_cycle": _("at rest, to save power"),
        "opening": _("the camera was being opened"),
        "camera_lost": _("the camera was lost"),
        "learning": _("the scene was being learned"),
        "light_changed": _("the light or the whole scene changed"),
        "dark": _("it was dark"),
        "overexposed": _("the picture was overexposed"),
        "blurred": _("the picture was blurred"),
        "frozen": _("the picture was frozen"),
        "covered": _("the lens was covered"),
        "moved": _("the camera was moved"),
    }.get(kind, kind)


def strain_in_words(kind: str) -> str:
    """What ails the computer, with what to do."""
    return {
        "under_voltage": _("too little voltage: use the computer's own power supply and a short cable"),
        "throttled": _("the computer slowed itself down, because of its power or its heat"),
        "hot": _("the computer is too hot: put it into the shade, and give it air"),
    }.get(kind, kind)
