"""`python -m refusing PROGRAM …`: a program on a kernel that confines nothing.

Under a filter of its own: Landlock answers that there is none, and further filters are refused.
"""

import ctypes
import os
import platform
import struct
import sys

_PRCTL = {"x86_64": 157, "aarch64": 167}
_LANDLOCK_CREATE, _SECCOMP_MODE = 444, 22
_ALLOW, _ENOSYS = 0x7FFF0000, 0x50000 | 38


def main(argv: list[str]) -> None:
    """Refuse both, then become *argv*."""
    lines = (
        (0x20, 0, 0, 0),  # The number of the call
        (0x15, 4, 0, _LANDLOCK_CREATE),
        (0x15, 0, 2, _PRCTL[platform.machine()]),
        (0x20, 0, 0, 16),  # and its first argument.
        (0x15, 1, 0, _SECCOMP_MODE),
        (0x06, 0, 0, _ALLOW),
        (0x06, 0, 0, _ENOSYS),
    )
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *line) for line in lines))
    program = struct.pack("HxxxxxxP", len(lines), ctypes.addressof(code))
    prctl = ctypes.CDLL(None).prctl
    assert prctl(38, 1, 0, 0, 0) == 0
    assert prctl(_SECCOMP_MODE, 2, ctypes.create_string_buffer(program), 0, 0) == 0
    os.execvp(argv[0], argv)  # noqa: S606  The test's own program.


if __name__ == "__main__":
    main(sys.argv[1:])
