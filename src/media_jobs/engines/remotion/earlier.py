"""The options of a comments video in the words of the earlier system.

Its newer composer also takes a `templateConfig`, which the older one ignores. The two can't be told
apart, so nothing is asked of it; what of it has a place here is read.
"""

from collections.abc import Mapping
from typing import Any

from media_jobs.engines.earlier import EarlierOptions, Row, by_words
from media_jobs.engines.remotion.options import CommentsOptions, Watermark

__all__ = ["EARLIER"]

_TEMPLATES = {"landscape": "comments-default", "vertical": "comments-vertical"}
_SCALE_MIN, _SCALE_MAX = 0.75, 1.5


def _usual() -> CommentsOptions:
    return CommentsOptions(watermark=Watermark(text="-"))


def _read_config(ours: dict[str, Any], theirs: Mapping[str, Any]) -> dict[str, Any]:
    """Read what has a place here of the `templateConfig`, in whatever groups it is."""
    said = _flat(theirs.get("templateConfig"))
    scale = said.get("fontScale")
    if isinstance(scale, int | float):
        ours["theme"] = {"scale": min(max(float(scale), _SCALE_MIN), _SCALE_MAX)}
    if said.get("showWatermark") and said.get("watermarkText"):
        ours["watermark"] = {"text": said["watermarkText"]}
    return ours


def _flat(config: Any) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in config.items() if isinstance(config, dict) else ():
        flat |= _flat(value) if isinstance(value, dict) else {name: value}
    return flat


EARLIER = EarlierOptions(
    rows=(Row("template", "templateId", *by_words(_TEMPLATES)),),
    usual=_usual,
    # Which video it is was the sender's choice, made with its URL.
    ignored=frozenset({"sourcePolicy", "templateConfig"}),
    empty=frozenset({"templateId", "proxy"}),
    mend=_read_config,
)
