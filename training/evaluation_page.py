"""The page that says how good a model is, to a teacher who must decide whether it is good enough."""

from __future__ import annotations

import math
from pathlib import Path

from training.assessment import Assessment
from training.bootstrap import Interval
from training.calibration import reliability
from training.charts import confusion_table, reliability_diagram
from training.language import _, _n
from training.page import (
    Html,
    bars,
    bilingual,
    element,
    figure,
    folded,
    heading,
    paragraph,
    sheet,
    table,
    thumbnail,
    write_page,
)
from training.sizes import FAIR_PX

HONEST_ECE = 0.03
"""Said 80 %, right in 77 to 83 of 100: nearer than some hundred photos can tell."""
FEW = 30
"""Under so many photos, a class's figure is known to about ± 0.15 at best."""


def write_evaluation_page(assessment: Assessment, path: Path) -> None:
    """English and Chinese on one page, pictures inside."""
    pictures = {wrong.path: thumbnail(wrong.path, 200) for wrong in assessment.most_wrong}

    def body() -> tuple[str, list[object]]:
        title = _("How good is {model}?").format(model=assessment.model)
        return title, [
            *_summary(assessment),
            *_classes(assessment),
            *_confusion(assessment),
            *_calibration(assessment),
            *_sizes(assessment),
            *_sources(assessment),
            *_wrong(assessment, pictures),
            *_rest(assessment),
        ]

    write_page(path, bilingual(body))


def _names(assessment: Assessment) -> list[str]:
    """The classes as a reader calls them in the language in use."""
    is_chinese = _("en") != "en"
    return [label.chinese if is_chinese and label.chinese else label.key for label in assessment.evaluation.card.labels]


def _summary(assessment: Assessment) -> list[Html]:
    done, limits = assessment.evaluation, assessment.intervals
    figures = done.figures
    text = _("It names {right} of {photos} photos right: {top1:.1%} (interval of 95 %: {low:.1%} to {high:.1%}).")
    right = int(figures.confusion.trace())
    low, high = limits.top1
    even = _("If every class counts the same, however many photos it has: {recall:.1%} ({low:.1%} to {high:.1%}).")
    values = {"recall": figures.macro_recall, "low": limits.macro_recall[0], "high": limits.macro_recall[1]}
    parts = [
        paragraph(
            element("strong", text.format(right=right, photos=figures.photos, top1=figures.top1, low=low, high=high))
        ),
        paragraph(even.format(**values)),
    ]
    small = [row for row in assessment.sizes if row.px == 64]
    if small:
        told = _("Animals that are only 64 pixels long on the picture it names right in {top1:.0%} of cases.")
        parts.append(paragraph(told.format(top1=small[0].top1)))
    return parts


def _share(value: float | None, interval: Interval) -> str:
    if value is None or math.isnan(interval[0]):
        return "–"
    return f"{value:.2f} ({interval[0]:.2f}–{interval[1]:.2f})"


def _classes(assessment: Assessment) -> list[Html]:
    figures, limits = assessment.evaluation.figures, assessment.intervals
    rows = [
        [name, one.photos, _share(one.precision, p), _share(one.recall, r), _share(one.f1, f)]
        for name, one, p, r, f in zip(
            _names(assessment), figures.classes, limits.precision, limits.recall, limits.f1, strict=True
        )
    ]
    said = _(
        "Precision: of the photos that get this name, the part that deserve it. Recall: of the photos of this class, "
        "the part that get its name. F1: both in one figure. In brackets the interval of 95 %, wide where photos are "
        "few, even where none of them was named wrongly."
    )
    head = [_("class"), _("photos"), _("precision"), _("recall"), "F1"]
    few = [name for name, one in zip(_names(assessment), figures.classes, strict=True) if one.photos < FEW]
    parts = [heading(_("Class by class")), paragraph(said), table(head, rows)]
    if few:
        told = _("Fewer than {count} photos, so take these with care: {names}.")
        parts.append(paragraph(told.format(count=FEW, names=", ".join(few))))
    return parts


def _confusion(assessment: Assessment) -> list[Html]:
    return [
        heading(_("What is taken for what")),
        confusion_table(assessment.evaluation.figures, _names(assessment)),
    ]


