"""The SQL: what is stored has its type, and no page of a long table is found by reading it all."""

import inspect
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import app.access.store as access
import app.jobs.store as jobs
import app.jobs.wait_store as waits
import app.live.store as live
import app.media.library_store as library
import app.media.orphan_store as orphans
import app.media.removal_store as removal
import app.media.store as media
import app.oidc.store as oidc
import app.passkeys.store as passkeys
import app.people.store as people
import app.recipes.store as recipes
import app.status.store as status
import app.subscriptions.store as subscriptions
import app.translation.document_store as documents
import app.translation.lesson_store as lessons
import app.translation.store as translation
import app.webhooks.store as webhooks
from app.store import EVERYONE, Statement, Store, Value
from app.webhooks.messages import sweep_webhooks
from media_jobs.status import Status
from tests.app.stage import ORIGIN, Stage
from tests.platform.database import Database
from tests.platform.loop import run

SRC = Path(__file__).parents[2] / "src"
_HARMLESS = ("CORRELATED SCALAR SUBQUERY", "LIST SUBQUERY", "SCALAR SUBQUERY")
_LISTS = ("SCAN json_each VIRTUAL", "SCAN k VIRTUAL", "SCAN m VIRTUAL", "SCAN s VIRTUAL")


class Watched(Database):
    """Keeps the query plan of every statement."""

    def __init__(self) -> None:
        super().__init__()
        self.plans: list[tuple[str, str]] = []

    async def rows(self, sql: str, *params: Value) -> list[dict[str, Any]]:
        self._explain(sql, params)
        return await super().rows(sql, *params)

    async def batch_and_read(self, statements: Any, query: Statement) -> Any:  # Any: as its own.
        self._explain(*query)
        return await super().batch_and_read(statements, query)

    async def batch(self, statements: Sequence[Statement]) -> list[int]:
        for sql, params in statements:
            self._explain(sql, params)
        return await super().batch(statements)

    def searches(self) -> bool:
        """Whether every step finds its rows by an index and sorts nothing.

        The values of a parameter that holds a list are read from the first to the last.
        """
        steps = [step for _, step in self.plans if not step.startswith((*_HARMLESS, *_LISTS))]
        return bool(steps) and all(step.startswith("SEARCH") for step in steps)

    def _explain(self, sql: str, params: Sequence[Value]) -> None:
        for step in self.sqlite.execute(f"EXPLAIN QUERY PLAN {sql}", params).fetchall():
            self.plans.append((sql, step["detail"]))


@pytest.fixture
def database() -> Iterator[Watched]:
    database = Watched()
    yield database
    database.close()


