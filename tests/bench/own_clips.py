"""Scores the whole chain on films composed here: `python -m tests.bench.own_clips`.

They keep the rules from being tuned to eight shared clips. Animals are cut out of test photos, which the bundled model
has not learned from; grounds are drawn, or photos that are not in the shared clips; wind, clouds, dapple, exposure
steps, knocks and falling leaves come from the seed. Cut-outs are not picked by eye: some are half an animal, so that
names are harder here than in the shared clips.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tqdm import tqdm

from edge.assets import DEFAULT_MODEL
from tests.bench.clips import CLIPS, score
from tests.bench.films.film import make_film


def main() -> int:
    """Composes the films that are not there yet, and scores them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=16, help="how many films; one in four without an animal")
    parser.add_argument("--first", type=int, default=0, help="seed of the first")
    parser.add_argument("--keep", type=Path, help="folder for the films; thrown away if left out")
    parser.add_argument("--model", type=Path, default=DEFAULT_MODEL)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as thrown_away:
        folder = options.keep or Path(thrown_away)
        folder.mkdir(parents=True, exist_ok=True)
        films = [folder / f"own_{seed:03}.mp4" for seed in range(options.first, options.first + options.count)]
        for seed, film in enumerate(tqdm(films, desc="composing"), start=options.first):
            if not film.with_suffix(".json").exists():
                make_film(film, seed, CLIPS.parents[1])
        score(films, options.model)
    return 0


if __name__ == "__main__":
    sys.exit(main())
