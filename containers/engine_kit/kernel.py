"""What Linux lets a thread give up, for good and for all that it starts.

By the kernel's own calls: Python has none of them. Each raises OSError where the kernel, or what
the container runs under, refuses it. seccomp's filters and Landlock's rules belong to the thread
that asked for them and to what it starts; other threads of the process stay as they are.
Sources: prctl(2), seccomp(2), landlock(7), `linux/audit.h`, `linux/bpf_common.h`.
"""

import ctypes
import errno
import os
import platform
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

__all__ = ["deny_calls", "deny_writes", "forget_variable", "hide_memory", "no_new_privileges"]

_PR_SET_DUMPABLE = 4
_PR_SET_SECCOMP = 22
_PR_SET_NO_NEW_PRIVS = 38
_SECCOMP_MODE_FILTER = 2

# Of `linux/audit.h`, and the numbers of the calls there (`asm/unistd.h`).
_ARCHITECTURES = {
    "x86_64": (
        0xC000003E,
        {"socket": 41, "ptrace": 101, "process_vm_readv": 310, "process_vm_writev": 311},
    ),
    "aarch64": (
        0xC00000B7,
        {"socket": 198, "ptrace": 117, "process_vm_readv": 270, "process_vm_writev": 271},
    ),
}
_EVERYWHERE = {"io_uring_setup": 425, "pidfd_getfd": 438}
_OTHERS_MEMORY = ("ptrace", "process_vm_readv", "process_vm_writev", "pidfd_getfd")
# A ring of io_uring opens sockets without the call.
_NETWORK = ("socket", "io_uring_setup")
_AF_UNIX = 1
_X32 = 0x40000000

# BPF: load a word of the call's data, jump, return.
_LOAD, _IF_EQUAL, _IF_AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_NUMBER_AT, _ARCHITECTURE_AT, _FIRST_ARGUMENT_AT = 0, 4, 16
_ALLOW, _KILL, _REFUSE = 0x7FFF0000, 0x80000000, 0x00050000 | errno.EPERM

_LANDLOCK_CREATE, _LANDLOCK_ADD, _LANDLOCK_RESTRICT = 444, 445, 446
_VERSION = 1
_PATH_BENEATH = 1
# Writing, and making and removing of every kind; then what later versions know, by version.
_WRITES = (1 << 1) | sum(1 << bit for bit in range(4, 13))
_LATER_WRITES = ((2, 1 << 13), (3, 1 << 14))
_SCOPES = (6, (1 << 0) | (1 << 1))
"""Abstract sockets and signals of processes outside."""


class _Instruction(ctypes.Structure):
    _fields_ = (
        ("code", ctypes.c_uint16),
        ("if_true", ctypes.c_uint8),
        ("if_false", ctypes.c_uint8),
        ("value", ctypes.c_uint32),
    )


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_uint16), ("code", ctypes.POINTER(_Instruction)))


class _Ruleset(ctypes.Structure):
    _fields_ = (
        ("files", ctypes.c_uint64),
        ("network", ctypes.c_uint64),
        ("scopes", ctypes.c_uint64),
    )


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("folder", ctypes.c_int32))


def forget_variable(name: str) -> None:
    """Take *name* out of this process's environment, and of `/proc/PID/environ`.

    The kernel shows the memory in which the program got its environment: what stands there stays
    there, whatever becomes of the variable, unless it is overwritten.
    """
    os.environ.pop(name, None)
    if sys.platform != "linux":
        return
    # What follows the name in brackets, which may hold anything, begins with the third field.
    fields = Path("/proc/self/stat").read_bytes().rpartition(b")")[2].split()
    start, end = int(fields[50 - 3]), int(fields[51 - 3])
    at = start
    for variable in ctypes.string_at(start, end - start).split(b"\0"):
        if variable.startswith(f"{name}=".encode()):
            ctypes.memset(at, 0, len(variable))
        at += len(variable) + 1


def hide_memory() -> None:
    """Keep processes of the same user from this one's memory, environment and open files."""
    _prctl(_PR_SET_DUMPABLE, 0)