FILTERS = {
    "all": jobs.JobFilter(),
    "of a media": jobs.JobFilter(media_id="med_1"),
    "of a status": jobs.JobFilter(statuses=(Status.RUNNING,)),
    "of two": jobs.JobFilter(statuses=(Status.RUNNING, Status.FAILED)),
    "of a media and a status": jobs.JobFilter(media_id="med_1", statuses=(Status.RUNNING,)),
    "of an engine": jobs.JobFilter(engine="burner-ffmpeg"),
    "of an engine and a status": jobs.JobFilter(engine="burner-ffmpeg", statuses=(Status.FAILED,)),
    "of an engine and a status that goes on": jobs.JobFilter(
        engine="burner-ffmpeg", statuses=(Status.RUNNING,)
    ),
    "of a media and an engine": jobs.JobFilter(media_id="med_1", engine="burner-ffmpeg"),
    "of a time": jobs.JobFilter(created_from_ms=5, created_to_ms=9),
    "of a status and a time": jobs.JobFilter(statuses=(Status.FAILED,), created_from_ms=5),
    "of words": jobs.JobFilter(words="clip"),
    "of words, a status and a time": jobs.JobFilter(
        words="clip", statuses=(Status.FAILED,), created_from_ms=5
    ),
    "with dead letters": jobs.JobFilter(dead_letters=True),
    "with dead letters of a status": jobs.JobFilter(dead_letters=True, statuses=(Status.FAILED,)),
}
BY_IDS = jobs.JobFilter(ids=("job_1", "job_2"), statuses=(Status.FAILED,), engine="burner-ffmpeg")
ALL_SETTLED = translation.SettledFilter()
ALL_MEDIA = library.MediaFilter()
AFTER = media.MediaRow(media_id="med_1", title="Clip", source_url=None, created_ms=1)
READS: dict[str, Callable[[Store], Awaitable[object]]] = {
    "token": lambda store: access.select_token(store, "x", 1),
    "token of a session": lambda store: access.select_session_token(store, "x", 1),
    "whether a token is unrevoked": lambda store: access.select_is_unrevoked(store, "tok_1"),
    "tokens": lambda store: access.select_tokens(store, None, 50),
    "whether a token is an admin": lambda store: access.select_has_admin(store, "tok_1"),
    "person": lambda store: people.select_person(store, "per_1"),
    "members": lambda store: people.select_members(store, None, 50),
    "member": lambda store: people.select_member(store, "mem_1"),
    "accounts": lambda store: people.select_accounts(store, "per_1"),
    "workspaces of a person": lambda store: people.select_workspaces_of(store, "per_1"),
    "workspace": lambda store: people.select_workspace(store, "ws_1"),
    "workspaces": lambda store: people.select_workspaces(store, None, 50),
    "invitations": lambda store: people.select_invitations(store, None, 50),
    "invitation": lambda store: people.select_invitation(store, "x"),
    "identity": lambda store: oidc.select_identity(store, "https://id.test", "x"),
    "identities": lambda store: oidc.select_identities(store, "per_1"),
    "passkeys": lambda store: passkeys.select_passkeys(store, "per_1"),
    "passkey": lambda store: passkeys.select_passkey(store, "x"),
    "preset": lambda store: access.select_preset(store, "pre_1"),
    "presets": lambda store: access.select_presets(store, None, 50),
    "media": lambda store: media.select_media(store, "med_1"),
    "media page": lambda store: library.select_media_page(store, ALL_MEDIA, AFTER, 50),
    "first media page": lambda store: library.select_media_page(store, ALL_MEDIA, None, 50),
    "oldest media": lambda store: library.select_media_page(
        store, replace(ALL_MEDIA, sort="oldest"), AFTER, 50
    ),
    "media by title": lambda store: library.select_media_page(
        store, replace(ALL_MEDIA, sort="title"), AFTER, 50
    ),
    "chosen media": lambda store: library.select_media_page(
        store, replace(ALL_MEDIA, tag="a", has="video"), None, 50
    ),
    "media with unfinished jobs": lambda store: library.select_media_page(
        store, replace(ALL_MEDIA, has="jobs"), None, 50
    ),
    "trash": lambda store: library.select_media_page(
        store, replace(ALL_MEDIA, is_trash=True), None, 50
    ),
    "tags of media": lambda store: library.select_tags_of(store, ["med_1", "med_2"]),
    "tags": lambda store: library.select_tags(store, 500),
    "media to purge": lambda store: library.select_media_to_purge(store, 5, 5),
    "inputs": lambda store: media.select_inputs(store, "med_1"),
    "input": lambda store: media.select_input(store, "med_1", "sub_1"),
    "pixels of a job's video": lambda store: media.select_source_pixels(store, "job_1"),
    "job": lambda store: jobs.select_job(store, "job_1"),
    "job, after a change": lambda store: jobs.select_job_after(store, [], "job_1"),
    "jobs to check": lambda store: jobs.select_jobs_to_check(store, 1, 50),
    "events": lambda store: jobs.select_events(store, "job_1", 0, 50),
    "found media": lambda store: library.select_media_page(
        store, replace(ALL_MEDIA, words="clip"), AFTER, 50
    ),
    "job counts": lambda store: media.select_job_counts(store, ["med_1", "med_2"]),
    "versions": lambda store: media.select_versions(store, "med_1", None, (5, "x"), 50),
    "versions of a slot": lambda store: media.select_versions(
        store, "med_1", "subtitles", (5, "x"), 50
    ),
    "uploads to drop": lambda store: media.select_uploads_to_drop(store, 5, 20),
    "uploads in parts": lambda store: media.select_uploads_in_parts(store, "med_1", 20),
    "inputs made by a job": lambda store: media.select_inputs_made_by(store, "med_1", "job_1"),
    "media to wipe": lambda store: removal.select_media_to_wipe(store, 5, 20),
    "jobs to expire": lambda store: jobs.select_jobs_to_expire(store, 5, 9, 50),
    "jobs of a media": lambda store: removal.select_job_ids_of(store, "med_1", 500),
    "objects that inputs name": lambda store: orphans.select_input_keys_among(
        store, ["media/m/inputs/i/video"]
    ),
    "inputs of peaks": lambda store: orphans.select_input_ids_among(store, ["upl_1"]),
    "objects of jobs": lambda store: orphans.select_objects_of_jobs(store, ["job_1"]),
    "objects of the jobs after one": lambda store: orphans.select_objects_of_jobs_after(
        store, "job_1", 100
    ),
    "inputs after one": lambda store: orphans.select_inputs_after(store, "upl_1", 100),
    "idempotency": lambda store: jobs.select_idempotent_job(store, "x", "key"),
    "unfinished jobs of a token": lambda store: jobs.select_unfinished_jobs(store, "x"),
    "whose a media is": lambda store: live.select_media_owner(store, "med_1"),
    "jobs as viewers see them": lambda store: live.select_live_jobs(store, ["job_1", "job_2"]),
    "inputs of media": lambda store: media.select_inputs_of(store, ["med_1", "med_2"]),
    "waits": lambda store: waits.select_waits(store, ["job_1", "job_2"]),
    "waits of those that wait for a job": lambda store: waits.select_waits_with(store, "job_1"),
    "versions that a job has made": lambda store: waits.select_made_by(store, "med_1", "job_1"),
    "reviews": lambda store: waits.select_reviews(store, ["rev_1"]),
    "waits for a review": lambda store: waits.select_waits_reviewed(store, "rev_1"),
    "terms": lambda store: translation.select_terms(store, ALL_SETTLED, None, 50),
    "term": lambda store: translation.select_term(store, "trm_1"),
    "found terms": lambda store: translation.select_terms(
        store, replace(ALL_SETTLED, from_language="en", to_language="fr", words="x"), None, 50
    ),
    "terms that are new": lambda store: translation.select_new_terms(store, "en", "fr", ["x"]),
    "pairs": lambda store: translation.select_pairs(store, ALL_SETTLED, "mem_1", 50),
    "pair": lambda store: translation.select_pair(store, "mem_1"),
    "recipes": lambda store: recipes.select_recipes(store, 200),
    "recipe": lambda store: recipes.select_recipe(store, "mine"),
    "run": lambda store: recipes.select_run(store, "run_1"),
    "runs": lambda store: recipes.select_runs(store, None, None, 50),
    "runs of a media": lambda store: recipes.select_runs(store, "med_1", "run_1", 50),
    "steps of runs": lambda store: recipes.select_steps(store, ["run_1", "run_2"]),
    "subscription": lambda store: subscriptions.select_subscription(store, "scr_1"),
    "subscriptions": lambda store: subscriptions.select_subscriptions(store, None, 50),
    "due subscriptions": lambda store: subscriptions.select_due_subscriptions(store, 5, 20),
    "tallies": lambda store: subscriptions.select_tallies(store, ["scr_1"], 5),
    "entries": lambda store: subscriptions.select_entries(store, "scr_1", None, None, 50),
    "entries of a state": lambda store: subscriptions.select_entries(
        store, "scr_1", "skipped", "ent_1", 50
    ),
    "waiting entries": lambda store: subscriptions.select_waiting_entries(store, "scr_1", 4),
    "seen entries": lambda store: subscriptions.select_seen(store, "scr_1", ["a", "b"]),
    "webhook": lambda store: webhooks.select_webhook(store, "whk_1"),
    "webhooks": lambda store: webhooks.select_webhooks(store, None, 50),
    "delivery": lambda store: webhooks.select_delivery(store, "whk_1", "dlv_1"),
    "delivery of a message": lambda store: webhooks.select_delivery_of(store, "whk_1", "msg_1"),
    "deliveries": lambda store: webhooks.select_deliveries(store, "whk_1", "dlv_1", 50, None),
    "failed deliveries": lambda store: webhooks.select_deliveries(store, "w", None, 50, "failed"),
    "due deliveries": lambda store: webhooks.select_due_deliveries(store, "whk_1", 5, 10),
    "next delivery": lambda store: webhooks.select_next_due_ms(store, "whk_1"),
}
OTHERWISE = {
    "select_jobs",
    "select_usage",
    "select_webhooks_due",
    "select_unresolved_alerts",
    "select_shown_alerts",
    "select_standing",
    "select_followers",
    "select_newest_edit",
    "select_translation",
    "select_memory",
    "select_documents_to_drop",
    "select_tries",
}
"""Reads with tests of their own below."""


