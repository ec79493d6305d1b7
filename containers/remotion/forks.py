"""Where comments are read and drawn: in processes of its own."""

from engine_kit.fork_server import ForkServer

CPU_S_MAX = 900
MEMORY_BYTES_MAX = 3 << 30

FORKS = ForkServer("remotion.forked", cpu_s=CPU_S_MAX, memory_bytes=MEMORY_BYTES_MAX)
"""Reads documents, and paints the pictures of videos and of previews."""
