import pytest

from media_jobs.engines import ENGINES, EngineId, required_outputs


def test_the_engine_ids_are_those_of_the_manual() -> None:
    assert [str(engine) for engine in EngineId] == [
        "burner-ffmpeg",
        "renderer-remotion",
        "media-downloader",
    ]
    assert set(ENGINES) == set(EngineId)


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
        slot.name: slot.content_type for slot in ENGINES[EngineId.DOWNLOADER].outputs
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
    required = [s.name for s in ENGINES[EngineId.DOWNLOADER].outputs if s.required]

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
    assert required_outputs(EngineId.DOWNLOADER, options) == names


def test_a_render_needs_its_video_whatever_its_options() -> None:
    assert required_outputs(EngineId.BURNER, {"mode": "metadata"}) == {"video"}
    assert required_outputs(EngineId.REMOTION, {}) == {"video"}


def test_a_container_has_missed_several_reports_before_its_lease_runs_out() -> None:
    for engine in ENGINES.values():
        limits = engine.limits
        assert limits.heartbeat_s >= 4 * 10
        assert limits.heartbeat_s < limits.no_progress_s < limits.total_s
        assert limits.max_attempts >= 2


def test_a_slot_is_found_by_its_name() -> None:
    slot = ENGINES[EngineId.DOWNLOADER].output("audioSource")

    assert slot is not None
    assert slot.key_field == "outputAudioSourceKey"
    assert ENGINES[EngineId.DOWNLOADER].output("poster") is None
