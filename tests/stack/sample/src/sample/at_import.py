"""Tries, while it is imported, what a deploy refuses there, and notes how each try ended."""

import os
import random
import secrets
import sys
import time
import uuid
from collections.abc import Callable
from pathlib import Path

import js
from workers import Response


def _outcome(attempt: Callable[[], object]) -> str:
    try:
        attempt()
    except Exception as error:
        return type(error).__name__
    return "allowed"


def _importing(name: str) -> Callable[[], object]:
    return lambda: __import__(name)


TIME_S = time.time()
FOLDER = str(Path.cwd())
OUTCOMES = {
    name: _outcome(attempt)
    for name, attempt in {
        "os.urandom": lambda: os.urandom(4),
        "uuid.uuid4": uuid.uuid4,
        "secrets.token_hex": secrets.token_hex,
        "random.random": random.random,
        "random.Random()": random.Random,
        "random.SystemRandom().random": lambda: random.SystemRandom().random(),
        "random.Random(1)": lambda: random.Random(1).random(),  # noqa: S311
        "crypto.getRandomValues": lambda: js.crypto.getRandomValues(js.Uint8Array.new(4)),
        "crypto.randomUUID": lambda: js.crypto.randomUUID(),
        "setTimeout": lambda: js.setTimeout(print, 1),
        "Response": lambda: Response("x"),
        "import of a vendored package": _importing("annotated_types"),
        "import of a package of the repository": _importing("bench"),
        "import of the tests": _importing("conftest"),
        "the entry as a module of its package": _importing("sample.entry"),
        "a module with the name of a vendored one": _importing("annotated_types"),
        "a module with the name of one of the standard library": _importing("colorsys"),
        "what a .pth file imports": lambda: sys.modules["_workers_sdk_patch_loader"],
        "a file of its own, written": lambda: Path(__file__).write_text(""),
        "a new file beside it": lambda: Path(__file__).with_name("new.py").write_text(""),
        "a JSON file": (Path(__file__).parent / "data.json").read_bytes,
        "a text file": (Path(__file__).parent / "data.txt").read_bytes,
    }.items()
}