def test_the_table_above_names_every_read() -> None:
    stores = [
        import_module(".".join(path.relative_to(SRC).with_suffix("").parts))
        for path in (SRC / "app").glob("*/*store.py")
    ]
    reads = {
        name
        for store in stores
        for name, _ in inspect.getmembers(store, inspect.iscoroutinefunction)
    }
    used = {name for read in READS.values() for name in read.__code__.co_names}
    called = {name for name in used if name.startswith("select_")}

    assert called | OTHERWISE == reads


def test_the_followers_of_a_job_are_found_by_indexes(database: Watched) -> None:
    run(waits.select_followers(Store(database, EVERYONE), "job_1", 10))

    steps = {step for _, step in database.plans if step.startswith("SCAN")}
    # The followers that are found so far, and they alone, are read one after the other.
    assert steps == {"SCAN followers"}


def test_the_translation_that_an_edit_is_of_is_found_by_indexes(database: Watched) -> None:
    run(lessons.select_translation(Store(database, EVERYONE), "med_1", "sub_1", "translation"))

    steps = {step for _, step in database.plans if step.startswith("SCAN")}
    # The versions that were found so far are read one after the other.
    assert steps == {"SCAN line"}


def test_a_memory_is_read_by_its_owners_languages(database: Watched) -> None:
    run(translation.select_memory(Store(database, EVERYONE), "med_1", "en", "fr", 1_000))

    steps = [step for _, step in database.plans]
    tables = {step for step in steps if " USING " in step and "json_each" not in step}
    assert {step.split(" USING ")[1] for step in tables if "media" not in step} == {
        "INDEX glossary_terms_by_source (owner_id=? AND from_language=? AND to_language=?)",
        "INDEX memory_pairs_by_source (owner_id=? AND from_language=? AND to_language=?)",
    }


