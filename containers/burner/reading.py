"""What a job's subtitles and options say is drawn, and the fonts that it is drawn with."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from engine_kit import fonts
from engine_kit.failures import EngineFailure, FailureCode
from engine_kit.glyphs import missing_notice
from engine_kit.text.emoji import emoji_pictures
from engine_kit.text.faces import families_in
from engine_kit.text.items import document_language
from engine_kit.text.typesetter import Typesetter

from burner.glyphs import folded, lettered, outline_notices, places_of
from burner.subtitles import JobSubtitles, job_subtitles
from media_jobs.engines.burner.options import BurnOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class TextFonts:
    """The font files of a text, and the family that its Han letters are drawn in."""

    files: tuple[Path, ...]
    han: str

    def write(self, folder: Path, cache_dir: Path) -> Mapping[str, str]:
        """Write what makes libass find them into *folder*; return the environment that names it."""
        return fonts.write_font_config(folder, cache_dir, han=self.han, files=self.files)


@dataclass(frozen=True, slots=True, kw_only=True)
class JobText:
    """What is to be drawn, and with what. *missing*: characters that no font has."""

    subtitles: JobSubtitles
    setter: Typesetter
    fonts: TextFonts
    missing: tuple[str, ...]


def read_text(data: bytes, options: BurnOptions) -> JobText:
    """Read a file of subtitles; raises EngineFailure as `job_subtitles`, and glyphs_missing."""
    subtitles = job_subtitles(data, options)
    over = [mark.text for mark in (options.hint, options.watermark) if mark is not None]
    shown = lettered(subtitles, over)
    files = fonts.fonts_for(shown)
    subtitles = replace(
        subtitles,
        cues=folded(subtitles.cues, files),
        notices=(*subtitles.notices, *outline_notices(subtitles)),
    )
    missing = fonts.missing_glyphs(lettered(subtitles, over), files)
    if missing:
        told = missing_notice(missing, places_of(missing, subtitles.cues, options))
        if options.missing_glyphs == "fail":
            raise EngineFailure(FailureCode.GLYPHS_MISSING, told.message)
        subtitles = replace(subtitles, notices=(*subtitles.notices, told))
    return JobText(
        subtitles=subtitles,
        setter=Typesetter(
            families_in(files), emoji=emoji_pictures(), language=document_language(shown)
        ),
        fonts=TextFonts(files=files, han=fonts.han_family(shown)),
        missing=missing,
    )
