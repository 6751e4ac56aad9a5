"""A 64-bit ARM Debian, as on a Raspberry Pi, whose programs run in an emulated processor."""