def test_documents_to_drop_are_compared_with_their_jobs_by_an_index(database: Watched) -> None:
    run(documents.select_documents_to_drop(Store(database, EVERYONE), 500))

    # Of jobs that have not ended, and of those that ended since the last sweep: few.
    steps = {step for _, step in database.plans if not step.startswith("CORRELATED")}
    assert {step.split(" USING ")[0] for step in steps} == {"SCAN d", "SEARCH j"}


OWNERS = pytest.mark.parametrize("owner", [EVERYONE, "ws_1"], ids=["everyone", "an owner"])


@OWNERS
@pytest.mark.parametrize("read", READS)
def test_every_read_goes_through_an_index_and_sorts_nothing(
    database: Watched, read: str, owner: str | None
) -> None:
    run(READS[read](Store(database, owner)))  # type: ignore[arg-type]

    assert database.searches()


@OWNERS
@pytest.mark.parametrize("wanted", FILTERS)
def test_every_list_of_jobs_walks_an_index_in_its_order(
    database: Watched, wanted: str, owner: str | None
) -> None:
    run(jobs.select_jobs(Store(database, owner), FILTERS[wanted], "job_1", 50))

    assert database.searches()


@pytest.mark.parametrize(
    ("read", "index"),
    [
        (lambda store: jobs.select_jobs(store, jobs.JobFilter(), None, 50), "jobs_by_owner"),
        (lambda store: jobs.select_jobs(store, FILTERS["of an engine"], None, 50), "jobs_by_owner"),
        (
            lambda store: jobs.select_jobs(store, FILTERS["of a status"], None, 50),
            "jobs_unfinished_by_owner",
        ),
        (
            lambda store: jobs.select_jobs(
                store, jobs.JobFilter(statuses=(Status.FAILED,)), None, 50
            ),
            "jobs_ended_by_owner",
        ),
        (lambda store: library.select_media_page(store, ALL_MEDIA, None, 50), "media_by_owner"),
        (
            lambda store: library.select_media_page(
                store, replace(ALL_MEDIA, sort="title"), None, 50
            ),
            "media_by_owner_and_title",
        ),
        (lambda store: access.select_tokens(store, None, 50), "tokens_by_owner"),
        (lambda store: access.select_presets(store, None, 50), "presets_by_owner"),
        (
            lambda store: translation.select_terms(store, ALL_SETTLED, None, 50),
            "glossary_terms_by_owner",
        ),
        (
            lambda store: translation.select_pairs(store, ALL_SETTLED, None, 50),
            "memory_pairs_by_owner",
        ),
    ],
)
def test_a_list_of_an_owner_reads_no_row_of_another(
    database: Watched, read: Callable[[Store], Awaitable[object]], index: str
) -> None:
    run(read(Store(database, "ws_1")))  # type: ignore[arg-type]

    assert f" INDEX {index} (owner_id=?" in database.plans[0][1]


