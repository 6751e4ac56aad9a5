"""The installed service with a video device of the kernel: pulled, stalled, back under another number."""

from __future__ import annotations

import time

import pytest

from tests.emulated.conftest import never_started_again
from tests.rigs.vm.computer import Computer

pytestmark = pytest.mark.emulated
CAMERA = "/dev/gardenwatch-camera"
ALLOCATE = "bytearray(200 << 20)"
TOLD = "journalctl -u gardenwatch -o cat | grep -oE 'camera (open|lost) name='"
"""A slow machine may lose the camera by itself, too: so counts are compared with those before."""


def losses(machine: Computer) -> int:
    return machine.run("sh", "-c", TOLD, check=False).count("lost")


def waits_for_a_loss(machine: Computer, than: int) -> None:
    """Until more are told than that."""
    machine.wait_until("more", "sh", "-c", f"[ $({TOLD} | grep -c lost) -gt {than} ] && echo more")


def waits_until_it_watches(machine: Computer) -> None:
    machine.wait_until("camera open name=", "sh", "-c", f"{TOLD} | tail -1")


def control(machine: Computer, setting: str) -> None:
    machine.run("v4l2-ctl", "-d", CAMERA, "-c", setting)


def test_a_video_device_is_watched_through_every_loss(machine: Computer) -> None:
    waits_until_it_watches(machine)
    before = losses(machine)
    control(machine, "disconnect=1")  # as when the cable is pulled and plugged in again
    waits_for_a_loss(machine, before)
    waits_until_it_watches(machine)
    before = losses(machine)
    control(machine, "percentage_of_dropped_buffers=100")  # it stalls: each read blocks for ten seconds
    waits_for_a_loss(machine, before)
    control(machine, "percentage_of_dropped_buffers=0")
    began = time.monotonic()
    waits_until_it_watches(machine)
    print(f"watched again {time.monotonic() - began:.0f} s after the stall, emulated")
    before = losses(machine)
    control(machine, "inject_v4l2_buf_flag_error=1")  # a picture is marked as faulty: OpenCV tells nobody
    control(machine, "inject_fatal_streaming_error=1")  # the driver gives up
    waits_for_a_loss(machine, before)
    waits_until_it_watches(machine)
    before = losses(machine)
    machine.run("sh", "-c", "echo vivid.0 >/sys/bus/platform/drivers/vivid/unbind")
    waits_for_a_loss(machine, before)
    machine.run("sh", "-c", "modprobe -r vivid && modprobe vivid vid_cap_nr=7")
    waits_until_it_watches(machine)
    assert machine.run("readlink", "-f", CAMERA) == "/dev/video7"
    never_started_again(machine)


def test_memory_is_limited(machine: Computer) -> None:
    assert machine.run("systemctl", "show", "-P", "MemoryMax", "gardenwatch") == str(600 << 20)
    limits = ["--property=MemoryMax=50M", "--property=MemorySwapMax=0"]
    machine.run("systemd-run", "--quiet", "--wait", "--unit=hungry", *limits, "python3", "-c", ALLOCATE, check=False)
    assert "Failed with result 'oom-kill'" in machine.run("journalctl", "-u", "hungry", "-o", "cat")
    took = machine.run("sh", "-c", "grep VmHWM /proc/$(systemctl show -P MainPID gardenwatch)/status")
    print(f"the watching process after all of this: {took}")
