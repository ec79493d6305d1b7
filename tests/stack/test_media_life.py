"""A media from its upload in parts to its deletion, on the real bucket and the real database."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dev.stack.stack import Stack
from tests.stack.api_client import COMMENTS, VTT, ApiClient
from tests.stack.fake_container import FakeContainers

MIB = 1024 * 1024
CASES = Path(__file__).parents[1] / "vectors/cases/subtitles"
SRT = b"1\n00:00:01,000 --> 00:00:02,000\nhello\n"


def _upload_in_parts(client: ApiClient, media_id: str, body: bytes) -> None:
    wanted = {"sizeBytes": len(body), "multipart": True}
    uploads = f"/api/media/{media_id}/uploads"
    upload = client.api("POST", uploads, wanted).json()
    place, size = f"{uploads}/{upload['uploadId']}", upload["partSizeBytes"]
    numbers = list(range(1, upload["partCount"] + 1))
    grants = client.api("POST", f"{place}/parts", {"partNumbers": numbers})
    parts = []
    for part in grants.json()["parts"]:
        start = (part["partNumber"] - 1) * size
        put = client.http.put(
            part["url"], content=body[start : start + size], headers=part["headers"]
        )
        assert put.status_code == 200, put.text
        parts.append({"partNumber": part["partNumber"], "etag": put.headers["etag"]})
    assert len(parts) == 3
    done = client.api("POST", f"{place}/complete", {"parts": parts})
    assert done.status_code == 200, done.text


def test_a_media_comes_in_parts_is_read_in_ranges_and_leaves_nothing(
    client: ApiClient, own_stack: Stack, containers: FakeContainers
) -> None:
    media_id = client.new_media()
    body = bytes(range(256)) * (17 * MIB // 256)
    _upload_in_parts(client, media_id, body)
    first = client.api("PUT", f"/api/media/{media_id}/subtitles", VTT).json()["inputId"]
    assert client.api("PUT", f"/api/media/{media_id}/subtitles", SRT).status_code == 201
    assert client.api("PUT", f"/api/media/{media_id}/comments", COMMENTS).status_code == 201

    inputs = client.api("GET", f"/api/media/{media_id}").json()["inputs"]
    video = f"/api/media/{media_id}/inputs/{inputs['video']['inputId']}/content"
    part = client.api("GET", video, headers={"range": "bytes=8388600-8388615"})
    head = client.api("HEAD", video)
    assert (part.status_code, part.content) == (206, body[8388600:8388616])
    assert head.headers["content-length"] == str(len(body))
    assert (
        client.api("GET", video, headers={"if-none-match": head.headers["etag"]}).status_code == 304
    )

    restored = client.api("POST", f"/api/media/{media_id}/inputs/{first}/restore").json()
    versions = client.api("GET", f"/api/media/{media_id}/inputs?slot=subtitles").json()["items"]
    assert [version["current"] for version in versions] == [True, False, False]
    text = client.api("GET", f"/api/media/{media_id}/inputs/{restored['inputId']}/content")
    assert (text.content, text.headers["content-type"]) == (VTT, "text/vtt")

    document = {"engine": "burner-ffmpeg", "mediaId": media_id, "inputs": {"subtitles": first}}
    job_id = client.api("POST", "/api/jobs", document).json()["jobId"]
    assert client.api("DELETE", f"/api/media/{media_id}").json()["code"] == "media_busy"
    containers.render(job_id).finish(b"burned")
    client.job_in(job_id, "completed")

    assert client.api("DELETE", f"/api/media/{media_id}").status_code == 204
    gone = client.api("GET", f"/api/jobs/{job_id}")
    assert gone.status_code == 404
    # Asked of the orchestrator, whose bucket it is too: nothing is left to delete.
    message = {"type": "artifacts.delete", "jobId": job_id, "mediaId": media_id}
    url = f"{client.stack.orchestrator_url}/artifacts/{job_id}"
    assert client.post_signed(url, message, method="DELETE").json()["deleted"] == 0
    assert own_stack.sql("SELECT * FROM inputs WHERE media_id = ?", media_id) == []


def test_the_worker_reads_subtitles_in_the_encodings_that_people_have(client: ApiClient) -> None:
    """By the detector that goes up with it."""
    media_id = client.new_media()
    found = {}
    for name in ("gbk", "cp1252", "cp1251", "utf16le-nobom"):
        file = (CASES / f"{name}.srt").read_bytes()
        answer = client.api("PUT", f"/api/media/{media_id}/subtitles", file)
        assert answer.status_code == 201, answer.text
        found[name] = (answer.status_code, answer.json()["encoding"])

    assert found == {
        "gbk": (201, "gb18030"),
        "cp1252": (201, "windows-1252"),
        "cp1251": (201, "windows-1251"),
        "utf16le-nobom": (201, "UTF-16LE"),
    }
    for codec in ("big5hkscs", "cp932", "euc_jp", "cp949", "koi8-r", "cp874", "cp1258"):
        named = client.api("POST", f"/api/subtitles/text?encoding={codec}", SRT)
        assert named.json()["text"].encode() == SRT


def test_a_whole_upload_cannot_be_changed_once_it_is_there(client: ApiClient) -> None:
    media_id = client.new_media()
    upload = client.api("POST", f"/api/media/{media_id}/uploads", {"sizeBytes": 5}).json()

    first = client.http.put(upload["url"], content=b"first", headers=upload["headers"])
    second = client.http.put(upload["url"], content=b"other", headers=upload["headers"])

    assert (first.status_code, second.status_code) == (200, 412)


def test_a10_a_presigned_upload_takes_what_was_announced_and_no_more(client: ApiClient) -> None:
    media_id = client.new_media()
    uploads = f"/api/media/{media_id}/uploads"
    whole = client.api("POST", uploads, {"sizeBytes": 1}).json()
    wanted = {"sizeBytes": 8 * MIB + 1, "multipart": True}
    upload_id = client.api("POST", uploads, wanted).json()["uploadId"]
    numbers = {"partNumbers": [1, 2]}
    first, last = client.api("POST", f"{uploads}/{upload_id}/parts", numbers).json()["parts"]

    def put(place: dict[str, Any], size_bytes: int) -> int:
        body = b"v" * size_bytes
        return client.http.put(place["url"], content=body, headers=place["headers"]).status_code

    def put_in_pieces(place: dict[str, Any]) -> int:
        """PUT a byte without saying that it is one."""
        body = iter([b"v"])
        return client.http.put(place["url"], content=body, headers=place["headers"]).status_code

    assert [put(whole, size) for size in (5_000_000, 2, 0)] == [403] * 3
    assert [put(first, size) for size in (8 * MIB + 1, 1)] == [403] * 2
    assert [put(last, size) for size in (8 * MIB, 2)] == [403] * 2
    assert put_in_pieces(whole) >= 400
    assert [put(whole, 1), put(first, 8 * MIB), put(last, 1)] == [200] * 3
