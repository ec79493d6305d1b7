"""Where results go: never over what is read, and over another file only if that is wanted."""

from __future__ import annotations

import os
import sys
from itertools import count
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

import typer

from vidgen.flows import is_url

__all__ = ["beside", "check_target", "free", "named_after", "safe_file_name", "safe_name"]


def check_target(target: Path, *reads: Path | str | None, force: bool = False) -> bool:
    """Refuse a file that could not be written, before a job is spent on it.

    *reads*: files that the command reads, which a result must not take the place of. Another file
    that exists is replaced if a person at the terminal says so, or with *force*: returns whether
    one is. Raises typer.BadParameter, typer.Abort.
    """
    folder = target.parent
    if not folder.is_dir():
        raise typer.BadParameter(f"the folder {folder} does not exist", param_hint="--output")
    if target.is_dir() or not os.access(folder, os.W_OK):
        raise typer.BadParameter(f"{target} cannot be written", param_hint="--output")
    # A result comes into its partial file first.
    for written in (target, target.with_name(target.name + ".part")):
        for file in reads:
            if isinstance(file, Path) and written.exists() and written.samefile(file):
                raise typer.BadParameter(f"{written} is what is read", param_hint="--output")
    if not target.exists() or force:
        return force
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise typer.BadParameter(f"{target} exists; --force replaces it", param_hint="--output")
    typer.confirm(f"{target} exists. Replace it?", abort=True, err=True)
    return True


def free(target: Path) -> Path:
    """Return *target*, or where that exists the same name with the first number that is free."""
    if not target.exists():
        return target
    for number in count(2):
        found = target.with_name(f"{target.stem}-{number}{target.suffix}")
        if not found.exists():
            return found
    raise AssertionError("there is always a number")


def beside(source: Path | str, what: str, suffix: str = ".mp4") -> Path:
    """Return where a result goes that nobody has named; it is never a file that is there.

    That is beside the file that it is made of; of a URL or a media, in this folder.
    """
    if isinstance(source, Path):
        return free(source.with_name(f"{source.stem}.{what}{suffix}"))
    if is_url(source):
        return named_after(source, suffix)
    return free(Path(f"{source}.{what}{suffix}"))


def named_after(address: str, suffix: str = ".mp4") -> Path:
    """Return a name in this folder for what *address* leads to: that of its file, where it has one.

    It is never that of a file which is there already.
    """
    last = PurePosixPath(unquote(urlsplit(address).path))
    stem = safe_name(last.stem)[:100].strip()
    return free(Path(f"{stem if last.suffix and stem else 'download'}{suffix}"))


def safe_name(name: str) -> str:
    """Return *name* without what leads into another folder or is no letter, number, dash, space."""
    return "".join(c if c.isalnum() or c in "-_ " else "_" for c in name)


def safe_file_name(name: str) -> str:
    """Return *name*, as a server says it, as that of a file in a folder: dots stay inside it."""
    parts = [safe_name(part) for part in name.split(".")]
    return ".".join(part for part in parts if part)[-150:] or "result"
