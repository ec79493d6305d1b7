"""The picture of a media: what is taken for one, and how it is handed out."""

import pytest

from tests.app.stage import Stage

JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF"
WEBP = b"RIFF\x1a\x00\x00\x00WEBPVP8L"


@pytest.mark.parametrize(
    ("body", "content_type"), [(JPEG, "image/jpeg"), (WEBP, "image/webp")], ids=["jpeg", "webp"]
)
def test_a_picture_is_kept_with_the_type_that_its_bytes_say(
    stage: Stage, media_id: str, body: bytes, content_type: str
) -> None:
    target = f"/api/media/{media_id}"

    made = stage.send("PUT", f"{target}/thumbnail", body, headers={"content-type": "text/html"})
    shown = stage.send("GET", f"{target}/inputs/{made.json['inputId']}/content")

    assert (made.status, made.json["slot"]) == (201, "thumbnail")
    assert stage.send("GET", target).json["inputs"] == {"thumbnail": made.json}
    assert shown.text.encode("latin-1") == body
    assert shown.headers["content-type"] == content_type
    assert shown.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert shown.headers["x-content-type-options"] == "nosniff"
    assert shown.headers["content-disposition"].startswith("inline; ")


@pytest.mark.parametrize(
    "body",
    [
        b"x",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"\x89PNG\r\n\x1a\n",
        b"GIF89a",
        WEBP[:12],
    ],
)
def test_what_is_no_such_picture_is_refused(stage: Stage, media_id: str, body: bytes) -> None:
    answered = stage.send("PUT", f"/api/media/{media_id}/thumbnail", body)

    assert (answered.status, answered.json["errors"][0]["field"]) == (400, "body")
    assert stage.objects.stored == {}


def test_a_picture_for_a_media_that_is_not_there_is_not_stored(stage: Stage) -> None:
    assert stage.send("PUT", "/api/media/med_none/thumbnail", JPEG).status == 404
    assert stage.objects.stored == {}
