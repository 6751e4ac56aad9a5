"""One HTML page that stands alone: no scripts, no other files, readable on a phone.

A page is put together of parts. A part is `Html` (as it is) or any other value (escaped), so that no file name or class
name can break a page:

    page(_("Dataset"), heading(_("Classes")), bars([("ant", 12)]), table([_("file")], [["<odd>.jpg"]]))
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Sequence
from html import escape
from pathlib import Path

import cv2
import numpy as np

from training import language
from training.language import _
from training.pictures import Picture, read_picture

JPEG_QUALITY = 75
"""A thumbnail of 96 px is then about 3 kB: a contact sheet of 1000 photos stays below 5 MB."""

STYLE = """
:root { color-scheme: light dark; --line: #8884; --bar: #3a7d44; --good: #3a7d44; --warn: #b3541e }
@media (prefers-color-scheme: dark) { :root { --good: #7fc98a; --warn: #f2a26b } }
body { font: 16px/1.5 system-ui, "Noto Sans CJK SC", "Microsoft YaHei", sans-serif; margin: 0 auto; padding: 1rem;
  max-width: 64rem; overflow-wrap: anywhere }
h1 { line-height: 1.2; margin: 0 0 .5rem } h2 { margin: 2rem 0 .5rem; border-bottom: 1px solid var(--line) }
.wide { overflow-x: auto; margin: .6rem 0 } table { border-collapse: collapse }
th, td { overflow-wrap: break-word; word-break: keep-all }
th, td { padding: .2rem .7rem .2rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums }
.bars { display: grid; grid-template-columns: minmax(5rem, auto) 1fr auto; gap: .2rem .6rem; align-items: center }
.bars svg { width: 100%; height: .9rem; display: block } .bars rect { fill: var(--bar) }
.sheet { display: flex; flex-wrap: wrap; gap: .4rem }
figure { margin: 0; width: 6.2rem; font-size: .75rem; line-height: 1.2 }
.groups { display: flex; flex-wrap: wrap; gap: .6rem; align-items: flex-start }
.groups .sheet { border: 1px solid var(--line); border-radius: 4px; padding: .3rem }
.large figure { width: 10rem; font-size: .85rem } figcaption small { display: block; opacity: .7 }
figure img { width: 100%; aspect-ratio: 1; object-fit: contain; background: #8882; display: block }
.confusion td, .confusion th { padding: .1rem .3rem; border: 1px solid var(--line); font-variant-numeric: tabular-nums }
.confusion td { text-align: center; min-width: 1.4rem } .confusion tbody th { text-align: right; white-space: nowrap }
.turned { vertical-align: bottom } .turned span { writing-mode: vertical-rl; transform: rotate(180deg) }
.turned:lang(zh) span { transform: none; text-orientation: upright; letter-spacing: .1em }
.diagram { width: min(100%, 24rem); font-size: 11px; fill: currentColor }
.diagram circle { fill: var(--bar); opacity: .75 }
.diagram path { stroke: var(--line); fill: none } .diagram .even { stroke: currentColor; stroke-dasharray: 4 }
#in-zh:checked ~ main:lang(en), #in-en:checked ~ main:lang(zh) { display: none }
@media (max-width: 30rem) { body { padding: .5rem } h1 { font-size: 1.5rem } td, th { padding-right: .2rem }
  .wide > table { font-size: .7rem } }
summary { cursor: pointer; padding: .3rem 0 } .good { color: var(--good) } .bad { color: var(--warn); font-weight: 600 }
"""


class Html(str):
    """Text that is HTML already and is not escaped again."""


def page(title: str, *parts: object) -> str:
    """The whole document, in the language in use; `parts` follow each other below the title."""
    spoken = _("en")  # the language's own code, as HTML wants it
    return (
        f'<!doctype html>\n<html lang="{escape(spoken)}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head>\n"
        f"<body><h1>{escape(title)}</h1>\n{join(parts)}</body></html>\n"
    )


def bilingual(body: Callable[[], tuple[str, list[object]]]) -> str:
    """A page in English and Chinese, the language in use first to be seen; `body` gives title and parts in the
    language in use when it is called."""
    spoken = "en" if _("en") == "en" else "zh-CN"
    titles, mains = {}, []
    for code in ("en", "zh-CN"):
        language.use(code)
        titles[code], parts = body()
        mains.append(f'<main lang="{code}"><h1>{escape(titles[code])}</h1>\n{join(parts)}</main>')
    language.use(spoken)
    buttons = "".join(
        f'<input type="radio" name="language" id="in-{code[:2]}"{" checked" if code == spoken else ""}>'
        f'<label for="in-{code[:2]}" lang="{code}"> {name} </label>'
        for code, name in (("en", "English"), ("zh-CN", "中文"))
    )
    return (
        f'<!doctype html>\n<html lang="{spoken}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(titles[spoken])}</title><style>{STYLE}</style></head>\n"
        f"<body>{buttons}{''.join(mains)}</body></html>\n"
    )


def join(parts: Iterable[object]) -> Html:
    """The parts one after the other; what is not Html is escaped."""
    return Html("\n".join(part if isinstance(part, Html) else escape(str(part)) for part in parts))


def element(tag: str, *parts: object, css: str = "") -> Html:
    """`<tag class="css">parts</tag>`; `heading` and `paragraph` are this for h2 and p."""
    attribute = f' class="{escape(css)}"' if css else ""
    return Html(f"<{tag}{attribute}>{join(parts)}</{tag}>")


def heading(text: str) -> Html:
    """Begins a part of the page."""
    return element("h2", text)


def paragraph(*parts: object, css: str = "") -> Html:
    """`css` "good" and "bad" colour it."""
    return element("p", *parts, css=css)


def folded(summary: str, *parts: object, is_open: bool = False) -> Html:
    """Parts that show when the summary is tapped."""
    return Html(f"<details{' open' if is_open else ''}><summary>{escape(summary)}</summary>{join(parts)}</details>")


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Html:
    """Numbers stand to the right; a wide table scrolls inside the page."""
    filled = [list(row) for row in rows]
    right = [bool(filled) and all(_is_number(row[i]) for row in filled) for i in range(len(head))]

    def line(tag: str, cells: Sequence[object]) -> Html:
        marked = zip(cells, right, strict=True)
        return element("tr", *(element(tag, cell, css="number" if is_right else "") for cell, is_right in marked))

    body = join(line("td", row) for row in filled)
    return Html(f'<div class="wide"><table><thead>{line("th", head)}</thead><tbody>{body}</tbody></table></div>')


def _is_number(cell: object) -> bool:
    return isinstance(cell, int | float) or (isinstance(cell, str) and cell.rstrip("%").replace(".", "", 1).isdigit())


def bars(values: Sequence[tuple[str, float]], most: float | None = None, unit: str = "") -> Html:
    """A bar for each (name, value ≥ 0), with the value behind it; `most` is a full bar, else the largest value."""
    full = most or max((value for _name, value in values), default=0) or 1
    lines = []
    for name, value in values:
        width = f"{100 * min(value / full, 1):.1f}%"
        bar = Html(f'<svg role="presentation"><rect width="{width}" height="100%" rx="2"/></svg>')
        lines += [element("span", name), bar, element("span", f"{value:g}{unit}")]
    return element("div", *lines, css="bars")


def thumbnail(photo: Path | Picture, px: int = 96) -> str:
    """A data URI of the photo, JPEG, at most `px` long, upright. Raises UnreadablePicture for a file that is none."""
    picture = read_picture(photo, longest_px=px) if isinstance(photo, Path) else photo
    height, width = picture.shape[:2]
    scale = px / max(height, width)
    if scale < 1:
        new = (max(1, round(width * scale)), max(1, round(height * scale)))
        picture = np.asarray(cv2.resize(picture, new, interpolation=cv2.INTER_AREA), np.uint8)
    _ok, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    return "data:image/jpeg;base64," + base64.b64encode(data.tobytes()).decode("ascii")


def figure(source: str, *caption: object) -> Html:
    """A picture (data URI or path beside the page) with its caption, loaded when it comes into sight."""
    below = element("figcaption", *caption)
    return Html(f'<figure><img src="{escape(source)}" alt="" loading="lazy">{below}</figure>')


def sheet(figures: Iterable[Html], large: bool = False) -> Html:
    """Figures side by side, as many in a line as there is room for; `large` where each must be judged."""
    return element("div", *figures, css="sheet large" if large else "sheet")


def write_page(path: Path, html: str) -> None:
    """UTF-8 with LF; the folder is made. Of a file's name that is no text, its bytes are shown."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(html, encoding="utf-8", errors="backslashreplace", newline="\n")
