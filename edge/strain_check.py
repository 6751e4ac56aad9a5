"""Looks at the computer's power and heat."""

from __future__ import annotations

from pathlib import Path

from edge.finding import Finding
from edge.language import _
from edge.strain import Reading, read


def power(sys: Path = Path("/sys")) -> Finding:
    """What a Raspberry Pi tells of its voltage and heat, now and since it was switched on."""
    what = _("power and heat")
    reading = read(sys)
    heat = "" if reading.celsius is None else _("{celsius:.0f} °C").format(celsius=reading.celsius)
    if reading.bits is None and reading.low_voltage is None:
        told = _("this computer does not tell of its voltage")
        found = f"{heat}; {told}" if heat else told
    else:
        found = ", ".join(part for part in (heat, _words(reading)) if part)
    ailing = reading.now | reading.ever
    if not ailing:
        return Finding(what, "ok", found)
    if "under_voltage" in ailing:
        todo = _("use the computer's own power supply and a short cable: too little voltage ruins the card's files")
    else:
        todo = _("put the computer into the shade, and give it air")
    return Finding(what, "warning", found, todo)


def _words(reading: Reading) -> str:
    names = {"under_voltage": _("too little voltage"), "throttled": _("slowed down"), "hot": _("too hot")}
    now = [name for kind, name in names.items() if kind in reading.now]
    once = [name for kind, name in names.items() if kind in reading.ever - reading.now]
    parts = [_("now: {what}").format(what=", ".join(now))] if now else []
    parts += [_("since it was switched on: {what}").format(what=", ".join(once))] if once else []
    return "; ".join(parts) or _("enough voltage")
