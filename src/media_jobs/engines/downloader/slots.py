"""The output slots of a download's subtitles: one for each language that is taken."""

from media_jobs.engines.declaration import OutputSlot

__all__ = ["SUBTITLE_SLOTS", "SUBTITLE_TRACKS_MAX"]

SUBTITLE_TRACKS_MAX = 5
"""How many languages a download may take. Each has a URL of its own in every start call."""


def _slot(number: int) -> OutputSlot:
    name = "subtitles" if number == 1 else f"subtitles{number}"
    return OutputSlot(
        name=name,
        file_name=f"{name}.vtt",
        content_type="text/vtt",
        required=False,
        becomes="subtitles",
        origin="site",
    )


SUBTITLE_SLOTS = tuple(_slot(number) for number in range(1, SUBTITLE_TRACKS_MAX + 1))
"""The first is the one in the language that was wanted most."""
