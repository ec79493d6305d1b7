"""Where the burner works on text: in processes of its own."""

from engine_kit.fork_server import ForkServer

CPU_S_MAX = 900
MEMORY_BYTES_MAX = 2 << 30

FORKS = ForkServer("burner.forked", cpu_s=CPU_S_MAX, memory_bytes=MEMORY_BYTES_MAX)
"""Reads files of subtitles, lays their text out, draws emoji and pictures of layers, and looks at
scripts. 1,000 cues take 0.6 s and 20 MB; 50,000 are the most that are read.
"""
