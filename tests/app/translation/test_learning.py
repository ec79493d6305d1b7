"""What an edit of a translation teaches, and what a workspace's translation memory shows of it."""

import json
from typing import Any

import pytest

from app.translation.lesson_store import Lesson, Taught, teach
from media_jobs.translation.limits import PAIRS_MAX
from tests.app.stage import ADMIN, START_MS, VTT, Stage
from tests.platform.loop import run

SOURCE = "WEBVTT\n\n00:00.000 --> 00:01.000\nGood morning.\n\n00:01.000 --> 00:02.000\nThanks.\n"
MADE = SOURCE.replace("Good morning.", "Bonjour.").replace("Thanks.", "Merci.")
CUES: list[dict[str, object]] = [
    {"id": 1, "startMs": 0, "endMs": 1000, "source": "Good morning.", "target": "Bonjour."},
    {"id": 2, "startMs": 1000, "endMs": 2000, "source": "Thanks.", "target": "Merci."},
]


def translated(stage: Stage, token: str = ADMIN) -> tuple[str, str, str]:
    """Return a media, the version that a job's translation became, and the job."""
    media_id: str = stage.send("POST", "/api/media", {}, token=token).json["mediaId"]
    put = f"/api/media/{media_id}/subtitles?language=en"
    assert stage.send("PUT", put, SOURCE.encode(), token=token).status == 201
    stage.now_ms += 1
    folder = f"media/{media_id}/translations/job_{stage.now_ms}/1-1"
    document = {
        "version": 1,
        "from": "en",
        "to": "fr",
        "cues": [{**cue, "from": "model", "notices": []} for cue in CUES],
    }
    stage.put(f"{folder}/translation.json", body=json.dumps(document))
    return media_id, *_completed(stage, media_id, folder)


def _completed(stage: Stage, media_id: str, folder: str) -> tuple[str, str]:
    """Note a job that has translated a media's subtitles; return the new version, and the job."""
    job_id = folder.split("/")[3]
    outputs = {"translation": {"key": f"{folder}/translation.json", "sizeBytes": 500}}
    (owner,) = stage.database.look("SELECT owner_id FROM media WHERE media_id = ?", media_id)
    stage.database.look(
        "INSERT INTO jobs (job_id, media_id, engine, generation, options, status, progress,"
        " attempt, outputs, event_seq, accepted, handover_tries, created_ms, updated_ms,"
        " finished_ms, owner_id) VALUES (?, ?, 'subtitle-translator', 1, '{}', 'completed', 1.0, 1,"
        " ?, 1, 1, 0, 1, 1, 1, ?) RETURNING job_id",
        job_id,
        media_id,
        json.dumps(outputs),
        owner["owner_id"],
    )
    version = f"sub_{job_id}"
    stage.database.look(
        "INSERT INTO inputs (input_id, media_id, slot, object_key, content_type, size_bytes, ready,"
        " created_ms, language, origin, owner_id)"
        " VALUES (?, ?, 'subtitles', ?, 'text/vtt', 5, 1, ?, 'fr', 'translation', ?)"
        " RETURNING input_id",
        version,
        media_id,
        f"{folder}/subtitles.vtt",
        stage.now_ms,
        owner["owner_id"],
    )
    stage.put(f"{folder}/subtitles.vtt", body=MADE, content_type="text/vtt")
    return version, job_id


def edit(stage: Stage, media_id: str, parent: str, text: str, **more: Any) -> dict[str, Any]:
    stage.now_ms += 1
    path = f"/api/media/{media_id}/subtitles?parent={parent}&language=fr"
    answered = stage.send("PUT", path, text.encode(), **more)
    assert answered.status == 201, answered.text
    return answered.json


def memory(stage: Stage, query: str = "", **more: Any) -> list[tuple[str, str]]:
    items = stage.send("GET", f"/api/memory{query}", **more).json["items"]
    return [(pair["source"], pair["target"]) for pair in items]


def test_an_edit_of_a_translation_teaches_what_it_says_otherwise(stage: Stage) -> None:
    media_id, version, job_id = translated(stage)

    edited = edit(stage, media_id, version, MADE.replace("Merci.", "Merci bien."))

    assert edited["pairsLearned"] == 1
    (pair,) = stage.send("GET", "/api/memory").json["items"]
    assert pair == {
        "pairId": pair["pairId"],
        "from": "en",
        "to": "fr",
        "source": "Thanks.",
        "target": "Merci bien.",
        "mediaId": media_id,
        "jobId": job_id,
        "taughtBy": "a token",
        "updatedAt": START_MS + 2,
    }
    assert stage.send("GET", f"/api/memory/{pair['pairId']}").json == pair


def test_an_edit_of_an_edit_and_of_a_restored_version_teaches_too(stage: Stage) -> None:
    media_id, version, _ = translated(stage)
    first = edit(stage, media_id, version, MADE.replace("Merci.", "Merci bien."))["inputId"]
    restored = stage.send("POST", f"/api/media/{media_id}/inputs/{first}/restore").json["inputId"]

    better = MADE.replace("Merci.", "Je vous remercie.")
    assert edit(stage, media_id, restored, better)["pairsLearned"] == 1

    assert memory(stage) == [("Thanks.", "Je vous remercie.")]


def test_what_an_edit_takes_back_is_forgotten(stage: Stage) -> None:
    media_id, version, _ = translated(stage)
    both = MADE.replace("Merci.", "Merci bien.").replace("Bonjour.", "Salut.")
    first = edit(stage, media_id, version, both)["inputId"]
    assert len(memory(stage)) == 2

    second = edit(stage, media_id, first, MADE.replace("Bonjour.", "Salut."))["inputId"]
    assert memory(stage) == [("Good morning.", "Salut.")]

    assert edit(stage, media_id, second, MADE)["pairsLearned"] == 0
    assert memory(stage) == []