def no_new_privileges() -> None:
    """Let no program that this thread starts gain privileges by its file: no set-user-id."""
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)


def deny_calls(*, network: bool) -> None:
    """Refuse calls that read other processes' memory, and without *network* those that open one.

    `socket` is refused but for local ones. Needs `no_new_privileges` first.
    """
    program = _filter(*_calls((*_OTHERS_MEMORY, *(() if network else _NETWORK))))
    code = (_Instruction * len(program))(*program)
    _prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(_Program(len(program), code)))


def _calls(names: Iterable[str]) -> tuple[int, dict[str, int]]:
    known = _ARCHITECTURES.get(platform.machine())
    if sys.platform != "linux" or known is None:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    architecture, numbers = known
    return architecture, {name: (numbers | _EVERYWHERE)[name] for name in names}


def _filter(architecture: int, calls: dict[str, int]) -> Sequence[_Instruction]:
    program = [
        # Another architecture's calls have other numbers.
        _Instruction(_LOAD, 0, 0, _ARCHITECTURE_AT),
        _Instruction(_IF_EQUAL, 1, 0, architecture),
        _Instruction(_RETURN, 0, 0, _KILL),
        _Instruction(_LOAD, 0, 0, _NUMBER_AT),
        _Instruction(_IF_AT_LEAST, 0, 1, _X32),
        _Instruction(_RETURN, 0, 0, _REFUSE),
    ]
    for name, number in calls.items():
        refusal = [_Instruction(_RETURN, 0, 0, _REFUSE)]
        if name == "socket":
            refusal = [
                _Instruction(_LOAD, 0, 0, _FIRST_ARGUMENT_AT),
                _Instruction(_IF_EQUAL, 1, 0, _AF_UNIX),
                *refusal,
                _Instruction(_RETURN, 0, 0, _ALLOW),
            ]
        program += [_Instruction(_IF_EQUAL, 0, len(refusal), number), *refusal]
    return [*program, _Instruction(_RETURN, 0, 0, _ALLOW)]


def deny_writes(folders: Iterable[Path]) -> None:
    """Refuse to change files outside *folders*, and to look into processes outside (Landlock).

    What is restricted so can trace nothing that is not, also as root: no memory, environment or
    open file of it; from version 6 on it can't signal it either. Needs `no_new_privileges` first.
    """
    version = _syscall(_LANDLOCK_CREATE, None, 0, _VERSION)
    writes = _WRITES | sum(right for since, right in _LATER_WRITES if version >= since)
    scopes = _SCOPES[1] if version >= _SCOPES[0] else 0
    rules = _Ruleset(writes, 0, scopes)
    size = ctypes.sizeof(rules) if scopes else 8
    ruleset = _syscall(_LANDLOCK_CREATE, ctypes.byref(rules), size, 0)
    try:
        for path in folders:
            folder = os.open(path, os.O_PATH | os.O_CLOEXEC)
            try:
                rule = _Beneath(writes, folder)
                _syscall(_LANDLOCK_ADD, ruleset, _PATH_BENEATH, ctypes.byref(rule), 0)
            finally:
                os.close(folder)
        _syscall(_LANDLOCK_RESTRICT, ruleset, 0)
    finally:
        os.close(ruleset)


def _prctl(option: int, *arguments: object) -> None:
    if sys.platform != "linux":
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    filled = [*arguments, 0, 0, 0][:4]
    _checked(ctypes.CDLL(None, use_errno=True).prctl(option, *map(_word, filled)))


def _syscall(number: int, *arguments: object) -> int:
    if sys.platform != "linux":
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    call = ctypes.CDLL(None, use_errno=True).syscall
    call.restype = ctypes.c_long
    return _checked(call(ctypes.c_long(number), *map(_word, arguments)))


def _word(value: object) -> object:
    # Through C's variable arguments an int of Python is 32 bits wide.
    return ctypes.c_long(value) if isinstance(value, int) else value


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result
