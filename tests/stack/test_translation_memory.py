"""The circle: a translation is corrected, and the next one is handed the correction."""

from __future__ import annotations

import json
from typing import Any

from dev.stack.stack import Stack
from media_jobs.translation.limits import MEMORY_BYTES_MAX, PAIRS_MAX
from tests.stack.api_client import ApiClient, eventually
from tests.stack.fake_container import FakeContainers, Render

SOURCE = "WEBVTT\n\n00:00.000 --> 00:01.000\nGood morning.\n\n00:01.000 --> 00:02.000\nThanks.\n"
MADE = SOURCE.replace("Good morning.", "Bonan matenon.").replace("Thanks.", "Dankon.")
CUES = [
    {"id": 1, "startMs": 0, "endMs": 1000, "source": "Good morning.", "target": "Bonan matenon."},
    {"id": 2, "startMs": 1000, "endMs": 2000, "source": "Thanks.", "target": "Dankon."},
]
DOCUMENT = {
    "version": 1,
    "from": "en",
    "to": "eo",
    "cues": [{**cue, "from": "model", "notices": []} for cue in CUES],
}


def spoken(client: ApiClient) -> tuple[str, str]:
    """Return a media with subtitles in English, and the id of these."""
    media_id = client.new_media()
    put = f"/api/media/{media_id}/subtitles?language=en"
    return media_id, client.api("PUT", put, SOURCE.encode()).json()["inputId"]


def translate(client: ApiClient, media_id: str, version: str) -> str:
    wanted = {
        "engine": "subtitle-translator",
        "mediaId": media_id,
        "options": {"to": "eo"},
        "inputs": {"subtitles": version},
    }
    answer = client.api("POST", "/api/jobs", wanted)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["jobId"])


def finish(client: ApiClient, render: Render) -> None:
    """Make what a translator makes of `SOURCE`."""
    made = {
        "subtitles": MADE.encode(),
        "translation": json.dumps(DOCUMENT).encode(),
        "metadata": b"{}",
    }
    outputs = {slot: render.upload(slot, body) for slot, body in made.items()}
    assert render.report("completed", outputs=outputs).status_code == 200
    client.job_in(render.job_id, "completed")


def handed(containers: FakeContainers, render: Render) -> dict[str, Any]:
    """Return the memory that a container was handed."""
    answer = containers.http.get(render.payload["inputMemoryUrl"])
    assert answer.status_code == 200, answer.text
    assert len(answer.content) <= MEMORY_BYTES_MAX
    document: dict[str, Any] = answer.json()
    return document


def test_what_is_corrected_is_handed_to_the_next_translation_until_that_has_ended(
    client: ApiClient, own_stack: Stack, present_containers: FakeContainers
) -> None:
    media_id, source = spoken(client)
    first = present_containers.render(translate(client, media_id, source))
    assert first.payload.get("inputMemoryUrl") is None
    finish(client, first)
    made = client.api("GET", f"/api/media/{media_id}").json()["inputs"]["subtitles"]
    assert (made["origin"], made["parent"]) == ("translation", source)

    put = f"/api/media/{media_id}/subtitles?language=eo&parent={made['inputId']}"
    edited = client.api("PUT", put, MADE.replace("Dankon.", "Koran dankon.").encode()).json()
    term = {"from": "en", "to": "eo", "source": "morning", "target": "mateno"}
    term_id = client.api("POST", "/api/glossary", term).json()["termId"]
    second = present_containers.render(translate(client, media_id, source))

    assert edited["pairsLearned"] == 1
    assert handed(present_containers, second) == {
        "version": 1,
        "from": "en",
        "to": "eo",
        "glossary": [{"source": "morning", "target": "mateno", "note": None}],
        "pairs": [{"source": "Thanks.", "target": "Koran dankon."}],
    }
    (pair,) = client.api("GET", "/api/memory?to=eo").json()["items"]
    assert (pair["jobId"], pair["taughtBy"]) == (first.job_id, "local stack")

    finish(client, second)
    url = second.payload["inputMemoryUrl"]
    own_stack.trigger_cron()
    eventually(lambda: present_containers.http.get(url).status_code == 404, "the document is gone")
    assert own_stack.sql("SELECT * FROM job_documents WHERE job_id = ?", second.job_id) == []
    assert client.api("DELETE", f"/api/glossary/{term_id}").status_code == 204
    assert client.api("DELETE", f"/api/memory/{pair['pairId']}").status_code == 204


def test_a_full_memory_passes_through_the_real_database(
    client: ApiClient, own_stack: Stack, present_containers: FakeContainers
) -> None:
    media_id, source = spoken(client)
    own_stack.sql(
        "INSERT INTO memory_pairs (pair_id, owner_id, from_language, to_language, source_key,"
        " source, target, media_id, job_id, updated_ms)"
        " WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)"
        " SELECT 'pair_full_' || i, 'ws_default', 'en', 'eo', 'text ' || i, 'text ' || i,"
        " replace(hex(zeroblob(90)), '00', '譯'), ?, 'job_full', i FROM n",
        PAIRS_MAX,
        media_id,
    )

    render = present_containers.render(translate(client, media_id, source))

    pairs = handed(present_containers, render)["pairs"]
    # 20,000 of them would be 6 MB: the newest that fit.
    assert PAIRS_MAX // 2 < len(pairs) < PAIRS_MAX
    assert {pair["source"] for pair in pairs} == {
        f"text {number}" for number in range(PAIRS_MAX - len(pairs) + 1, PAIRS_MAX + 1)
    }
    assert {pair["target"] for pair in pairs} == {"譯" * 90}
    own_stack.sql("DELETE FROM memory_pairs WHERE job_id = 'job_full'")
    client.api("POST", f"/api/jobs/{render.job_id}/cancel")
