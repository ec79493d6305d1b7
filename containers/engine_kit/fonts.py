"""The fonts that text is drawn with: these and no others, so that a picture does not depend on its
host, and whether they have a glyph for every character of a text, asked before anything is drawn.

libass finds fonts through fontconfig. A private configuration (`FONTCONFIG_FILE`) makes it fall
back among our fonts; its own `fontsdir` option does not and would draw boxes.
"""

import importlib.util
import sys
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from xml.sax.saxutils import escape

from engine_kit.failures import EngineFailure, FailureCode
from engine_kit.symbol_fonts import symbol_font_folder
from media_jobs.characters import is_invisible

__all__ = [
    "FAMILY",
    "PACKAGES",
    "SYSTEM_FOLDERS",
    "coverage",
    "font_files",
    "font_folders",
    "fonts_for",
    "han_family",
    "missing_glyphs",
    "system_font_files",
    "write_font_config",
]

FAMILY = "Noto Sans"
"""The first choice for every text; other scripts fall back from it."""

PACKAGES = ("manimgx_fonts", "noto_cjk_sans_otc", "justmytype_intl_cjk")
SYSTEM_FOLDERS = (Path("/usr/share/fonts/truetype/noto"), Path("/usr/share/fonts/opentype/noto"))
# libass draws no colour glyphs: a colour font would win the fallback and leave a gap.
_COLOUR = ("NotoColorEmoji",)
_SUFFIXES = (".ttf", ".otf", ".ttc")


def font_folders() -> tuple[Path, ...]:
    """Return the folders of the font packages, or of the system's Noto fonts without them.

    Raises EngineFailure when there are neither.
    """
    folders: list[Path] = []
    for package in PACKAGES:
        spec = importlib.util.find_spec(package)
        if spec is not None and spec.submodule_search_locations:
            for place in spec.submodule_search_locations:
                folders += _folders_with_fonts(Path(place))
    symbols = symbol_font_folder()
    folders += [symbols] if symbols is not None else []
    folders = folders or [folder for folder in SYSTEM_FOLDERS if folder.is_dir()]
    if not folders:
        raise EngineFailure(FailureCode.INTERNAL_ERROR, "No fonts are installed.")
    return tuple(folders)


@lru_cache(maxsize=8)
def _folders_with_fonts(package: Path) -> tuple[Path, ...]:
    files = (path for path in package.rglob("*") if path.suffix.lower() in _SUFFIXES)
    return tuple(sorted({path.parent for path in files}))


def fonts_for(text: str, *, system: Iterable[Path] = SYSTEM_FOLDERS) -> tuple[Path, ...]:
    """Return the font files that *text* is drawn with, in stable order.

    These are all of the packages', and of the Noto fonts in the folders *system* (Debian's
    `fonts-noto-core`, which the images have) those that hold a character that the packages lack:
    what the packages draw looks the same on every host.
    """
    files = font_files(font_folders())
    lacking = {ord(c) for c in missing_glyphs(text, files)}
    more = []
    for path in system_font_files(system) if lacking else ():
        if lacking & coverage(path):
            more.append(path)
            lacking -= coverage(path)
    return (*files, *(path for path in more if path not in files))


def system_font_files(folders: Iterable[Path] = SYSTEM_FOLDERS) -> tuple[Path, ...]:
    """Return the upright regular cuts in *folders*, sans-serif before serif."""
    files = font_files(folder for folder in folders if folder.is_dir())
    regular = (path for path in files if path.stem.endswith("-Regular"))
    return tuple(sorted(regular, key=lambda path: ("Serif" in path.name, path.name)))


def font_files(folders: Iterable[Path]) -> tuple[Path, ...]:
    """Return the font files in *folders* that libass and Pillow can draw with, in stable order."""
    return tuple(
        path
        for folder in folders
        for path in sorted(folder.iterdir())
        if path.suffix.lower() in _SUFFIXES and not path.name.startswith(_COLOUR)
    )


def han_family(text: str) -> str:
    """Return the family whose Han shapes suit *text*: Japanese with kana, Korean with Hangul."""
    if any("\u3040" <= c <= "\u30ff" or "\uff66" <= c <= "\uff9f" for c in text):
        return "Noto Sans CJK JP"
    if any("\uac00" <= c <= "\ud7a3" or "\u1100" <= c <= "\u11ff" for c in text):
        return "Noto Sans CJK KR"
    return "Noto Sans CJK SC"


def missing_glyphs(text: str, files: Sequence[Path]) -> tuple[str, ...]:
    """Return each visible character of *text* that no font in *files* has, in code point order."""
    wanted = {ord(c) for c in set(text) if not is_invisible(c)}
    for path in files:
        if not wanted:
            break
        wanted -= coverage(path)
    return tuple(chr(code) for code in sorted(wanted))


def write_font_config(
    folder: Path, cache: Path, *, han: str, files: Sequence[Path] = ()
) -> dict[str, str]:
    """Write `fonts.conf` into *folder*; return the environment that makes fontconfig use it.

    *cache* is shared by all attempts: without it every encode would read all fonts again.
    *files*: of the system's fonts, these alone are used beside the packages'.
    """
    folders = font_folders()
    more = [path for path in files if path.parent not in folders]
    places = "".join(
        f"<dir>{escape(str(place))}</dir>"
        for place in dict.fromkeys((*folders, *(path.parent for path in more)))
    )
    families = "".join(f"<string>{escape(family)}</string>" for family in (FAMILY, han))
    refused = "".join(
        f"<rejectfont><glob>{escape(glob)}</glob></rejectfont>"
        for glob in (
            *(f"*/{name}*" for name in _COLOUR),
            *dict.fromkeys(f"{path.parent}/*" for path in more),
        )
    )
    # An accepted file is used although it is refused with its folder.
    refused += "".join(
        f"<acceptfont><glob>{escape(str(path))}</glob></acceptfont>" for path in more
    )
    path = folder / "fonts.conf"
    path.write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">\n'
        f"<fontconfig>{places}<cachedir>{escape(str(cache))}</cachedir>\n"
        f"<selectfont>{refused}</selectfont>\n"
        '<match target="pattern"><edit name="family" mode="append" binding="strong">'
        f"{families}</edit></match>\n</fontconfig>\n",
        encoding="utf-8",
    )
    return {"FONTCONFIG_FILE": str(path)}


def fonts_dir_option() -> str | None:
    """Return the folder for libass's `fontsdir` where fontconfig is not its font provider."""
    return str(font_folders()[0]) if sys.platform == "darwin" else None


@lru_cache(maxsize=2048)
def coverage(path: Path, index: int = 0) -> frozenset[int]:
    """Return the code points that a font file has glyphs for; *index*: in a collection."""
    # Not in the image of an engine that draws no text. It ships no types.
    import uharfbuzz as hb  # type: ignore[import-untyped]

    return frozenset(hb.Face(hb.Blob.from_file_path(path), index).unicodes)
