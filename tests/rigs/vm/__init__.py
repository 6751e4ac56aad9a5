"""A whole computer in qemu: Debian's kernel with a real video device and USB, whose power can be cut."""
