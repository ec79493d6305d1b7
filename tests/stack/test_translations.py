"""A translation through the whole system: a track in one language becomes a version in another."""

from __future__ import annotations

from typing import Any

import pytest
from translator.apertium import MODES

from tests.stack.api_client import ApiClient

VTT = b"WEBVTT\n\n00:01.000 --> 00:02.000\nGood morning, my friend.\n"
COMMENTS = {"video": {"title": "The red house"}, "comments": [{"content": "I have a cat."}]}
pytestmark = pytest.mark.skipif(
    not (MODES / "eng-spa.mode").exists(),
    reason="Debian's apertium-eng-spa is not here (make setup installs it where it may)",
)


def completed(client: ApiClient, media_id: str, **options: object) -> dict[str, Any]:
    wanted = {"engine": "subtitle-translator", "mediaId": media_id, "options": options}
    answer = client.api("POST", "/api/jobs", wanted)
    assert answer.status_code == 201, answer.text
    return client.job_in(answer.json()["jobId"], "completed")


def test_a_track_becomes_a_version_with_its_language_its_origin_and_its_parent(
    engines: ApiClient,
) -> None:
    media_id = engines.new_media()
    path = f"/api/media/{media_id}/subtitles?language=en"
    source = engines.api("PUT", path, VTT).json()

    term = {"from": "en", "to": "es", "source": "friend", "target": "compañero"}
    settled = engines.api("POST", "/api/glossary", term)
    assert settled.status_code == 201, settled.text

    job = completed(engines, media_id, to="es")

    versions = engines.api("GET", f"/api/media/{media_id}/inputs").json()["items"]
    newest = next(one for one in versions if one["inputId"] != source["inputId"])
    assert (newest["slot"], newest["language"], newest["origin"], newest["parent"]) == (
        "subtitles",
        "es",
        "translation",
        source["inputId"],
    )
    made = engines.http.get(job["artifacts"]["subtitles"]["url"]).text
    assert "00:00:01.000 --> 00:00:02.000\nBuenos días, mi amigo." in made
    cues = engines.http.get(job["artifacts"]["translation"]["url"]).json()["cues"]
    assert [(cue["source"], cue["from"]) for cue in cues] == [("Good morning, my friend.", "model")]
    told = engines.http.get(job["artifacts"]["metadata"]["url"]).json()["notices"]
    assert [one["code"] for one in told] == ["glossary_not_followed"]
    health = engines.api("GET", "/api/health").json()
    assert {one["engine"]: one["ok"] for one in health["containers"]}["subtitle-translator"]


def test_comments_become_a_version_with_translations_and_need_no_track(
    engines: ApiClient,
) -> None:
    media_id = engines.new_media()
    assert engines.api("PUT", f"/api/media/{media_id}/comments", COMMENTS).status_code == 201

    job = completed(engines, media_id, mode="comments", to="es", **{"from": "en"})

    document = engines.http.get(job["artifacts"]["comments"]["url"]).json()
    assert document["video"]["translatedTitle"] == "La casa roja"
    assert document["comments"][0]["translatedContent"] == "Tengo un gato."
    versions = engines.api("GET", f"/api/media/{media_id}/inputs").json()["items"]
    assert [one["slot"] for one in versions] == ["comments-data", "comments-data"]


def test_what_a_mode_does_not_read_is_refused_and_what_it_needs_is_named(
    engines: ApiClient,
) -> None:
    media_id = engines.new_media()
    source = engines.api("PUT", f"/api/media/{media_id}/subtitles", VTT).json()
    wanted = {
        "engine": "subtitle-translator",
        "mediaId": media_id,
        "options": {"to": "es", "mode": "comments"},
    }

    missing = engines.api("POST", "/api/jobs", wanted)
    named = engines.api("POST", "/api/jobs", {**wanted, "inputs": {"subtitles": source["inputId"]}})
    same = engines.api("POST", "/api/jobs", {**wanted, "options": {"to": "es", "from": "es"}})

    assert missing.json()["code"] == "missing_inputs"
    assert "comments-data" in missing.text
    assert named.json()["errors"][0]["field"] == "inputs.subtitles"
    assert same.status_code == 400
    assert "must be another language than from" in same.text
