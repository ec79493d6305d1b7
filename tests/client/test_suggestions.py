"""A name that the API does not know is answered with the one that was meant."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from vidgen.errors import InvalidRequest
from vidgen.suggestions import closest, option_paths, with_suggestions

from media_jobs.engines import ENGINES

UNKNOWN = "is not a known field"
PRESETS = "must be one of 'default', 'contrast', 'minimal', 'bold' or 'karaoke'"


@pytest.mark.parametrize(
    ("field", "reason", "given", "meant"),
    [
        ("options.fontsize", UNKNOWN, {"engine": "burner-ffmpeg"}, "style.fontSize"),
        ("options.style.fontsize", UNKNOWN, {"engine": "burner-ffmpeg"}, "style.fontSize"),
        ("options.style.font-size", UNKNOWN, {"engine": "burner-ffmpeg"}, "style.fontSize"),
        ("options.max_height", UNKNOWN, {"engine": "media-downloader"}, "maxHeight"),
        ("options.qualtiy", UNKNOWN, {"engine": "burner-ffmpeg"}, "quality"),
        ("options.burn.qualtiy", UNKNOWN, {"options": {"burn": {}}}, "burn.quality"),
        ("options.preset", PRESETS, {"options": {"preset": "blod"}}, "'bold'"),
        ("options.burn.preset", PRESETS, {"options": {"burn": {"preset": "Bold"}}}, "'bold'"),
        ("status.0", "must be one of 'queued' or 'failed'", {"status": ["fail"]}, "'failed'"),
        ("engine", "must be one of 'burner-ffmpeg'", {"engine": "burner"}, "'burner-ffmpeg'"),
    ],
)
def test_what_was_meant_is_said(
    field: str, reason: str, given: Mapping[str, object], meant: str
) -> None:
    error = InvalidRequest(400, "bad_request", "Not valid.", ((field, reason),), "req_1")

    helped = with_suggestions(error, given)

    assert isinstance(helped, InvalidRequest)
    assert f"{field}: {reason}; did you mean {meant}?" in str(helped)
    assert helped.request_id == "req_1"


@pytest.mark.parametrize(
    ("field", "reason", "given"),
    [
        ("options.zzz", UNKNOWN, {"engine": "burner-ffmpeg"}),
        ("options.style.fontSize", "must be at most 200", {"engine": "burner-ffmpeg"}),
        ("options.preset", PRESETS, {"options": {"preset": 5}}),
        ("mediaId", "is required", {}),
        ("options.burn", "is no step", {"options": {}}),
    ],
)
def test_nothing_is_guessed_where_nothing_is_alike(
    field: str, reason: str, given: Mapping[str, object]
) -> None:
    error = InvalidRequest(400, "bad_request", "Not valid.", ((field, reason),))

    assert with_suggestions(error, given).fields == ((field, reason),)


def test_options_are_those_of_the_engines() -> None:
    for engine in ENGINES.values():
        named = {field.alias or name for name, field in engine.options().model_fields.items()}
        assert {path for path in option_paths(engine.id) if "." not in path} == named
    burner = option_paths("burner-ffmpeg")

    assert {"preset", "style.fontSize", "secondaryStyle.textColor", "recut"} <= set(burner)
    assert "maxHeight" in option_paths("media-downloader")
    assert closest("Chinese", ["english"]) is None
