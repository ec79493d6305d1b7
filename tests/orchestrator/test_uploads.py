"""Presigned PUTs of input objects: what each grants, and to whom it is never given."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.orchestrator.world import T0, World, document
from tests.platform.loop import run

KEY = "media/med_1/inputs/up_1/video"
OUTSIDE = [
    "media/med_2/inputs/up_1/video",
    "media/med_1/outputs/job_1/1-1/video.mp4",
    "media/med_1/outputs/inputs/video",
    "media/med_1/inputs/../outputs/x",
    "manifests/jobs/job_1.json",
    "debug/x",
    "",
]


def _upload(world: World, **more: object) -> dict[str, object]:
    given = {"key": KEY, "contentType": "video/mp4", "sizeBytes": 7, **more}
    return world.message("upload.presign", mediaId="med_1", **given)


def _parts(world: World, numbers: list[int], **more: object) -> dict[str, object]:
    sizes = {"sizeBytes": 7 * 2**20, "partBytes": 2**20}
    given = {"key": KEY, "uploadId": "r2/id+1==", "partNumbers": numbers, **sizes, **more}
    return world.message("upload.parts", mediaId="med_1", **given)


def _query(url: str) -> dict[str, list[str]]:
    return parse_qs(urlsplit(url).query)


def test_an_upload_url_is_for_one_key_one_type_one_length_and_one_time_at_the_public_endpoint() -> (
    None
):
    world = World()

    answer = document(run(world.post("/uploads", _upload(world))))

    assert answer["url"].startswith(
        "http://localhost:8788/cdn-cgi/local/r2/s3/vidgen-render/media/med_1/inputs/up_1/video?"
    )
    signed = ["content-length;content-type;host;if-none-match;x-amz-content-sha256"]
    assert _query(answer["url"])["X-Amz-SignedHeaders"] == signed
    assert answer["headers"] == {
        "content-type": "video/mp4",
        "if-none-match": "*",
        "x-amz-content-sha256": "UNSIGNED-PAYLOAD",
    }
    assert answer["expiresAt"] == T0 + 3_600_000


def test_each_part_has_a_url_for_its_number_of_this_upload_alone() -> None:
    world = World()

    answer: dict[str, Any] = document(run(world.post("/uploads/parts", _parts(world, [2, 7]))))

    assert [part["partNumber"] for part in answer["parts"]] == [2, 7]
    for part in answer["parts"]:
        query = _query(part["url"])
        assert urlsplit(part["url"]).path.endswith(f"/vidgen-render/{KEY}")
        assert query["partNumber"] == [str(part["partNumber"])]
        assert query["uploadId"] == ["r2/id+1=="]
        assert query["X-Amz-SignedHeaders"] == ["content-length;host;x-amz-content-sha256"]
        assert part["headers"] == {"x-amz-content-sha256": "UNSIGNED-PAYLOAD"}
    assert len({part["url"].rpartition("=")[2] for part in answer["parts"]}) == 2
    assert answer["expiresAt"] == T0 + 3_600_000


def test_an_app_of_before_0_4_that_tells_no_length_gets_urls_as_ever() -> None:
    world = World()
    unsized = {"sizeBytes": None, "partBytes": None}

    whole = document(run(world.post("/uploads", _upload(world, sizeBytes=None))))
    parts = document(run(world.post("/uploads/parts", _parts(world, [1, 9], **unsized))))

    urls = [whole["url"], *(part["url"] for part in parts["parts"])]
    signed = [_query(url)["X-Amz-SignedHeaders"][0] for url in urls]
    assert [names.startswith("content-length;") for names in signed] == [False] * 3


@pytest.mark.parametrize(
    "numbers", [[], [0], [8], [1001], [1.5], ["1"], list(range(1, 102))], ids=str
)
def test_parts_that_cannot_be_are_refused(numbers: list[int]) -> None:
    world = World()

    reply = run(world.post("/uploads/parts", _parts(world, numbers)))

    assert reply.status == 400


@pytest.mark.parametrize("key", OUTSIDE)
@pytest.mark.parametrize("path", ["/uploads", "/uploads/parts"])
def test_d6_no_upload_url_leads_outside_the_media_s_inputs(path: str, key: str) -> None:
    world = World()
    message = _upload(world) if path == "/uploads" else _parts(world, [1])

    reply = run(world.post(path, {**message, "key": key}))

    assert (reply.status, document(reply)["error"]) == (400, "bad_request")
    assert "X-Amz" not in str(reply.body)
