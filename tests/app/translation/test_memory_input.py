"""What a translation is handed of its workspace's glossary and memory."""

import json
from typing import Any

import pytest

from app.translation.lesson_store import Lesson, Taught, teach
from media_jobs.translation.limits import MEMORY_BYTES_MAX, PAIRS_MAX
from media_jobs.translation.memory import TranslationMemory
from tests.app.stage import ADMIN, VTT, Stage
from tests.platform.loop import run


def media(stage: Stage, language: str | None = "en", token: str = ADMIN) -> str:
    media_id: str = stage.send("POST", "/api/media", {}, token=token).json["mediaId"]
    spoken = "" if language is None else f"?language={language}"
    put = f"/api/media/{media_id}/subtitles{spoken}"
    assert stage.send("PUT", put, VTT.encode(), token=token).status == 201
    return media_id


def translate(stage: Stage, media_id: str, token: str = ADMIN, **options: str) -> str:
    wanted = {"engine": "subtitle-translator", "mediaId": media_id, "options": options}
    return stage.job(wanted, token)


def term(stage: Stage, source: str, target: str, to: str, token: str = ADMIN, **more: str) -> None:
    stage.now_ms += 1
    body = {"source": source, "target": target, "to": to, **more}
    assert stage.send("POST", "/api/glossary", body, token=token).status == 201


def pairs(stage: Stage, media_id: str, *said: tuple[str, str], languages: str = "en fr") -> None:
    """Put pairs in the memory of a media's owner."""
    stage.now_ms += 1
    source, _, target = languages.partition(" ")
    inputs = stage.send("GET", f"/api/media/{media_id}").json["inputs"]
    taught = Taught(
        first_id=f"pair_{stage.now_ms}",
        at_ms=stage.now_ms,
        job_id=f"job_{stage.now_ms}",
        from_language=source,
        to_language=target,
        token_id=None,
        lessons=[Lesson(key=one, source=one, target=other) for one, other in said],
    )
    run(stage.database.batch(teach(taught, inputs["subtitles"]["inputId"])))


def handed(stage: Stage, job_id: str) -> dict[str, Any] | None:
    """Return the document that a job's manifest names, None if it names none."""
    item = stage.manifest(job_id)["inputs"].get("memory")
    if item is None:
        return None
    stored = stage.objects.stored[item["key"]]
    assert stored.content_type == "application/json"
    TranslationMemory.model_validate_json(stored.body)
    document: dict[str, Any] = json.loads(stored.body)
    return document


def told(document: dict[str, Any] | None, kind: str) -> dict[str, str]:
    assert document is not None
    return {one["source"]: one["target"] for one in document[kind]}


def test_a_translation_is_handed_what_is_settled_for_its_languages(stage: Stage) -> None:
    media_id = media(stage)
    term(stage, 'a "bank"\n', "rive", "fr", note="of a river", **{"from": "en"})
    term(stage, "bank", "银行", "zh")
    pairs(stage, media_id, ("Good\nmorning.", "Bonjour 你好."))

    job_id = translate(stage, media_id, to="fr")

    assert handed(stage, job_id) == {
        "version": 1,
        "from": "en",
        "to": "fr",
        "glossary": [{"source": 'a "bank"', "target": "rive", "note": "of a river"}],
        "pairs": [{"source": "Good\nmorning.", "target": "Bonjour 你好."}],
    }
    key = stage.manifest(job_id)["inputs"]["memory"]["key"]
    assert key == f"media/{media_id}/inputs/{job_id}/1/memory.json"
    assert stage.send("GET", f"/api/jobs/{job_id}").json["inputs"].keys() == {"subtitles"}


def test_where_nothing_is_settled_there_is_no_document(stage: Stage) -> None:
    media_id = media(stage)
    term(stage, "bank", "银行", "zh")
    pairs(stage, media_id, ("a", "b"), languages="de fr")

    job_id = translate(stage, media_id, to="fr")

    assert handed(stage, job_id) is None
    assert stage.database.look("SELECT * FROM job_documents") == []


def test_what_is_settled_for_a_language_is_so_for_its_varieties_unless_they_have_their_own(
    stage: Stage,
) -> None:
    media_id = media(stage, "en-GB")
    term(stage, "bus", "巴士", "zh-Hant")
    term(stage, "bus", "公共汽车", "zh")
    term(stage, "taxi", "出租车", "zh")
    term(stage, "tram", "電車", "zh-Hant-TW")
    pairs(stage, media_id, ("Hi", "嗨"), ("Bye", "再见"), languages="en zh")
    pairs(stage, media_id, ("Bye", "再會"), languages="en-GB zh-Hant")
    pairs(stage, media_id, ("Howdy", "嗨"), languages="en-US zh")

    document = handed(stage, translate(stage, media_id, to="zh-Hant"))

    assert told(document, "glossary") == {"bus": "巴士", "taxi": "出租车"}
    assert told(document, "pairs") == {"Hi": "嗨", "Bye": "再會"}


