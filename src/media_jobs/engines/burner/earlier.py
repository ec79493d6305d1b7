"""The burner's options in the words of the earlier system: one `subtitleConfig`."""

import re
from collections.abc import Mapping
from typing import Any

from media_jobs.earlier_options import EarlierOptions, NoWord, Row, by_words
from media_jobs.engines.burner.options import BurnOptions, HintText

__all__ = ["EARLIER"]

_CONFIG = "subtitleConfig"
_HINT = "subtitleConfig.hintTextConfig"
_HINT_CHARS_MAX = 200
_LOOKS = ("fontSize", "textColor", "backgroundColor", "outlineColor", "backgroundOpacity")
_EFFECTS = {"mute": "muteAudio", "black": "blackScreen"}
_OF_SEGMENT = frozenset({"id", "startTime", "endTime", "description", *_EFFECTS.values()})
_ANIMATIONS = {"none": "none", "fade": "fade-in", "slide": "slide-up"}
_PLACES = {place: place for place in ("center", "top", "bottom")}
_OUTLINE_WIDTH = 2
"""Of who names a colour of the outline and can't name a width."""


def _usual() -> BurnOptions:
    return BurnOptions(hint=HintText(text="-"))


def _asked(options: Mapping[str, Any]) -> Mapping[str, Any]:
    """Leave out the preset, whose looks the styles have, and the style that nothing is drawn in."""
    unused = {"preset"} if options.get("bilingual") else {"preset", "secondaryStyle"}
    return {name: value for name, value in options.items() if name not in unused}


def _written_out(value: Any) -> Any:
    """Write a colour of three digits with six; other values stay."""
    short = isinstance(value, str) and re.fullmatch("#[0-9a-fA-F]{3}", value)
    return "#" + "".join(digit * 2 for digit in value[1:]) if short else value


def _say_segments(segments: list[dict[str, Any]]) -> list[dict[str, Any]]:
    said = []
    for number, segment in enumerate(segments, start=1):
        if segment["effect"] not in _EFFECTS:
            raise NoWord
        said.append(
            {
                "id": f"segment-{number}",
                "startTime": segment["startS"],
                "endTime": segment["endS"],
                "muteAudio": segment["effect"] == "mute",
                "blackScreen": segment["effect"] == "black",
                "description": "",
            }
        )
    return said


def _read_segments(said: Any) -> list[dict[str, Any]]:
    if not (isinstance(said, list) and all(isinstance(one, dict) for one in said)):
        raise NoWord
    if any(value for one in said for name, value in one.items() if name not in _OF_SEGMENT):
        raise NoWord
    return [
        {"startS": one.get("startTime"), "endS": one.get("endTime"), "effect": effect}
        for one in said
        for effect, name in _EFFECTS.items()
        if one.get(name)
    ]


def _say_hint(text: str) -> str:
    if len(text) > _HINT_CHARS_MAX:
        raise NoWord
    return text


def _mend(ours: dict[str, Any], theirs: Mapping[str, Any]) -> dict[str, Any]:
    """Draw the outlines, and no hint that is turned off or empty."""
    config = theirs.get(_CONFIG)
    if not isinstance(config, dict):
        return ours
    for look in (ours.get("style"), ours.get("hint")):
        if isinstance(look, dict) and "outlineColor" in look:
            look["outlineWidth"] = _OUTLINE_WIDTH
    said = config.get("hintTextConfig")
    if isinstance(said, dict) and not (said.get("enabled") and said.get("text")):
        ours.pop("hint", None)
    return ours


def _looks(ours: str, theirs: str) -> tuple[Row, ...]:
    return tuple(Row(f"{ours}.{name}", f"{theirs}.{name}", read=_written_out) for name in _LOOKS)


EARLIER = EarlierOptions(
    rows=(
        *_looks("style", _CONFIG),
        Row("segments", f"{_CONFIG}.timeSegmentEffects", say=_say_segments, read=_read_segments),
        Row("hint.text", f"{_HINT}.enabled", say=lambda _: True, read=None),
        Row("hint.text", f"{_HINT}.text", say=_say_hint),
        *_looks("hint", _HINT),
        Row("hint.position", f"{_HINT}.position", *by_words(_PLACES)),
        Row("hint.animation", f"{_HINT}.animation", *by_words(_ANIMATIONS)),
        # Its cues of two lines are what two languages are there.
        Row("bilingual", "", say=lambda _: None, read=None),
    ),
    usual=_usual,
    asked=_asked,
    mend=_mend,
)
