"""A Camera Trap Data Package, which biodiversity platforms read (Camtrap DP 1.0.2, https://camtrap-dp.tdwg.org)."""

from __future__ import annotations

import csv
import json
import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from edge.errors import ConfigError
from edge.language import _
from edge.model.labels import UNKNOWN, Label
from edge.review.export.camtrap_columns import DEPLOYMENTS, MEDIA, OBSERVATIONS
from edge.review.export.pictures import Picture, pictures
from edge.review.export.place_in_photo import box_in_photo
from edge.review.export.target import Target
from edge.settings import SiteSettings
from edge.store.past_runs import PastRun
from edge.store.reading import Row, Sightings

BASE = "https://raw.githubusercontent.com/tdwg/camtrap-dp/1.0.2"
"""Where the standard is published; a package names it, nothing is fetched."""
NO_TAXON = (UNKNOWN, "background")


@dataclass(slots=True)
class Package:
    """What the tables have in common."""

    site: SiteSettings
    labels: Mapping[str, Label]
    runs: Mapping[str, PastRun]
    photo_margin: float
    used: dict[str, Label] = field(default_factory=dict)
    """Labels with a scientific name that occur."""


def unwritten(site: SiteSettings) -> list[str]:
    """What the standard requires of the configuration and nobody has written there."""
    return [f"site.{name}" for name in ("name", "latitude", "longitude", "contributor") if getattr(site, name) is None]


class Incomplete(ConfigError):
    """What the standard requires stands neither in the configuration nor in the model."""


def refuse_incomplete(site: SiteSettings, labels: Mapping[str, Label], occurring: Iterable[str]) -> None:
    """Raises Incomplete naming all that the standard requires and nobody has given."""
    missing = unwritten(site)
    nameless = [key for key in occurring if key not in NO_TAXON and not _scientific(labels.get(key))]
    missing += [_("the scientific name of {label}").format(label=key) for key in sorted(nameless)]
    if missing:
        expected = _("what Camtrap DP requires: site and contributor, and a scientific name of each label")
        todo = _("write site: into the file given with --config; use a model whose labels have scientific names")
        raise Incomplete(expected, _("nothing for {names}").format(names=", ".join(missing)), todo)


def write_package(
    data: Path, record: Sightings, rows: Iterable[Row], target: Target, package: Package
) -> Iterator[Row]:
    """Fills `target` with datapackage.json, its three tables, and the photos; yields each row that is done.

    A run is a deployment, a sighting an event: one observation of the visit, one more of each photo with the box in
    it. Raises OSError.
    """
    with ExitStack() as stack:
        deployments = _table(stack.enter_context(target.text("deployments.csv")), DEPLOYMENTS)
        media = _table(stack.enter_context(target.text("media.csv")), MEDIA)
        observations = _table(stack.enter_context(target.text("observations.csv")), OBSERVATIONS)
        for run in package.runs.values():
            deployments.writerow(_deployment(run, package.site))
        for row in rows:
            seen = _observation(row, package)
            observations.writerow(seen)
            for picture in pictures(record, row):
                if target.copy(data / picture.path, _path(picture)):
                    media.writerow(_medium(row, picture))
                    observations.writerow(seen | _of_the_photo(row, picture, package.photo_margin))
            yield row
    with target.text("datapackage.json") as descriptor:
        json.dump(_descriptor(package), descriptor, ensure_ascii=False, indent=2)


def _table(file: IO[str], columns: tuple[str, ...]) -> csv.DictWriter[str]:
    table = csv.DictWriter(file, columns, restval="", lineterminator="\n")
    table.writeheader()
    return table


def _deployment(run: PastRun, site: SiteSettings) -> dict[str, Any]:
    told = [f"{run.software}; watched {run.watched_s:.0f} s"]
    told += [f"blind {seconds:.0f} s: {why}" for why, seconds in sorted(run.blind_s.items())]
    told += [f"not watched on purpose {seconds:.0f} s: {why}" for why, seconds in sorted(run.rest_s.items())]
    return {
        "deploymentID": run.id,
        "locationName": site.name,
        "latitude": site.latitude,
        "longitude": site.longitude,
        "deploymentStart": _time(run.started),
        "deploymentEnd": _time(run.ended),
        "setupBy": site.contributor,
        "cameraID": run.source,
        "timestampIssues": "true" if run.clock == "untrusted" else "false",
        "deploymentComments": "; ".join(told),
    }


