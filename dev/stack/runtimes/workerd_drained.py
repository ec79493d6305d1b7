#!/usr/bin/env python3
"""Runs workerd with its output read at all times: `workerd_drained.py ARGUMENT…`.

Miniflare reads workerd's log lines with the thread that also calls it, and some of those calls
wait for their answer without reading. workerd, blocked while it writes a line to a full pipe, does
not answer: nothing goes on. Here a process between the two takes every line at once, and keeps it
until Miniflare reads it.

The environment variable WORKERD names the program. This process becomes it, so that signals and
file descriptors are workerd's own; it needs nothing but Python's standard library.
"""

import contextlib
import os
import queue
import sys
import threading

CHUNK_BYTES = 65536


def drain(source: int, target: int) -> None:
    """Copy *source* to *target* until its end; it is read however slowly *target* takes it."""
    chunks: queue.SimpleQueue[bytes] = queue.SimpleQueue()

    def read() -> None:
        chunk = b"."
        while chunk:
            chunk = os.read(source, CHUNK_BYTES)
            chunks.put(chunk)

    threading.Thread(target=read, daemon=True).start()
    while chunk := chunks.get():
        while chunk:
            chunk = chunk[os.write(target, chunk) :]


def drained(output: int) -> None:
    """Put a process between this one's *output* (a file descriptor) and its reader."""
    source, target = os.pipe()
    if os.fork() == 0:
        # What it holds open beside these would keep pipes of workerd open after its end.
        os.dup2(source, 0)
        os.dup2(output, 1)
        os.closerange(2, os.sysconf("SC_OPEN_MAX"))
        # Of a reader that is gone, with everything that it started.
        with contextlib.suppress(BrokenPipeError):
            drain(0, 1)
        os._exit(0)
    os.dup2(target, output)
    os.close(source)
    os.close(target)


if __name__ == "__main__":
    drained(1)
    drained(2)
    os.execv(os.environ["WORKERD"], [os.environ["WORKERD"], *sys.argv[1:]])  # noqa: S606
