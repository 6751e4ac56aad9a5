"""Asks one door a great many questions: `python -m tests.fuzz DOOR [--runs N]`; each door: `python -m tests.fuzz all`.

Needs atheris (`pip install atheris`), which follows the code's coverage. What ends a door is kept as `crash-*` or
`timeout-*` in the current folder: put it into tests/fuzz/corpus/DOOR with the repair, and every test run asks it.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

HANG_S = 25
"""Far over the millisecond that a question takes, so that a busy machine is no hang."""
FOLDER = "GARDENWATCH_FUZZ_FOLDER"
"""Where the doors' files lie; whoever names it clears it away."""
MEMORY = Path("/dev/shm")
LARGEST = {"picture": 16_000, "photo_record": 16_000, "model_file": 16_000}
"""Bytes; 4000 elsewhere."""


def ask(target: str, runs: int, corpus: Path) -> None:
    """Does not return: libFuzzer ends the process, with 0 where all was well."""
    import atheris

    with atheris.instrument_imports(include=["edge"]):
        from tests.fuzz.seeds import seeds
        from tests.fuzz.targets import TARGETS
    import logging

    import psutil

    logging.disable(logging.CRITICAL)
    for number, seed in enumerate(seeds(target)):
        (corpus / f"seed-{number}").write_bytes(seed)
    function, _often = TARGETS[target]
    asked, process = 0, psutil.Process()

    def counted(content: bytes) -> None:
        nonlocal asked
        asked += 1
        if asked % max(1, runs // 10) == 0:
            print(f"{target} asked={asked} mb={process.memory_info().rss / 2**20:.0f}", flush=True)
        function(content)

    most = LARGEST.get(target, 4000)
    options = [f"-runs={runs}", f"-timeout={HANG_S}", "-rss_limit_mb=1500", f"-max_len={most}", "-verbosity=1"]
    atheris.Setup([sys.argv[0], *options, str(corpus)], counted)
    atheris.Fuzz()


def ask_all(share: float) -> int:
    """One process per door; a line of figures each."""
    from tests.fuzz.targets import TARGETS

    total = failed = 0
    for target, (_function, often) in TARGETS.items():
        line = [sys.executable, "-m", "tests.fuzz", target, "--runs", str(max(1000, round(often * share)))]
        done = subprocess.run(line, capture_output=True, text=True, errors="replace")
        sizes = [int(size) for size in re.findall(rf"^{target} asked=\d+ mb=(\d+)", done.stdout, re.M)]
        found = re.search(r"Done (\d+) runs in (\d+) second", done.stderr)
        asked, seconds = (int(found[1]), int(found[2])) if found else (0, 0)
        covered = re.findall(r"cov: (\d+)", done.stderr)
        total, failed = total + asked, failed + (done.returncode != 0 or not found)
        print(
            f"{target:15} {asked:8} inputs in {seconds:5} s, status {done.returncode}, "
            f"{' '.join(covered[-1:])} branches, memory after a fifth {sizes[1:2]}, at the end {sizes[-1:]} MB, "
            f"load {os.getloadavg()[0]:.1f}",
            flush=True,
        )
        if done.returncode != 0 or not found:
            print(done.stdout[-3000:], done.stderr[-3000:], flush=True)
    print(f"{total} inputs, {failed} doors failed")
    return 1 if failed else 0


def ask_and_throw_away(words: list[str]) -> int:
    """In a process of its own, because libFuzzer's end leaves no time to clear away. Returns its exit status."""
    memory = MEMORY if MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(prefix="gardenwatch-fuzz-", dir=memory) as folder:
        (Path(folder) / "asked").mkdir()
        line = [sys.executable, "-m", "tests.fuzz", *words, "--corpus", f"{folder}/corpus"]
        return subprocess.run(line, env=os.environ | {FOLDER: f"{folder}/asked"}, check=False).returncode


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("target", help="a door of tests/fuzz/targets.py, or all")
    parser.add_argument("--runs", type=int, default=100_000)
    parser.add_argument("--share", type=float, default=1.0, help="with all: as a part of the million")
    parser.add_argument("--corpus", type=Path, help="where what reaches new code is kept; else it is thrown away")
    options = parser.parse_args()
    if options.target == "all":
        sys.exit(ask_all(options.share))
    if options.corpus is None:
        sys.exit(ask_and_throw_away([options.target, "--runs", str(options.runs)]))
    options.corpus.mkdir(exist_ok=True)
    ask(options.target, options.runs, options.corpus)


if __name__ == "__main__":
    main()
