"""A process that records visits until it is killed, and says which are durable."""

from __future__ import annotations

import itertools
import sys
from pathlib import Path

from edge.errors import GardenwatchError
from edge.store.store import Store
from tests.store.visits import SETTINGS, change, run, sighting, visit


def main(data: Path) -> None:
    store = Store.open(data, SETTINGS, run())
    print("ready", flush=True)
    for number in itertools.count():
        slug = sighting(second=number)
        store.record([change("opened", slug, 40)])
        store.settle(60)
        store.record([change("improved", slug, 80)])
        store.settle(60)
        if number % 5:  # the others stay open
            store.record([visit(slug, further=number % 3)[-1]])
        store.settle(60)
        print(slug.id, flush=True)


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]))
    except GardenwatchError as error:
        print(error, file=sys.stderr)
        sys.exit(error.exit_code)
