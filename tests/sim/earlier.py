"""The two contracts of the earlier system's containers, as they are seen from outside.

E is that of December 2025, H that of August 2026. Neither has a route but `/health` and `/render`,
neither says how a job stands, and both are silent while they work.
"""

from collections.abc import Mapping
from typing import Any

from tests.sim.outputs import SLOTS

HEALTH = '{"ok":true,"service":"media"}'
NO_SUCH_ROUTE = '{"error":"not found"}'

INPUTS = {
    "subtitles": "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nHello\n",
    "comments-data": '{"video":{"title":"Clip"},"comments":[{"content":"Well said"}]}',
}
"""Texts that can be written anew for them."""

_WORDS = {
    "burner-ffmpeg": {"subtitleConfig"},
    "renderer-remotion": {"templateId", "sourcePolicy", "proxy"},
    "media-downloader": {"url", "quality", "source", "task", "commentsPages", "proxy"},
}


def not_understood(contract: str, message: Mapping[str, Any]) -> list[str]:
    """Return the options of a start call that mean nothing there, and the fields that it lacks."""
    words = _WORDS[message["engine"]]
    names = [name for name in message["engineOptions"] if name not in words]
    if contract == "H" and message["engine"] == "media-downloader":
        names += [n for n in ("outputAudioProcessedKey",) if n not in message]
    return names


def end(contract: str, message: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return what the last report of a work says beside its status; None where there is none."""
    engine = message["engine"]
    if contract == "E" and engine == "renderer-remotion":
        return None
    if contract == "E" and engine == "burner-ffmpeg":
        return {}
    # All slots that it could have made, whatever it has.
    keys = {slot: message[field] for slot, field, _, _ in SLOTS[engine]}
    outputs = {"outputs": {slot: {"key": key} for slot, key in keys.items()}}
    if contract == "H":
        return outputs
    return {**outputs, "outputKey": keys["video"], "outputAudioKey": keys["audio"]}
