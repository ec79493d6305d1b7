from urllib.parse import parse_qsl, urlsplit

import pytest

from media_jobs.artifact_links import artifact_link, linked_output
from media_jobs.content import Content
from media_jobs.errors import SignatureError
from media_jobs.signing import verify_link

SECRETS = ("shared-secret",)
VIDEO = Content(
    key="media/med_1/outputs/job_1/1-1/video.mp4",
    size_bytes=1000,
    content_type="video/mp4",
    etag="0f-2",
)
CARRIED = {
    "key": "media/med_1/outputs/job_1/1-1/video.mp4",
    "size": "1000",
    "type": "video/mp4",
    "etag": "0f-2",
}


def test_a_link_carries_what_it_opens_under_its_signature() -> None:
    link = artifact_link("job_1", "video", VIDEO, 1_790_000_600, SECRETS, {"filename": "a b.mp4"})

    parts = urlsplit(link)
    assert parts.path == "/artifacts/job_1/video"
    sent = dict(parse_qsl(parts.query))
    del sent["sig"]
    assert sent == {**CARRIED, "filename": "a b.mp4", "exp": "1790000600"}
    params = verify_link(parts.path, parts.query, SECRETS, 1_790_000_000_000)
    assert linked_output(params, "job_1") == VIDEO


def test_a_link_of_before_says_nothing_of_what_it_opens() -> None:
    assert linked_output({"filename": "video.mp4"}, "job_1") is None


@pytest.mark.parametrize(
    "changed",
    [
        {"key": "media/med_1/outputs/job_2/1-1/video.mp4"},
        {"key": "media/med_1/inputs/job_1/video"},
        {"key": "media/med_1/outputs/job_1"},
        {"key": "media/med_1/outputs/job_1/"},
        {"key": "media/med_1/outputs/job_1/../job_2/video.mp4"},
        {"key": "media/outputs/job_1/1-1/video.mp4"},
        {"key": "manifests/jobs/job_1.json"},
        {"key": ""},
        {"size": ""},
        {"size": "-1"},
        {"size": "٣"},
        {"type": ""},
        {"etag": ""},
    ],
)
def test_a_signed_link_to_anything_but_an_output_of_its_job_is_refused(
    changed: dict[str, str],
) -> None:
    with pytest.raises(SignatureError):
        linked_output({**CARRIED, **changed}, "job_1")


def test_the_outputs_of_a_download_may_be_linked() -> None:
    key = "media/med_1/downloads/job_1/2-3/audio-source.mka"

    found = linked_output({**CARRIED, "key": key}, "job_1")

    assert found is not None
    assert found.key == key
