"""The installed service with a video device of the kernel: pulled, stalled, back under another number."""

from __future__ import annotations

import time

import pytest

from tests.emulated.conftest import never_started_again
from tests.rigs.vm.computer import Computer

pytestmark = pytest.mark.emulated
CAMERA = "/dev/gardenwatch-camera"
ALLOCATE = "bytearray(200 << 20)"


def wait_for(machine: Computer, change: str, times: int) -> None:
    """Until the journal has told that change of state so many times."""
    count = f"journalctl -u gardenwatch -o cat | grep -c 'camera {change} name='"
    machine.wait_until(str(times), "sh", "-c", count)


def control(machine: Computer, setting: str) -> None:
    machine.run("v4l2-ctl", "-d", CAMERA, "-c", setting)


def test_a_video_device_is_watched_through_every_loss(machine: Computer) -> None:
    wait_for(machine, "open", 1)
    control(machine, "disconnect=1")  # as when the cable is pulled and plugged in again
    wait_for(machine, "lost", 1)
    wait_for(machine, "open", 2)
    control(machine, "percentage_of_dropped_buffers=100")  # it stalls: each read blocks for ten seconds
    wait_for(machine, "lost", 2)
    control(machine, "percentage_of_dropped_buffers=0")
    began = time.monotonic()
    wait_for(machine, "open", 3)
    print(f"watched again {time.monotonic() - began:.0f} s after the stall, emulated")
    control(machine, "inject_v4l2_buf_flag_error=1")  # a picture is marked as faulty: OpenCV tells nobody
    control(machine, "inject_fatal_streaming_error=1")  # the driver gives up
    wait_for(machine, "lost", 3)
    wait_for(machine, "open", 4)
    machine.run("sh", "-c", "echo vivid.0 >/sys/bus/platform/drivers/vivid/unbind")
    wait_for(machine, "lost", 4)
    machine.run("sh", "-c", "modprobe -r vivid && modprobe vivid vid_cap_nr=7")
    wait_for(machine, "open", 5)
    assert machine.run("readlink", "-f", CAMERA) == "/dev/video7"
    never_started_again(machine)


def test_memory_is_limited(machine: Computer) -> None:
    assert machine.run("systemctl", "show", "-P", "MemoryMax", "gardenwatch") == str(600 << 20)
    limits = ["--property=MemoryMax=50M", "--property=MemorySwapMax=0"]
    machine.run("systemd-run", "--quiet", "--wait", "--unit=hungry", *limits, "python3", "-c", ALLOCATE, check=False)
    assert "Failed with result 'oom-kill'" in machine.run("journalctl", "-u", "hungry", "-o", "cat")
    took = machine.run("sh", "-c", "grep VmHWM /proc/$(systemctl show -P MainPID gardenwatch)/status")
    print(f"the watching process after all of this: {took}")
