"""What the files are called that people save: after the media, its language, and what was done.

`talk.zh.burned.mp4`: one rule for links, answers and whoever saves an output.
"""

import re

from media_jobs.engines import ENGINES

__all__ = ["UNTITLED", "file_stem", "output_file_name"]

UNTITLED = "Untitled"
"""The title of a media that nobody has named."""
_STEM_BYTES_MAX = 180
"""In UTF-8: file systems take 255 for the whole name, and what follows is shorter than the rest."""
_NOT_IN_NAMES = re.compile(r'[\x00-\x1f\x7f-\x9f/\\:*?"<>|\u2028\u2029\u202a-\u202e\u2066-\u2069]')
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|\Z)", re.IGNORECASE)
"""Of Windows, whatever extension they have."""


def file_stem(title: str | None) -> str | None:
    """Return what files of a media called *title* are called, or None for one that has no name yet.

    Without what a file's name may not have on some system, and short enough for all.
    """
    if title is None or title == UNTITLED or "://" in title:
        return None
    plain = " ".join(_NOT_IN_NAMES.sub(" ", title).split()).strip(". ")
    short = plain.encode()[:_STEM_BYTES_MAX].decode(errors="ignore").strip(". ")
    return f"_{short}" if _DEVICES.match(short) else short or None


def output_file_name(
    stem: str, engine_id: str, slot: str, stored_name: str, languages: str | None
) -> str:
    """Return the name of an output as it is saved.

    *stem*: what its media's files are called. *stored_name*: the last part of its key; its
    extension stays. *languages*: of the text in it, as they are written (`zh`, `zh+en`).
    """
    engine = ENGINES.get(engine_id)
    own, _, extension = stored_name.rpartition(".")
    declared = None if engine is None else engine.output(slot)
    is_track = declared is not None and declared.becomes == "subtitles"
    # Of several tracks whose languages nobody knows, the further ones keep their numbers.
    main = slot == "video" or (is_track and (languages is not None or slot == "subtitles"))
    done = "" if engine is None else engine.file_word
    return ".".join(filter(None, (stem, languages, done, "" if main else own, extension)))
