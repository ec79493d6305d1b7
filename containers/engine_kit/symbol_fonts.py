"""The fonts for symbols, mathematics and music (Noto, SIL OFL 1.1). The package `pymupdf-fonts`
holds them as Python modules; fontconfig and FreeType read files, so they are unpacked once.
"""

import importlib.util
import os
import stat
import tempfile
from functools import cache
from importlib.metadata import version
from pathlib import Path

PACKAGE = "pymupdf_fonts"
_FONTS = {
    "NotoSansSymbols2-Regular.otf": "symbol2",
    "NotoSansMath-Regular.otf": "math",
    "NotoMusic-Regular.otf": "music",
}
"""File names, as Debian's have them but for the suffix, and the package's own names."""


@cache
def symbol_font_folder() -> Path | None:
    """Return the folder of the unpacked fonts, or None where the package is not installed."""
    if importlib.util.find_spec(PACKAGE) is None:
        return None
    return unpacked_in(Path(tempfile.gettempdir()))


def unpacked_in(temporary: Path) -> Path:
    """Unpack the fonts into a folder of their own in *temporary*, unless they are there."""
    folder = _own_folder(temporary)
    for name, key in _FONTS.items():
        if not (folder / name).is_file():
            _write(folder / name, key)
    return folder


def _own_folder(temporary: Path) -> Path:
    """Return a folder that processes of this user share, and nobody else can write to."""
    name = f"media-jobs-fonts-{os.getuid()}-{version('pymupdf-fonts')}"
    folder = temporary / name
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & 0o022:
        return folder
    return Path(tempfile.mkdtemp(prefix=name, dir=temporary))


def _write(path: Path, key: str) -> None:
    from pymupdf_fonts import myfont  # type: ignore[import-untyped]  # It ships no types.

    # Another process may unpack at the same time: each writes its own file and puts it in place.
    handle, unpacked = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(myfont(key))
    Path(unpacked).replace(path)
