import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import TypeAdapter, ValidationError

from media_jobs.engines import ENGINES, INPUT_SLOTS, EngineId, InputSlot

ROOT = Path(__file__).parents[2]


def test_an_id_that_no_engine_has_is_refused_by_the_names_of_those_that_there_are() -> None:
    engine_id = TypeAdapter(EngineId)

    assert engine_id.validate_json('"media-downloader"') == "media-downloader"
    with pytest.raises(ValidationError) as caught:
        engine_id.validate_json('"subtitle-maker"')
    assert all(known in str(caught.value) for known in ENGINES)
    assert engine_id.json_schema() == {"enum": list(ENGINES), "type": "string"}


def test_no_two_engines_share_a_name_a_port_or_a_setting() -> None:
    for fact in ("name", "port", "base_url_setting"):
        assert len({getattr(engine, fact) for engine in ENGINES.values()}) == len(ENGINES)


@pytest.mark.programs
def test_declarations_are_read_without_making_the_models_of_options() -> None:
    code = (
        "import sys, orchestrator.routes\n"
        "print([name for name in sys.modules if name.endswith('options')])"
    )

    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout == "[]\n"


def test_what_an_output_becomes_is_an_input_of_some_engine_or_the_media_s_picture() -> None:
    slots = {slot.takes for engine in ENGINES.values() for slot in engine.inputs if not slot.of_job}
    becomes = {
        (engine.name, slot.name): slot.becomes
        for engine in ENGINES.values()
        for slot in engine.outputs
        if slot.becomes is not None
    }

    assert set(becomes.values()) <= slots | {"thumbnail"}
    assert slots | {"thumbnail"} == set(INPUT_SLOTS)
    assert becomes == {
        ("downloader", "video"): "video",
        ("downloader", "subtitles"): "subtitles",
        **{("downloader", f"subtitles{n}"): "subtitles" for n in range(2, 6)},
        ("downloader", "comments"): "comments-data",
        ("downloader", "thumbnail"): "thumbnail",
        ("transcriber", "subtitles"): "subtitles",
        ("translator", "subtitles"): "subtitles",
        ("translator", "comments"): "comments-data",
    }


def test_another_version_of_an_input_is_one_that_a_job_may_do_without() -> None:
    for engine in ENGINES.values():
        required = {slot.name for slot in engine.inputs if slot.required}
        others = [slot for slot in engine.inputs if slot.another_of is not None]
        assert all(slot.another_of in required and not slot.required for slot in others)


def test_modes_and_the_option_of_that_name_agree() -> None:
    for engine in ENGINES.values():
        mode = engine.options().model_json_schema()["properties"].get("mode", {"enum": []})
        assert set(engine.modes) == set(mode["enum"])
        outputs = {slot.name for slot in engine.outputs}
        assert all(promised <= outputs for promised in engine.modes.values())