def test_jobs_by_their_ids_are_looked_up_one_by_one(database: Watched) -> None:
    run(jobs.select_jobs(Store(database, EVERYONE), BY_IDS, None, 50))

    # At most a hundred rows are sorted.
    assert database.plans[0][1].startswith("SEARCH jobs USING PRIMARY KEY (job_id=?")


def test_what_a_deleted_media_leaves_is_deleted_by_indexes(database: Watched) -> None:
    statements = [*removal.delete_jobs(["job_1"]), *removal.delete_media_rows("med_1", None)]

    run(database.batch([*statements, removal.mark_deleted("med_1", 5)]))

    assert database.searches()


@pytest.mark.parametrize(
    ("owner", "index"),
    [
        (EVERYONE, "PRIMARY KEY (job_id>? AND job_id<?)"),
        ("ws_1", "INDEX jobs_by_owner (owner_id=? AND job_id>? AND job_id<?)"),
    ],
)
def test_usage_reads_no_more_jobs_than_were_submitted_in_its_days(
    database: Watched, owner: str | None, index: str
) -> None:
    run(status.select_usage(Store(database, owner), 1, 2))

    reads = [step for _, step in database.plans if " jobs" in step]
    assert reads == [f"SEARCH jobs USING {index}"]


def test_endpoints_to_be_told_are_found_among_what_waits_alone(database: Watched) -> None:
    run(webhooks.select_webhooks_due(Store(database, EVERYONE), 5))

    # The index holds no more than the deliveries that are still to be tried.
    (step,) = [step for _, step in database.plans]
    assert step.endswith("webhook_deliveries USING COVERING INDEX webhook_deliveries_due")


def test_tries_are_counted_among_the_deliveries_of_one_endpoint(database: Watched) -> None:
    run(webhooks.select_tries(Store(database, EVERYONE), "whk_1", 5, 10))

    (step,) = [step for _, step in database.plans if " d " in step]
    assert step.startswith("SEARCH d USING INDEX")
    assert "(webhook_id=? AND delivery_id>?)" in step


def test_the_rows_that_go_with_another_are_found_by_an_index(stage: Stage) -> None:
    indexed = stage.database.look(
        "SELECT t.name AS tbl, x.name AS col FROM pragma_table_list AS t, pragma_index_list(t.name)"
        " AS i, pragma_index_info(i.name) AS x WHERE t.schema = 'main' AND x.seqno = 0"
    )
    keys = stage.database.look(
        'SELECT t.name AS tbl, f."from" AS col FROM pragma_table_list AS t,'
        " pragma_foreign_key_list(t.name) AS f WHERE t.schema = 'main' AND f.seq = 0"
        " AND f.on_delete = 'CASCADE'"
    )

    assert keys
    assert [key for key in keys if key not in indexed] == []


