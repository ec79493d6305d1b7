import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import TypeAdapter, ValidationError

from media_jobs.engines import ENGINES, EngineId

ROOT = Path(__file__).parents[2]


def test_the_engine_ids_are_those_of_the_manual() -> None:
    assert {engine_id: engine.id for engine_id, engine in ENGINES.items()} == {
        "burner-ffmpeg": "burner-ffmpeg",
        "media-downloader": "media-downloader",
        "renderer-remotion": "renderer-remotion",
    }


def test_an_id_that_no_engine_has_is_refused_by_the_names_of_those_that_there_are() -> None:
    engine_id = TypeAdapter(EngineId)

    assert engine_id.validate_json('"media-downloader"') == "media-downloader"
    with pytest.raises(ValidationError) as caught:
        engine_id.validate_json('"asr-pipeline"')
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


def test_what_an_output_becomes_is_an_input_of_some_engine() -> None:
    slots = {slot.name for engine in ENGINES.values() for slot in engine.inputs}
    becomes = {
        (engine.name, slot.name): slot.becomes
        for engine in ENGINES.values()
        for slot in engine.outputs
        if slot.becomes is not None
    }

    assert set(becomes.values()) <= slots
    assert becomes == {
        ("downloader", "video"): "video",
        ("downloader", "subtitles"): "subtitles",
        ("downloader", "comments"): "comments-data",
    }


def test_modes_and_the_option_of_that_name_agree() -> None:
    for engine in ENGINES.values():
        mode = engine.options().model_json_schema()["properties"].get("mode", {"enum": []})
        assert set(engine.modes) == set(mode["enum"])
        outputs = {slot.name for slot in engine.outputs}
        assert all(promised <= outputs for promised in engine.modes.values())


def test_the_payload_fields_are_those_of_the_manual() -> None:
    fields = {
        engine.id: (
            [slot.url_field for slot in engine.inputs],
            [(slot.put_field, slot.key_field) for slot in engine.outputs],
        )
        for engine in ENGINES.values()
    }

    video_out = [("outputPutUrl", "outputVideoKey")]
    assert fields == {
        "burner-ffmpeg": (
            ["inputVideoUrl", "inputVttUrl"],
            [
                *video_out,
                ("outputPosterPutUrl", "outputPosterKey"),
                ("outputContactSheetPutUrl", "outputContactSheetKey"),
                ("outputMetadataPutUrl", "outputMetadataKey"),
            ],
        ),
        "renderer-remotion": (
            ["inputVideoUrl", "inputDataUrl"],
            [*video_out, ("outputMetadataPutUrl", "outputMetadataKey")],
        ),
        "media-downloader": (
            [],
            [
                ("outputVideoPutUrl", "outputVideoKey"),
                ("outputAudioPutUrl", "outputAudioKey"),
                ("outputAudioSourcePutUrl", "outputAudioSourceKey"),
                ("outputMetadataPutUrl", "outputMetadataKey"),
                ("outputCommentsPutUrl", "outputCommentsKey"),
                ("outputSubtitlesPutUrl", "outputSubtitlesKey"),
                ("outputThumbnailPutUrl", "outputThumbnailKey"),
            ],
        ),
    }


def test_missing_inputs_are_named_as_the_contract_names_them() -> None:
    names = {slot.name for engine in ENGINES.values() for slot in engine.inputs}

    assert names == {"video", "subtitles", "comments-data"}


def test_each_engine_has_its_folder_and_its_setting() -> None:
    facts = {e.id: (e.folder, e.base_url_setting) for e in ENGINES.values()}

    assert facts == {
        "burner-ffmpeg": ("outputs", "CONTAINER_BASE_URL"),
        "renderer-remotion": ("outputs", "CONTAINER_BASE_URL_REMOTION"),
        "media-downloader": ("downloads", "CONTAINER_BASE_URL_DOWNLOADER"),
    }


def test_content_types_are_as_agreed_for_each_slot() -> None:
    types = {
        slot.name: slot.content_type for slot in ENGINES["media-downloader"].outputs
    }  # fmt: skip

    assert types == {
        "video": "video/mp4",
        "audio": "audio/wav",
        "audioSource": "audio/x-matroska",
        "metadata": "application/json",
        "comments": "application/json",
        "subtitles": "text/vtt",
        "thumbnail": "image/jpeg",
    }


def test_a_download_needs_its_video_and_its_metadata() -> None:
    required = [s.name for s in ENGINES["media-downloader"].outputs if s.required]

    assert required == ["video", "metadata"]


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


def test_a_slot_is_found_by_its_name() -> None:
    slot = ENGINES["media-downloader"].output("audioSource")

    assert slot is not None
    assert slot.key_field == "outputAudioSourceKey"
    assert ENGINES["media-downloader"].output("poster") is None
