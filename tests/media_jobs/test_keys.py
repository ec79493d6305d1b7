import pytest
from hypothesis import given
from hypothesis import strategies as st

from media_jobs.engines import ENGINES
from media_jobs.keys import (
    attempt_prefix,
    checkpoint_key,
    comments_key,
    is_key,
    is_media_key,
    job_prefixes,
    manifest_key,
    output_key,
    subtitles_key,
    video_key,
)

BURNER, DOWNLOADER = ENGINES["burner-ffmpeg"], ENGINES["media-downloader"]
IDS = st.from_regex(r"\A[A-Za-z0-9][A-Za-z0-9_-]{0,63}\Z")


def test_keys_are_in_the_folders_of_the_manual() -> None:
    assert manifest_key("job_1") == "manifests/jobs/job_1.json"
    assert video_key("med_1", "up_1") == "media/med_1/inputs/up_1/video"
    assert subtitles_key("med_1", "v_1") == "media/med_1/inputs/v_1/subtitles.vtt"
    assert comments_key("med_1", "v_1") == "media/med_1/inputs/v_1/comments.json"
    assert (
        attempt_prefix(BURNER, "med_1", "job_1", 1, 2) == "media/med_1/outputs/job_1/1-2/"
    )  # fmt: skip
    video, metadata = DOWNLOADER.output("video"), DOWNLOADER.output("metadata")
    assert video is not None
    assert metadata is not None
    first = "media/med_1/downloads/job_1/1-1/"
    assert output_key(DOWNLOADER, video, "med_1", "job_1", 1, 1) == first + "video.mp4"
    assert output_key(DOWNLOADER, metadata, "med_1", "job_1", 1, 1) == first + "metadata.json"


def test_j14_no_two_attempts_or_generations_write_to_the_same_key() -> None:
    video = BURNER.outputs[0]
    keys = [
        output_key(BURNER, video, "med_1", "job_1", generation, attempt)
        for generation in range(1, 13)
        for attempt in range(1, 13)
    ]

    assert len(set(keys)) == 144


def test_what_attempts_keep_is_in_the_folder_of_their_job_and_apart_from_all_outputs() -> None:
    engine = ENGINES["asr-pipeline"]
    keys = [checkpoint_key(engine, "med_1", "job_1", generation) for generation in (1, 2)]

    assert keys[0] == "media/med_1/transcripts/job_1/1-kept/checkpoint"
    assert keys[0] != keys[1]
    assert all(key.startswith(job_prefixes("med_1", "job_1")) for key in keys)
    assert all(is_key(key) for key in keys)


@given(IDS, IDS)
def test_every_built_key_is_a_key_of_its_media(media_id: str, other_id: str) -> None:
    for key in (
        video_key(media_id, other_id),
        subtitles_key(media_id, other_id),
        comments_key(media_id, other_id),
        *(output_key(DOWNLOADER, s, media_id, other_id, 1000, 10) for s in DOWNLOADER.outputs),
    ):
        assert is_media_key(key, media_id)
        assert len(key) <= 1024
        assert is_media_key(key, other_id) == (other_id == media_id)
    assert is_key(manifest_key(other_id))


@pytest.mark.parametrize(
    "key",
    [
        "",
        "/",
        "/media/med_1/inputs/v",
        "media/med_1/inputs/",
        "media/med_1//v",
        "media/med_1/../med_2/v",
        "media/med_1/./v",
        "media/med_1/inputs/.hidden",
        "media/med_1/inputs/a b",
        "media/med_1/inputs/a\n",
        "media/med_1/inputs/%2e%2e/v",
        "media/med_1\\v",
        "media/med_1/é",
        "media/med_1/" + "/".join(["d"] * 15),
        "media/med_1/" + "x" * 129,
        "media/" + "m" * 65 + "/v",
        "Media/med_1/v",
        "manifests/jobs/job_1.json",
        "media/med_1",
        "media/med_10/v",
        "media/med/v",
    ],
)
def test_d6_odd_keys_are_no_keys_of_a_media(key: str) -> None:
    assert not is_media_key(key, "med_1")


def test_a_long_odd_key_is_refused_quickly() -> None:
    assert not is_media_key("media/med_1/" + "a/" * 5000 + "!", "med_1")
    assert not is_key("a" * 100_000)