def test_other_translations_keep_what_they_taught(stage: Stage) -> None:
    one, version, _ = translated(stage)
    edit(stage, one, version, MADE.replace("Merci.", "Merci bien."))
    two, other, _ = translated(stage)

    edit(stage, two, other, MADE.replace("Bonjour.", "Salut."))

    assert memory(stage) == [("Good morning.", "Salut."), ("Thanks.", "Merci bien.")]


def test_what_is_no_edit_of_a_translation_teaches_nothing(stage: Stage) -> None:
    media_id, version, _ = translated(stage)
    changed = MADE.replace("Merci.", "Merci bien.")
    plain = stage.send("PUT", f"/api/media/{media_id}/subtitles", VTT.encode()).json
    of_source = edit(stage, media_id, plain["inputId"], changed)
    in_english = stage.send(
        "PUT", f"/api/media/{media_id}/subtitles?parent={version}&language=en", changed.encode()
    ).json

    assert plain["pairsLearned"] == of_source["pairsLearned"] == in_english["pairsLearned"] == 0
    assert memory(stage) == []


def test_a_translation_that_is_gone_or_unreadable_does_not_keep_an_edit_from_being_stored(
    stage: Stage,
) -> None:
    media_id, version, job_id = translated(stage)
    key = json.loads(stage.row(job_id)["outputs"])["translation"]["key"]
    changed = MADE.replace("Merci.", "Merci bien.")

    stage.put(key, body='{"version": 9}')
    assert edit(stage, media_id, version, changed)["pairsLearned"] == 0
    assert stage.log[-1]["event"] == "translation_unreadable"
    run(stage.objects.delete_many([key]))
    assert edit(stage, media_id, version, changed)["pairsLearned"] == 0
    stage.database.look("UPDATE jobs SET outputs = NULL RETURNING job_id")
    assert edit(stage, media_id, version, changed)["pairsLearned"] == 0


def test_a_pair_is_corrected_found_by_its_words_and_forgotten(stage: Stage) -> None:
    media_id, version, _ = translated(stage)
    edit(stage, media_id, version, MADE.replace("Merci.", "Merci bien.").replace("B", "b"))
    (pair,) = stage.send("GET", "/api/memory?query=THANKS").json["items"]
    path = f"/api/memory/{pair['pairId']}"

    changed = stage.send("PATCH", path, {"target": "Grand merci."}).json

    assert changed == {**pair, "target": "Grand merci.", "updatedAt": stage.now_ms}
    assert memory(stage, "?from=en&to=fr&limit=1") == [("Thanks.", "Grand merci.")]
    assert memory(stage, "?from=de") == []
    assert stage.send("DELETE", path).status == 204
    assert stage.send("DELETE", path).status == 404
    assert memory(stage) == [("Good morning.", "bonjour.")]


def test_pairs_outlive_their_media(stage: Stage) -> None:
    media_id, version, _ = translated(stage)
    edit(stage, media_id, version, MADE.replace("Merci.", "Merci bien."))

    assert stage.send("DELETE", f"/api/media/{media_id}").status == 204

    assert memory(stage) == [("Thanks.", "Merci bien.")]


@pytest.mark.heavy
def test_when_a_memory_is_full_the_oldest_pairs_leave(stage: Stage) -> None:
    media_id, version, job_id = translated(stage)
    names = [f"text {number}" for number in range(PAIRS_MAX)]
    taught = Taught(
        first_id="pair_0",
        at_ms=1,
        job_id="job_before",
        from_language="en",
        to_language="fr",
        token_id=None,
        lessons=[Lesson(key=name, source=name, target="x") for name in names],
    )
    run(stage.database.batch(teach(taught, version)))

    edit(stage, media_id, version, MADE.replace("Merci.", "Merci bien."))

    kept = stage.database.look("SELECT source, job_id FROM memory_pairs ORDER BY pair_id")
    assert len(kept) == PAIRS_MAX
    assert kept[0]["source"] == "text 1"
    assert kept[-1] == {"source": "Thanks.", "job_id": job_id}


def test_what_is_taught_belongs_to_the_medias_owner(stage: Stage) -> None:
    mine = stage.add_workspace("ws_mine")
    media_id, version, _ = translated(stage, mine)

    # An operator's edit.
    edit(stage, media_id, version, MADE.replace("Merci.", "Merci bien."), token=ADMIN)

    assert memory(stage, token=mine) == [("Thanks.", "Merci bien.")]
    assert memory(stage, token=stage.add_workspace("ws_theirs")) == []


@pytest.mark.heavy
def test_much_that_is_taught_at_once_comes_in_values_that_the_database_takes(
    stage: Stage,
) -> None:
    _, version, _ = translated(stage)
    long = "译" * 300
    taught = Taught(
        first_id="pair_1",
        at_ms=1,
        job_id="job_1",
        from_language="en",
        to_language="fr",
        token_id=None,
        lessons=[
            Lesson(key=f"{n} {long}", source=f"{n} {long}", target=long) for n in range(2_500)
        ],
    )

    statements = teach(taught, version)
    run(stage.database.batch(statements))

    sizes = [len(str(value).encode()) for _, params in statements for value in params]
    assert 900_000 < max(sizes) <= 1_000_100
    kept = stage.database.look("SELECT pair_id, source FROM memory_pairs ORDER BY pair_id")
    assert [row["source"] for row in kept] == [f"{n} {long}" for n in range(2_500)]
    assert kept[-1]["pair_id"] == "pair_1-02499"
