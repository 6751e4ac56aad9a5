"""The commands on the record that show class names: those of the bundled model."""

from __future__ import annotations

from edge.assets import DEFAULT_MODEL
from edge.model.labels import Label
from edge.review.commands import sightings_command
from edge.review.explain import explain_command
from edge.review.export.commands import export_command
from edge.review.judge import verdict_command
from edge.review.keeping import retention_command
from edge.review.report.commands import report_command


def bundled_labels() -> dict[str, Label]:
    """The bundled model's labels by key; labels of another model are shown as their keys."""
    from edge.model.card import read_card  # a tenth of a second, and only a table needs names

    return {label.key: label for label in read_card(DEFAULT_MODEL).labels}


sightings = sightings_command(bundled_labels)
verdict = verdict_command(bundled_labels)
export = export_command(bundled_labels)
explain = explain_command(bundled_labels)
report = report_command(bundled_labels)
retention = retention_command(bundled_labels)
