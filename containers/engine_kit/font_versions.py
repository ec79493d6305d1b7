"""Which fonts a picture was drawn with, to the byte: for the receipt of a result."""

from collections.abc import Iterable
from functools import lru_cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from engine_kit.fonts import PACKAGES, SYSTEM_FOLDERS, font_folders
from engine_kit.symbol_fonts import PACKAGE, symbol_font_folder

__all__ = ["font_versions"]


def font_versions(
    files: Iterable[Path], *, system: Iterable[Path] = SYSTEM_FOLDERS
) -> dict[str, str]:
    """Return what identifies each font file, by name.

    Those of a package have its version, as the package is locked by its hash; one of the folders
    *system* has its own hash, `sha256:` and hex. Other files are not looked at: who names them has
    read what strangers wrote.
    """
    places = {*font_folders(), *system}
    return dict(_identified(path) for path in files if path.parent in places)


@lru_cache(maxsize=512)
def _identified(path: Path) -> tuple[str, str]:
    package = PACKAGE if path.parent == symbol_font_folder() else None
    package = next((name for name in PACKAGES if name in path.parts), package)
    if package is None:
        return path.name, f"sha256:{sha256(path.read_bytes()).hexdigest()}"
    return package.replace("_", "-"), version(package)