def scans_of(watched: Watched) -> list[str]:
    """Return the steps of all plans that read a whole table."""
    steps = [step for _, step in watched.plans if step.startswith("SCAN")]
    return [step for step in steps if not step.startswith((*_LISTS, "SCAN CONSTANT ROW"))]


def watch(stage: Stage) -> Watched:
    """Give the app a database that keeps its plans."""
    watched = Watched()
    stage.database.close()
    stage.database = watched
    stage.store = Store(watched, EVERYONE)
    stage.ports = replace(stage.ports, store=stage.store)
    stage.add_token("token-admin", "admin")
    return watched


def test_every_write_to_webhooks_finds_its_rows_by_an_index(stage: Stage) -> None:
    watched = watch(stage)
    new = {"url": "https://hooks.example.com/", "events": ["job.failed"]}
    path = f"/api/webhooks/{stage.send('POST', '/api/webhooks', new).json['webhookId']}"
    for method, target, body in (
        ("POST", f"{path}/secret", None),
        ("POST", f"{path}/test", None),
        ("PATCH", path, {"enabled": False}),
        ("PATCH", path, {"enabled": True, "description": "again"}),
    ):
        assert stage.send(method, target, body).status < 300
    delivery = stage.send("GET", f"{path}/deliveries").json["items"][0]["deliveryId"]
    assert stage.send("POST", f"{path}/deliveries/{delivery}/replay").status == 202
    run(sweep_webhooks(stage.ports))
    assert stage.send("DELETE", path).status == 204

    # `w` are the webhooks, of which a workspace has at most 50: counted, and asked what they want.
    assert set(scans_of(watched)) == {
        "SCAN w",
        "SCAN webhook_deliveries USING COVERING INDEX webhook_deliveries_due",
    }


def test_every_write_of_access_finds_its_rows_by_an_index(stage: Stage) -> None:
    watched = watch(stage)
    token = stage.send("POST", "/api/tokens", {"name": "x", "scopes": ["read"]}).json
    headers = {"cookie": stage.sign_in(token["token"]), "origin": ORIGIN}
    stage.send("DELETE", "/api/session", token=None, headers=headers)
    stage.send("DELETE", f"/api/tokens/{token['tokenId']}")
    new = {"name": "x", "engine": "burner-ffmpeg", "options": {}}
    path = f"/api/presets/{stage.send('POST', '/api/presets', new).json['presetId']}"
    stage.send("PATCH", path, {"name": "y"})
    stage.send("DELETE", path)

    assert scans_of(watched) == []


def test_every_write_of_a_jobs_life_finds_its_rows_by_an_index(stage: Stage) -> None:
    watched = watch(stage)

    media_id = stage.media_with_inputs()
    job_id = stage.job({"engine": "burner-ffmpeg", "mediaId": media_id})
    stage.tell(stage.event(job_id, 1, "completed"))
    stage.now_ms += 10**9
    stage.sweep()

    assert {sql.split()[0] for sql, _ in watched.plans} == {"SELECT", "INSERT", "UPDATE"}
    # `w` are the webhooks: at most 50, each with a list of what it wants.
    assert set(scans_of(watched)) <= {"SCAN w"}


def test_whole_numbers_are_stored_as_integers_though_they_are_bound_as_reals(stage: Stage) -> None:
    job_id = stage.job()
    stage.tell(stage.event(job_id, 3, "running", progress=1.0))

    whole = ("generation", "event_seq", "updated_ms", "accepted", "check_ms")
    kinds = ", ".join(f"typeof({name}) AS {name}" for name in (*whole, "progress"))
    found = stage.database.look(f"SELECT {kinds} FROM jobs")  # noqa: S608 - the names above.
    assert found == [{**dict.fromkeys(whole, "integer"), "progress": "real"}]


def test_every_table_is_strict(stage: Stage) -> None:
    tables = stage.database.look("SELECT name, strict FROM pragma_table_list WHERE schema = 'main'")

    ours = [row for row in tables if not row["name"].startswith("sqlite_")]
    assert len(ours) > 10
    assert [row["name"] for row in ours if not row["strict"]] == []
