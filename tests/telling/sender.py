"""A process that records visits and tells a broker of them until it is killed; says which are recorded."""

from __future__ import annotations

import itertools
import sys
from pathlib import Path

from edge.settings import Config
from edge.store.store import Store
from edge.telling.opening import open_office
from tests.store.visits import SETTINGS, run, sighting, visit


def main(folder: Path, port: int) -> None:
    mqtt = {"host": "127.0.0.1", "port": port, "device": "g1"}
    config = Config.model_validate({"data": str(folder / "data"), "mqtt": mqtt, "secrets": str(folder / "none.yaml")})
    store = Store.open(config.data, SETTINGS, run())
    office = open_office(config, [])
    office.start()
    for number in itertools.count():
        slug = sighting(float(number))
        store.record(visit(slug))
        store.settle(60)
        print(slug.id, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