def _calibration(assessment: Assessment) -> list[Html]:
    done = assessment.evaluation
    is_honest = done.ece <= HONEST_ECE
    text = _("What it says and what comes true lie {ece:.1%} apart on the average (ECE, 15 bins).")
    verdict = _("Its confidence can be taken at its word.") if is_honest else _("Take its confidence with care.")
    how = _(
        "A dot on the line: of what it says with a confidence of 80 %, 80 of 100 are right. Above the line it is too "
        "modest, below too sure."
    )
    return [
        heading(_("Does it know what it does not know?")),
        paragraph(text.format(ece=done.ece), " ", verdict, css="" if is_honest else "bad"),
        paragraph(how),
        reliability_diagram(reliability(done.probabilities, done.truth)),
    ]


def _sizes(assessment: Assessment) -> list[Html]:
    names = dict(zip(assessment.evaluation.figures.labels, _names(assessment), strict=True))
    full = assessment.evaluation.figures.top1
    steps = [(_("as they are"), 100 * full)] + [(f"{row.px} px", 100 * row.top1) for row in assessment.sizes]
    rows = [
        [row.px, f"{row.top1:.3f}", f"{row.macro_recall:.3f}", names[row.greediest], f"{row.times_its_share:.1f}×"]
        for row in assessment.sizes
    ]
    how = _("The same photos reduced to that longest side and compressed, as a camera a few metres away sees them.")
    parts = [
        heading(_("Small and soft animals")),
        paragraph(how),
        bars([(name, round(value, 1)) for name, value in steps], most=100, unit=" %"),
        table([_("px"), "top-1", _("macro recall"), _("answered most beyond its share"), _("times its share")], rows),
    ]
    fair = next((row for row in assessment.sizes if row.px == FAIR_PX), None)
    if fair is not None:
        told = _(
            "At {px} px, {name} is answered {times:.1f} times as often as there are photos of it: {share:.0%} of all "
            "answers."
        )
        values = {
            "px": FAIR_PX,
            "name": names[fair.greediest],
            "times": fair.times_its_share,
            "share": fair.answers_share,
        }
        parts.append(paragraph(told.format(**values), css="bad" if fair.times_its_share > 2 else ""))
    return parts


def _sources(assessment: Assessment) -> list[Html]:
    if len(assessment.sources) < 2:
        return []
    how = _("Much lower on one source than on others: the model may know cameras rather than animals.")
    rows = [[one.source, one.photos, f"{one.top1:.3f}"] for one in assessment.sources]
    return [heading(_("By source of the photos")), paragraph(how), table([_("source"), _("photos"), "top-1"], rows)]


def _wrong(assessment: Assessment, pictures: dict[Path, str]) -> list[Html]:
    if not assessment.most_wrong:
        return []
    names = dict(zip(assessment.evaluation.figures.labels, _names(assessment), strict=True))
    how = _(
        "First those whose right name seemed least likely. Some may lie in the wrong class: `gardenwatch-train fix` "
        "finds such photos."
    )
    figures = []
    for wrong in assessment.most_wrong:
        told = _("{label}, called {answer} ({confidence:.0%})")
        values = {"label": names[wrong.label], "answer": names[wrong.answer], "confidence": wrong.confidence}
        figures.append(figure(pictures[wrong.path], told.format(**values), element("small", wrong.path.name)))
    return [heading(_("The most wrong answers")), paragraph(how), sheet(figures, large=True)]


def _rest(assessment: Assessment) -> list[Html]:
    times = [[threads, f"{ms:.1f}", f"{1000 / ms:.0f}"] for threads, ms in assessment.speed_ms.items()]
    parts = [
        heading(_("Speed on this computer")),
        table([_("threads"), _("ms a photo"), _("photos a second")], times),
        paragraph(_("A Raspberry Pi is several times slower.")),
    ]
    left_out = assessment.evaluation.left_out
    if left_out:
        rows = [[name, reason] for name, reason in left_out.items()]
        said = _n("{count} photo could not be read", "{count} photos could not be read", len(left_out)).format(
            count=len(left_out)
        )
        parts.append(folded(said, table([_("photo"), _("reason")], rows)))
    return parts
