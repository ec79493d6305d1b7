"""The options of a comments video in the words of the earlier system.

Its newer composer also takes a `templateConfig`, which the older one ignores. The two can't be told
apart, so nothing is asked of it; what of it has a place here is read.
"""

from collections.abc import Mapping
from typing import Any

from media_jobs.earlier_options import EarlierOptions, Row, by_words
from media_jobs.engines.remotion.options import CommentsOptions, Watermark

__all__ = ["EARLIER"]

_TEMPLATES = {"landscape": "comments-default", "vertical": "comments-vertical"}
_CONFIG = "templateConfig"
_SCALE_MIN, _SCALE_MAX = 0.75, 1.5


def _usual() -> CommentsOptions:
    return CommentsOptions(watermark=Watermark(text="-"))


def _read_config(ours: dict[str, Any], theirs: Mapping[str, Any]) -> dict[str, Any]:
    """Read what has a place here of the `templateConfig`, in whatever groups it is."""
    config = theirs.get(_CONFIG)
    if not isinstance(config, dict):
        return ours if config in (None, "", []) else {**ours, _CONFIG: config}
    said, read = _flat(config), dict[str, Any]()
    if (scale := said.get("fontScale")) is not None:
        read["theme"] = {"scale": _scale(scale)}
    if said.get("showWatermark") and said.get("watermarkText"):
        read["watermark"] = {"text": said["watermarkText"]}
    return read | ours


def _scale(said: Any) -> Any:
    """Return the nearest scale that there is here; what is no number stays, to be refused."""
    if isinstance(said, bool) or not isinstance(said, int | float):
        return said
    return float(min(max(said, _SCALE_MIN), _SCALE_MAX))


def _flat(config: Mapping[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in config.items():
        flat |= _flat(value) if isinstance(value, dict) else {name: value}
    return flat


EARLIER = EarlierOptions(
    rows=(Row("template", "templateId", *by_words(_TEMPLATES)),),
    usual=_usual,
    # Which video it is was the sender's choice, made with its URL.
    ignored=frozenset({"sourcePolicy", _CONFIG}),
    empty=frozenset({"templateId", "proxy"}),
    mend=_read_config,
)