def test_of_a_source_whose_language_is_not_known_all_is_handed_over(stage: Stage) -> None:
    media_id = media(stage, None)
    term(stage, "a", "1", "fr", **{"from": "en"})
    term(stage, "b", "2", "fr", **{"from": "de"})
    term(stage, "c", "3", "fr")

    unknown = handed(stage, translate(stage, media_id, to="fr"))
    said = handed(stage, translate(stage, media_id, to="fr", **{"from": "de"}))

    assert unknown is not None and unknown["from"] is None
    assert told(unknown, "glossary") == {"a": "1", "b": "2", "c": "3"}
    assert said is not None and said["from"] == "de"
    assert told(said, "glossary") == {"b": "2", "c": "3"}


def test_a_retry_is_handed_what_is_settled_by_then(stage: Stage) -> None:
    media_id = media(stage)
    term(stage, "a", "1", "fr")
    job_id = translate(stage, media_id, to="fr")
    first = stage.manifest(job_id)["inputs"]["memory"]["key"]
    assert stage.tell(stage.event(job_id, 1, "failed")).status == 200
    term(stage, "b", "2", "fr")

    assert stage.send("POST", f"/api/jobs/{job_id}/retry").status == 200

    assert stage.manifest(job_id)["inputs"]["memory"]["key"] != first
    assert told(handed(stage, job_id), "glossary") == {"a": "1", "b": "2"}


def test_a_retry_after_everything_was_removed_has_no_document(stage: Stage) -> None:
    media_id = media(stage)
    term(stage, "a", "1", "fr")
    job_id = translate(stage, media_id, to="fr")
    assert stage.tell(stage.event(job_id, 1, "failed")).status == 200
    (only,) = stage.send("GET", "/api/glossary").json["items"]
    assert stage.send("DELETE", f"/api/glossary/{only['termId']}").status == 204

    assert stage.send("POST", f"/api/jobs/{job_id}/retry").status == 200

    assert stage.manifest(job_id)["inputs"].keys() == {"subtitles"}


def test_a_translation_is_handed_its_owners_words_whoever_submits_it(stage: Stage) -> None:
    mine, theirs = stage.add_workspace("ws_mine"), stage.add_workspace("ws_theirs")
    media_id = media(stage, token=mine)
    term(stage, "a", "mine", "fr", token=mine)
    term(stage, "b", "theirs", "fr", token=theirs)
    term(stage, "c", "the operators'", "fr")

    for token in (mine, ADMIN):
        document = handed(stage, translate(stage, media_id, token, to="fr"))
        assert told(document, "glossary") == {"a": "mine"}


def test_nobody_names_a_document_of_their_own(stage: Stage) -> None:
    media_id = media(stage)
    wanted = {"engine": "subtitle-translator", "mediaId": media_id, "options": {"to": "fr"}}
    version = stage.send("GET", f"/api/media/{media_id}").json["inputs"]["subtitles"]["inputId"]

    refused = stage.send("POST", "/api/jobs", {**wanted, "inputs": {"memory": version}})

    assert (refused.status, refused.json["errors"][0]["field"]) == (400, "inputs.memory")
    engines = stage.send("GET", "/api/engines").json["items"]
    (shown,) = (one for one in engines if one["engine"] == "subtitle-translator")
    assert "memory" not in [*shown["inputs"], *shown["optionalInputs"]]


def test_a_job_that_is_not_accepted_leaves_nothing(stage: Stage) -> None:
    stage.add_token("one-at-a-time", "submit", queued_max=1)
    media_id = media(stage)
    term(stage, "a", "1", "fr")
    translate(stage, media_id, "one-at-a-time", to="fr")
    before = set(stage.objects.stored)

    wanted = {"engine": "subtitle-translator", "mediaId": media_id, "options": {"to": "fr"}}
    assert stage.send("POST", "/api/jobs", wanted, token="one-at-a-time").status == 429

    assert set(stage.objects.stored) == before


@pytest.mark.heavy
def test_of_too_much_the_oldest_pairs_are_left_out_and_all_terms_are_kept(stage: Stage) -> None:
    media_id = media(stage)
    term(stage, "a", "1", "fr")
    long = "译" * 150
    pairs(stage, media_id, *((f"old {number}", long) for number in range(5_000)))
    pairs(stage, media_id, *((f"new {number}", long) for number in range(5_000)))

    job_id = translate(stage, media_id, to="fr")

    document = handed(stage, job_id)
    size = len(stage.objects.stored[stage.manifest(job_id)["inputs"]["memory"]["key"]].body)
    assert MEMORY_BYTES_MAX - 4096 < size <= MEMORY_BYTES_MAX
    assert told(document, "glossary") == {"a": "1"}
    sources = told(document, "pairs")
    assert sum(source.startswith("new") for source in sources) == 5_000
    assert 3_000 < sum(source.startswith("old") for source in sources) < 5_000


@pytest.mark.heavy
def test_a_full_memory_is_handed_over_whole(stage: Stage) -> None:
    media_id = media(stage)
    pairs(stage, media_id, *((f"text {number}", "x") for number in range(PAIRS_MAX)))

    document = handed(stage, translate(stage, media_id, to="fr"))

    assert len(told(document, "pairs")) == PAIRS_MAX
