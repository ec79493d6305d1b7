"""The ASS scripts of a burn, as files for ffmpeg."""

from pathlib import Path

from engine_kit.colours import BT709, Colours

from burner.layout import Drawing
from burner.plan import OVERLAY, SCRIPT
from burner.script_colours import script_in
from burner.subtitles import JobSubtitles
from media_jobs.engines.burner.options import BurnOptions


def write_scripts(
    folder: Path,
    subtitles: JobSubtitles,
    drawing: Drawing,
    options: BurnOptions,
    colours: Colours = BT709,
) -> dict[str, str]:
    """Write what is drawn into *folder*; return the scripts by file name, the lower one first.

    *colours*: those of the picture that they are drawn on.
    """
    if subtitles.kept is None:
        scripts = {SCRIPT: drawing.script}
    else:
        scripts = {SCRIPT: subtitles.kept}
        if options.hint is not None or options.watermark is not None:
            scripts[OVERLAY] = drawing.script
    scripts = {name: script_in(script, colours) for name, script in scripts.items()}
    for name, script in scripts.items():
        write(folder / name, script)
    return scripts


def write(path: Path, text: str) -> None:
    """Write a text that ffmpeg reads."""
    path.write_text(text, encoding="utf-8", newline="\n")
