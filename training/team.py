"""Several processes that learn one network together, as torchrun starts them; most often there is only one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel


@dataclass(frozen=True, slots=True)
class Team:
    """This process's number, and how many there are. The first one, rank 0, validates, writes and talks."""

    rank: int = 0
    size: int = 1

    @property
    def leads(self) -> bool:
        return self.rank == 0

    def share(self, network: nn.Module) -> nn.Module:
        """The network as the first process has it, with gradients averaged over all from now on."""
        return DistributedDataParallel(network) if self.size > 1 else network

    def agreed(self, stop: bool) -> bool:
        """What the first process says, to all."""
        if self.size == 1:
            return stop
        said = torch.tensor([int(stop)], device=_device())
        dist.broadcast(said, 0)
        return bool(said.item())

    def summed(self, values: list[float]) -> list[float]:
        """The sums over all processes."""
        if self.size == 1:
            return values
        total = torch.tensor(values, dtype=torch.float64, device=_device())
        dist.all_reduce(total)
        return [float(value) for value in total]


@contextmanager
def gathered(device: str) -> Iterator[Team]:
    """The team that torchrun started (it says so in the environment), or a team of one. nccl between graphics cards."""
    size = int(os.environ.get("WORLD_SIZE", "1"))
    if size == 1:
        yield Team()
        return
    if device.startswith("cuda"):
        torch.cuda.set_device(int(os.environ.get("LOCAL_RANK", "0")))
    dist.init_process_group("nccl" if device.startswith("cuda") else "gloo")
    try:
        yield Team(dist.get_rank(), size)
    finally:
        dist.destroy_process_group()


def _device() -> torch.device:
    return torch.device("cuda" if dist.get_backend() == "nccl" else "cpu")
