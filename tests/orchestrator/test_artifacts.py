"""Finished outputs by signed links: those that carry what they open, and those of before."""

from urllib.parse import urlsplit

import pytest

from media_jobs.artifact_links import artifact_link
from media_jobs.content import Content
from media_jobs.signing import sign_link
from tests.orchestrator.test_routes import body_for
from tests.orchestrator.world import SECRET, T0, World, begun, document, finished
from tests.platform.kv import ArchivedJobs
from tests.platform.loop import run

KEY = "media/med_1/outputs/job_1/1-1/video.mp4"


class _Unasked(ArchivedJobs):
    async def get(self, job_id: str) -> str | None:
        raise AssertionError("KV was read.")


def new_link(job_id: str = "job_1", key: str = KEY, etag: str = "0f") -> str:
    video = Content(key=key, size_bytes=8, content_type="video/mp4", etag=etag)
    expires_s = T0 // 1000 + 60
    return artifact_link(job_id, "video", video, expires_s, (SECRET,), {"filename": "x.mp4"})


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("sent", [None, "bytes=0-1", "bytes=9-"])
def test_a_link_that_says_what_it_opens_wakes_no_object_and_reads_no_kv(
    method: str, sent: str | None
) -> None:
    world = finished()
    world.evict()
    world.archived = _Unasked()
    headers = {} if sent is None else {"Range": sent}
    before = run(World.ask(finished(), method, old_link(filename="x.mp4"), headers=headers))

    reply = run(world.ask(method, new_link(etag=etag_of(world)), headers=headers))

    assert (reply.status, reply.headers, reply.body) == (
        before.status,
        before.headers,
        before.body,
    )
    assert world.alive == {}


def test_what_a_link_says_is_unchanged_is_304_without_the_object() -> None:
    world = finished()
    world.evict()
    etag = etag_of(world)

    reply = run(world.ask("GET", new_link(etag=etag), headers={"If-None-Match": f'"{etag}"'}))

    assert (reply.status, world.alive) == (304, {})


@pytest.mark.parametrize(
    "key", ["media/med_1/outputs/job_2/1-1/video.mp4", "media/med_1/inputs/up_1/video"]
)
def test_a_link_opens_outputs_of_its_job_alone_though_it_is_signed(key: str) -> None:
    world = finished()
    world.objects.put(key, b"another")

    assert run(world.ask("GET", new_link(key=key))).status == 401


def test_a_link_whose_object_has_other_bytes_by_now_opens_nothing() -> None:
    reply = run(finished().ask("GET", new_link(etag="0f")))

    assert (reply.status, document(reply)["error"]) == (404, "artifact_not_ready")


def etag_of(world: World) -> str:
    info = run(world.objects.head(KEY))
    assert info is not None
    return info.etag


# --- links of before, and deleting ----------------------------------------------------------------


def old_link(path: str = "/artifacts/job_1", **params: str) -> str:
    return sign_link(path, params, T0 // 1000 + 60, (SECRET,))


def test_a_link_of_before_opens_the_accepted_output() -> None:
    world = finished()

    for path in ("/artifacts/job_1", "/artifacts/job_1/video"):
        reply = run(world.ask("GET", old_link(path, filename="x.mp4")))
        assert (reply.status, reply.body) == (200, b"rendered")
        assert 'filename="x.mp4"' in reply.headers["content-disposition"]
    ranged = run(world.ask("GET", old_link(), headers={"Range": "bytes=0-1"}))
    assert (ranged.status, ranged.body) == (206, b"re")
    assert run(world.ask("HEAD", old_link())).headers["content-length"] == "8"


@pytest.mark.parametrize("path", ["/artifacts/job_1/audio", "/artifacts/job_9"])
def test_what_is_not_there_yet_is_not_ready(path: str) -> None:
    reply = run(finished().ask("GET", old_link(path)))

    assert (reply.status, document(reply)["error"]) == (404, "artifact_not_ready")


def test_an_unfinished_job_has_no_artifact_though_its_object_is_there() -> None:
    world = begun()
    world.upload()

    assert run(world.ask("GET", old_link())).status == 404


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_d1_without_a_link_there_is_no_artifact(method: str) -> None:
    world = finished()
    expired = sign_link("/artifacts/job_1", {}, T0 // 1000, (SECRET,))
    other = urlsplit(old_link("/artifacts/job_2")).query
    changed = new_link().replace("1-1", "1-2")
    for target in ("/artifacts/job_1", expired, f"/artifacts/job_1?{other}", changed):
        assert run(world.ask(method, target)).status == 401


def test_deleting_takes_every_attempt_s_outputs_and_nothing_else() -> None:
    world = finished()
    world.objects.put("media/med_1/outputs/job_1/1-2/video.mp4", b"of a zombie")
    world.objects.put("media/med_1/outputs/job_10/1-1/video.mp4", b"another job's")

    reply = run(world.post("/artifacts/job_1", body_for("delete", world), method="DELETE"))

    assert document(reply) == {"ok": True, "deleted": 2, "errors": []}
    left = [key for key in world.objects.stored if "/outputs/" in key]
    assert left == ["media/med_1/outputs/job_10/1-1/video.mp4"]
    assert run(world.ask("GET", old_link())).status == 404
    assert run(world.ask("HEAD", old_link())).status == 404


def test_deleting_leaves_what_is_to_be_kept() -> None:
    world = finished()
    kept = "media/med_1/outputs/job_1/1-1/video.mp4"
    world.objects.put("media/med_1/outputs/job_1/1-1/metadata.json", b"{}")

    message = {**body_for("delete", world), "keep": [kept]}
    reply = run(world.post("/artifacts/job_1", message, method="DELETE"))

    assert document(reply) == {"ok": True, "deleted": 1, "errors": []}
    assert [key for key in world.objects.stored if "/outputs/" in key] == [kept]
