"""CIFAR and MNIST through torchvision's own download, from small files of their format."""

from __future__ import annotations

import gzip
import hashlib
import pickle
import struct
import tarfile
from collections import Counter
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import numpy as np
import pytest
from click.testing import CliRunner

datasets = pytest.importorskip("torchvision.datasets")

from training.commands import group  # noqa: E402
from training.errors import TrainingError  # noqa: E402
from training.layout import read_prepared  # noqa: E402
from training.named import unpack  # noqa: E402
from training.prepare import prepare  # noqa: E402


class Quiet(SimpleHTTPRequestHandler):
    """Serves a folder and says nothing."""

    def log_message(self, format: str, *args: object) -> None:
        """Not into the test's output."""


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """Where the folder `site` is served, as the makers serve theirs."""
    (tmp_path / "site").mkdir()
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path / "site"))) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()


def md5(path: Path) -> str:
    return hashlib.md5(path.read_bytes()).hexdigest()


def cifar(
    folder: Path, address: str, monkeypatch: pytest.MonkeyPatch, kind: type, key: str, classes: list[str]
) -> None:
    """An archive as the makers publish it, with 10 photos a file, at an address torchvision downloads from."""
    base = folder / kind.base_folder
    base.mkdir(parents=True)
    rng = np.random.default_rng(1)
    sums = {}
    for name, _sum in [*kind.train_list, *kind.test_list]:
        data = {"data": rng.integers(0, 256, (10, 3072), np.uint8), key: [i % len(classes) for i in range(10)]}
        (base / name).write_bytes(pickle.dumps(data))
        sums[name] = md5(base / name)
    meta = dict(kind.meta)
    (base / meta["filename"]).write_bytes(pickle.dumps({meta["key"]: classes}))
    meta["md5"] = md5(base / meta["filename"])
    archive = folder / kind.filename
    with tarfile.open(archive, "w:gz") as tar:
        tar.add(base, kind.base_folder)
    monkeypatch.setattr(kind, "url", address + archive.name)
    monkeypatch.setattr(kind, "tgz_md5", md5(archive))
    monkeypatch.setattr(kind, "meta", meta)
    for part in ("train_list", "test_list"):
        monkeypatch.setattr(kind, part, [[name, sums[name]] for name, _sum in getattr(kind, part)])


@pytest.mark.parametrize(("name", "train"), [("cifar10", 50), ("cifar100", 10)])
def test_cifar_is_downloaded_and_split_with_its_own_test_photos(
    tmp_path: Path, address: str, monkeypatch: pytest.MonkeyPatch, name: str, train: int
) -> None:
    kind = datasets.CIFAR10 if name == "cifar10" else datasets.CIFAR100
    key = "labels" if name == "cifar10" else "fine_labels"
    cifar(tmp_path / "site", address, monkeypatch, kind, key, ["airplane", "lawn_mower"])
    out = tmp_path / "out"
    with unpack(name, out, tmp_path / "cache") as (folder, test_list):
        done = prepare(folder, out, test_list=test_list)
    assert sum(done.counts["train"].values()) + sum(done.counts["val"].values()) == train
    assert done.counts["test"] == {"airplane": 5, "lawn_mower": 5}
    assert sorted(p.name for p in tmp_path.iterdir()) == ["cache", "out", "site"]


def test_mnist_is_downloaded_and_named_by_its_digits(
    tmp_path: Path, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = tmp_path / "site"
    resources = []
    rng = np.random.default_rng(1)
    for name, _sum in datasets.MNIST.resources:
        count = 40 if name.startswith("train") else 20
        if "images" in name:
            noise = rng.integers(0, 60, (count, 28, 28), np.uint8)
            noise[:, 6:22, 10:18] += 150  # look-alikes, as digits are
            data = struct.pack(">IIII", 2051, count, 28, 28) + noise.tobytes()
        else:
            data = struct.pack(">II", 2049, count) + bytes(i % 10 for i in range(count))
        (site / name).write_bytes(gzip.compress(data))
        resources.append((name, md5(site / name)))
    monkeypatch.setattr(datasets.MNIST, "mirrors", [address])
    monkeypatch.setattr(datasets.MNIST, "resources", resources)
    monkeypatch.setattr("training.named.CACHE", tmp_path / "cache")
    done = CliRunner().invoke(group, ["prepare", "mnist", str(tmp_path / "out")])
    assert done.exit_code == 0, done.output
    photos = read_prepared(tmp_path / "out").photos
    assert Counter(photo.label for photo in photos["test"]) == {str(digit): 2 for digit in range(10)}
    assert len(photos["train"]) + len(photos["val"]) == 40


def test_a_set_that_cannot_be_had_says_what_to_do(
    tmp_path: Path, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(datasets.CIFAR10, "url", address + "none.tar.gz")
    with pytest.raises(TrainingError, match=r"cifar10.*check the network"), unpack("cifar10", tmp_path / "o", tmp_path):
        pass
