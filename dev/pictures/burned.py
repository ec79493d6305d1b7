"""One burn without its container: the same files and the same ffmpeg command as the burner's."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

from burner.emoji_stream import write_streams
from burner.encoding import ENVIRONMENT
from burner.layout import drawing_of
from burner.plan import INPUT, SCRIPT, Burn, burn_argv, picture_of, video_of
from burner.script_colours import script_in
from burner.signs import bands_of
from burner.subtitles import job_subtitles
from engine_kit import fonts
from engine_kit.ffmpeg import STANDING_OPTIONS, find_ffmpeg
from engine_kit.probe import find_ffprobe, probe
from engine_kit.text.emoji import emoji_pictures
from engine_kit.text.faces import families_in
from engine_kit.text.items import document_language
from engine_kit.text.typesetter import Typesetter
from engine_kit.timeline import read_timeline, tracks_of

from media_jobs.engines.burner.options import BurnOptions


def prepared_burn(
    work: Path, film: Path, subtitles: bytes, options: BurnOptions, *, cache: Path
) -> tuple[list[str], Mapping[str, str]]:
    """Put all that is burned into *work*; return ffmpeg's command, to be run there, and what it
    needs in its environment. The command makes OUTPUT.

    *cache*: a folder for fontconfig's index, kept between burns.
    """
    burn, environment = prepared(work, film, subtitles, options, cache=cache)
    return [find_ffmpeg(), *STANDING_OPTIONS, *burn_argv(burn)], environment


def prepared(
    work: Path, film: Path, subtitles: bytes, options: BurnOptions, *, cache: Path
) -> tuple[Burn, Mapping[str, str]]:
    """Do the same, and return the burn itself."""
    (work / INPUT).symlink_to(film)
    ffmpeg = find_ffmpeg()
    source = asyncio.run(probe(work / INPUT, ffprobe=find_ffprobe(ffmpeg)))
    timeline = asyncio.run(read_timeline(work / INPUT, tracks_of(source), ffmpeg=ffmpeg))
    read = job_subtitles(subtitles, options)
    files = fonts.fonts_for(read.text)
    setter = Typesetter(
        families_in(files), emoji=emoji_pictures(), language=document_language(read.text)
    )
    picture = picture_of(video_of(source))
    drawing = drawing_of(read.cues, options, picture, setter)
    emoji = bands_of(drawing.emoji, picture)
    write_streams(work, emoji)
    cache.mkdir(exist_ok=True)
    environment = fonts.write_font_config(work, cache, han=fonts.han_family(read.text), files=files)
    burn = Burn(
        source=source,
        timeline=timeline,
        options=options,
        emoji=emoji,
        fonts_dir=fonts.fonts_dir_option(),
    )
    script = script_in(drawing.script, burn.colours)
    (work / SCRIPT).write_text(script, encoding="utf-8", newline="\n")
    return burn, {**environment, **ENVIRONMENT}
