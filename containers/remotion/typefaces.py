"""The fonts that text is drawn with, and which of them draws which character.

Pillow has no fallback between fonts, so text is split into runs by what each font's character map
covers. Noto Sans comes first, then the fonts of single scripts, of symbols, the CJK collection.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from engine_kit.fonts import coverage
from fontTools.ttLib import TTCollection  # type: ignore[import-untyped]  # It ships no types.
from PIL import ImageFont

from remotion.characters import is_cjk

# "NotoSansArabic[wght].ttf" (one file, all weights) and "NotoSansArabic-Regular.ttf" (Debian).
_SINGLE = re.compile(
    r"(?P<family>Noto(Sans|Serif|Music|Emoji)\w*)(?P<cut>-Regular|\[wght\])\.(ttf|otf)"
)
_COLLECTION = re.compile(r"NotoSansCJK-Regular\.(ttc|otc)")
_HAN_FAMILIES = ("Noto Sans CJK SC", "Noto Sans CJK JP", "Noto Sans CJK KR")
# Set narrower, for user interfaces, or as ornament.
_NOT_FOR_TEXT = ("Mono", "Display", "UI")
_SYMBOLS = ("NotoSansSymbols", "NotoSansMath", "NotoMusic")


@dataclass(frozen=True, slots=True, kw_only=True)
class FontFile:
    """One face: a file, its place in a collection, and how it becomes bold.

    *variable*: the file has a weight axis. *bold*: another file holds the bold cut. With neither,
    bold is drawn with a thin outline in the text's own colour. *han*: the family, when it is one
    of those that draw Chinese, Japanese and Korean.
    """

    path: Path
    index: int = 0
    family: str = ""
    variable: bool = False
    bold: Path | None = None
    han: str = ""


@dataclass(slots=True)
class Typefaces:
    """Faces in order of preference; *missing* collects what none of them could draw.

    *weight*, *bold_weight*: of the faces that have a weight axis.
    """

    files: Sequence[FontFile]
    weight: int = 400
    bold_weight: int = 700
    missing: set[int] = field(default_factory=set)

    def face_for(self, character: str, han: str) -> int:
        """Return the place of the face that draws *character*; *han*: the family for CJK."""
        code = ord(character)
        wants_cjk = is_cjk(character)
        for prefer_cjk in (wants_cjk, not wants_cjk):
            for place, file in enumerate(self.files):
                if bool(file.han) != prefer_cjk or (file.han and file.han != han):
                    continue
                if code in coverage(file.path, file.index):
                    return place
        self.missing.add(code)
        return 0

    def font(self, place: int, size: int, *, bold: bool) -> ImageFont.FreeTypeFont:
        """Return the face at *place* in *size* pixels."""
        weight = self.bold_weight if bold else self.weight
        return _font(self.files[place], size, bold, weight)

    def outline(self, place: int, size: int, *, bold: bool) -> float:
        """Return the width in pixels of the outline that makes this face bold, 0 for most."""
        file = self.files[place]
        return size / 45 if bold and not file.variable and file.bold is None else 0.0


def typefaces(files: Iterable[Path]) -> Typefaces:
    """Choose and order faces among *files*: Noto Sans, single scripts, the CJK collection, symbols.

    Raises ValueError when there is none that is known.
    """
    paths = list(files)
    faces = [face for path in paths for face in _faces(path, {p.name: p for p in paths})]
    if not faces:
        raise ValueError("no Noto fonts")
    return Typefaces(sorted(faces, key=_rank))


def _rank(face: FontFile) -> tuple[bool, bool, bool, bool, str]:
    # Monochrome emoji are the last resort, for those that have no picture.
    return (
        face.family.startswith("NotoEmoji"),
        bool(face.han),
        face.family.startswith(_SYMBOLS),
        face.family != "NotoSans",
        face.family,
    )


def _faces(path: Path, by_name: dict[str, Path]) -> list[FontFile]:
    if _COLLECTION.fullmatch(path.name):
        bold = by_name.get(path.name.replace("-Regular", "-Bold"))
        return [
            FontFile(path=path, index=index, family=family, bold=bold, han=family)
            for index, family in enumerate(_families(path))
            if family in _HAN_FAMILIES
        ]
    single = _SINGLE.fullmatch(path.name)
    if single is None or any(word in single["family"] for word in _NOT_FOR_TEXT):
        return []
    variable = single["cut"] != "-Regular"
    bold = None if variable else by_name.get(path.name.replace("-Regular", "-Bold"))
    return [FontFile(path=path, family=single["family"], variable=variable, bold=bold)]


def _families(collection: Path) -> list[str]:
    with TTCollection(collection, lazy=True) as fonts:
        return [str(font["name"].getDebugName(1)) for font in fonts]


@lru_cache(maxsize=512)
def _font(file: FontFile, size: int, bold: bool, weight: int) -> ImageFont.FreeTypeFont:
    path = file.bold if bold and file.bold else file.path
    font = ImageFont.truetype(path, size, index=file.index, layout_engine=ImageFont.Layout.RAQM)
    if file.variable:
        font.set_variation_by_axes([weight])
    return font