_VIDEO = ("outputPutUrl", "outputVideoKey", "video/mp4")
_METADATA = ("outputMetadataPutUrl", "outputMetadataKey", "application/json")
AGREED: dict[str, tuple[str, str, dict[str, str], list[tuple[str, str, str]]]] = {
    "burner-ffmpeg": (
        "outputs",
        "CONTAINER_BASE_URL",
        {
            "video": "inputVideoUrl",
            "subtitles": "inputVttUrl",
            "subtitles-secondary": "inputSecondaryVttUrl",
        },
        [
            _VIDEO,
            ("outputPosterPutUrl", "outputPosterKey", "image/jpeg"),
            ("outputContactSheetPutUrl", "outputContactSheetKey", "image/jpeg"),
            _METADATA,
        ],
    ),
    "renderer-remotion": (
        "outputs",
        "CONTAINER_BASE_URL_REMOTION",
        {"video": "inputVideoUrl", "comments-data": "inputDataUrl"},
        [_VIDEO, _METADATA],
    ),
    "media-downloader": (
        "downloads",
        "CONTAINER_BASE_URL_DOWNLOADER",
        {},
        [
            ("outputVideoPutUrl", "outputVideoKey", "video/mp4"),
            ("outputAudioPutUrl", "outputAudioKey", "audio/wav"),
            ("outputAudioSourcePutUrl", "outputAudioSourceKey", "audio/x-matroska"),
            _METADATA,
            ("outputCommentsPutUrl", "outputCommentsKey", "application/json"),
            ("outputSubtitlesPutUrl", "outputSubtitlesKey", "text/vtt"),
            *(
                (f"outputSubtitles{n}PutUrl", f"outputSubtitles{n}Key", "text/vtt")
                for n in range(2, 6)
            ),
            ("outputThumbnailPutUrl", "outputThumbnailKey", "image/jpeg"),
        ],
    ),
    "asr-pipeline": (
        "transcripts",
        "CONTAINER_BASE_URL_TRANSCRIBER",
        {"video": "inputVideoUrl"},
        [
            ("outputSubtitlesPutUrl", "outputSubtitlesKey", "text/vtt"),
            ("outputWordsPutUrl", "outputWordsKey", "application/json"),
            ("outputTextPutUrl", "outputTextKey", "text/plain; charset=utf-8"),
            _METADATA,
        ],
    ),
    "subtitle-translator": (
        "translations",
        "CONTAINER_BASE_URL_TRANSLATOR",
        {
            "subtitles": "inputVttUrl",
            "comments-data": "inputDataUrl",
            "memory": "inputMemoryUrl",
        },
        [
            ("outputSubtitlesPutUrl", "outputSubtitlesKey", "text/vtt"),
            ("outputTranslationPutUrl", "outputTranslationKey", "application/json"),
            ("outputCommentsPutUrl", "outputCommentsKey", "application/json"),
            _METADATA,
        ],
    ),
}
"""Folder, setting, fields of inputs, and field, key and type of outputs."""


def test_what_is_agreed_with_callers_and_containers_is_declared() -> None:
    """Of each engine its folder, its setting, the fields of its inputs and those of its outputs."""
    declared = {
        engine_id: (
            engine.folder,
            engine.base_url_setting,
            {slot.name: slot.url_field for slot in engine.inputs},
            [(slot.put_field, slot.key_field, slot.content_type) for slot in engine.outputs],
        )
        for engine_id, engine in ENGINES.items()
    }

    assert declared == AGREED


@pytest.mark.parametrize(
    ("options", "names"),
    [
        ({}, {"video", "metadata"}),
        ({"mode": "full"}, {"video", "metadata"}),
        ({"mode": "metadata"}, {"metadata"}),
        ({"mode": "list"}, {"metadata"}),
        ({"mode": "comments"}, {"metadata", "comments"}),
        ({"mode": "unheard of"}, {"video", "metadata"}),
    ],
)
def test_what_a_download_needs_depends_on_its_mode(
    options: dict[str, object], names: set[str]
) -> None:
    assert ENGINES["media-downloader"].required_outputs(options) == names


def test_a_render_needs_its_video_whatever_its_options() -> None:
    assert ENGINES["burner-ffmpeg"].required_outputs({"mode": "metadata"}) == {"video"}
    assert ENGINES["renderer-remotion"].required_outputs({}) == {"video"}


def test_a_container_has_missed_several_reports_before_its_lease_runs_out() -> None:
    for engine in ENGINES.values():
        limits = engine.limits
        assert limits.heartbeat_s >= 4 * 10
        assert limits.heartbeat_s < limits.no_progress_s < limits.total_s
        assert limits.max_attempts >= 2


def test_a_job_has_the_inputs_of_its_mode_and_those_of_all_modes() -> None:
    engine = replace(
        ENGINES["burner-ffmpeg"],
        inputs=(
            InputSlot(name="video", url_field="inputVideoUrl"),
            InputSlot(name="words", url_field="inputWordsUrl", modes=frozenset({"short"})),
        ),
    )

    assert [slot.name for slot in engine.inputs_of({"mode": "short"})] == ["video", "words"]
    assert [slot.name for slot in engine.inputs_of({"mode": "long"})] == ["video"]
    assert [slot.name for slot in engine.inputs_of({})] == ["video"]
