"""What a track of sound is for, where it is not the film's own: a description for the blind, a
commentary, or one without speech.

By its flags (FFmpeg's dispositions; Matroska and broadcasts have them), and by its title, where
files that were made by hand say it.
"""

import re
from collections.abc import Mapping

__all__ = ["is_aside", "may_be_aside"]

_FLAGS = (
    *("visual_impaired", "descriptions", "comment"),
    *("clean_effects", "karaoke", "dependent", "non_diegetic"),
)
_DESCRIPTION = re.compile(
    r"\baudio[ -]?(?:d[eé]s[ck]ri|descrizi|beschreib|opis)|\b(?:descriptive|described)\b"
    r"|\bdescription audio\b|\bvisually[ -]impaired\b|(?-i:\bDVS\b|\bAD\b)|\bhörfilm|\bsyntolkning"
    r"|тифлоком|口述|解説放送|解説音声|화면\s?해설",
    re.IGNORECASE,
)
# Of sports and games it may be the sound that is meant.
_COMMENTARY = re.compile(
    r"\bcomment(?:ary|aire|ario)|\bkommentar|\bcommento\b|\bкомментари"
    r"|评论音轨|評論音軌|コメンタリー|코멘터리",
    re.IGNORECASE,
)


def is_aside(flags: Mapping[str, int], title: str) -> bool:
    """Whether players should play another track where there is one."""
    return any(flags.get(flag) for flag in _FLAGS) or _DESCRIPTION.search(title) is not None


def may_be_aside(title: str) -> bool:
    """Whether a track of this title is taken after others that are as much a default."""
    return _COMMENTARY.search(title) is not None