def _medium(row: Row, picture: Picture) -> dict[str, Any]:
    return {
        "mediaID": f"{row.id}-{picture.name}",
        "deploymentID": row.run_id,
        "captureMethod": "activityDetection",
        "timestamp": _time(picture.taken),
        "filePath": _path(picture),
        "filePublic": "false",
        "fileName": picture.file,
        "fileMediatype": "image/jpeg",
    }


def _observation(row: Row, package: Package) -> dict[str, Any]:
    label = package.labels.get(row.truth)
    if label is not None and _scientific(label):
        package.used[row.truth] = label
    human = row.verdict is not None
    return {
        "observationID": row.id,
        "deploymentID": row.run_id,
        "eventID": row.id,
        "eventStart": _time(row.first_seen),
        "eventEnd": _time(max(row.last_seen, row.first_seen)),
        "observationLevel": "event",
        "observationType": _type(row),
        "scientificName": _scientific(label) if _type(row) == "animal" else "",
        "count": 1 if _type(row) == "animal" else "",
        "classificationMethod": "human" if human else "machine",
        "classifiedBy": row.judged_by if human else row.model_id,
        "classificationTimestamp": _time(row.judged_at) if row.judged_at else _time(row.first_seen),
        "classificationProbability": "" if human else round(row.confidence, 4),
        "observationTags": f"label:{row.truth}",
    }


def _of_the_photo(row: Row, picture: Picture, photo_margin: float) -> dict[str, Any]:
    values: dict[str, Any] = {
        "observationID": f"{row.id}-{picture.name}",
        "mediaID": f"{row.id}-{picture.name}",
        "observationLevel": "media",
    }
    box = box_in_photo(picture.box, picture.size, photo_margin)
    if box is not None:
        names = ("bboxX", "bboxY", "bboxWidth", "bboxHeight")
        values |= {name: round(part, 6) for name, part in zip(names, box, strict=True)}
    return values


def _type(row: Row) -> str:
    return {UNKNOWN: "unknown", "background": "blank"}.get(row.truth, "animal")


def _scientific(label: Label | None) -> str:
    return label.scientific_name if label else ""


def _path(picture: Picture) -> str:
    return f"media/{picture.path.split('/', 1)[1]}"


def _time(instant: datetime) -> str:
    return instant.isoformat(timespec="seconds")


def _descriptor(package: Package) -> dict[str, Any]:
    site, runs = package.site, list(package.runs.values())
    return {
        "name": "gardenwatch",
        "id": str(uuid.uuid4()),
        "profile": f"{BASE}/camtrap-dp-profile.json",
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "title": f"Visits of small animals at {site.name}",
        "contributors": [{"title": site.contributor, "role": "contact"}],
        "sources": [{"title": "Gardenwatch", "version": runs[-1].software if runs else ""}],
        "project": {
            "title": site.name,
            "samplingDesign": "opportunistic",
            "captureMethod": ["activityDetection"],
            "individualAnimals": False,
            "observationLevel": ["media", "event"],
        },
        "spatial": {"type": "Point", "coordinates": [site.longitude, site.latitude]},
        "temporal": {
            "start": min(run.started for run in runs).date().isoformat(),
            "end": max(run.ended for run in runs).date().isoformat(),
        },
        "taxonomic": [_taxon(label) for _key, label in sorted(package.used.items())],
        "resources": [_resource(name) for name in ("deployments", "media", "observations")],
    }


def _taxon(label: Label) -> dict[str, Any]:
    taxon: dict[str, Any] = {
        "scientificName": label.scientific_name,
        "vernacularNames": {"eng": label.english} | ({"zho": label.chinese} if label.chinese else {}),
    }
    return taxon | ({"taxonRank": label.rank} if label.rank in RANKS else {})


RANKS = ("kingdom", "phylum", "class", "order", "family", "genus", "species", "subspecies")
"""What the profile allows; a superfamily or suborder is left out."""


def _resource(name: str) -> dict[str, str]:
    return {
        "name": name,
        "path": f"{name}.csv",
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": f"{BASE}/{name}-table-schema.json",
    }
