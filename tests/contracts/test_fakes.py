"""The contracts of the ports, on the fakes that the use cases are tested with."""

import asyncio
from pathlib import Path

import pytest

import tests.app.fakes as app_fakes
import tests.orchestrator.fakes as orchestrator_fakes
from media_jobs.errors import UpstreamError
from media_jobs.ports import PeerAnswer
from tests.contracts import archived_jobs, database, job_store, objects, peers

REFUSAL = '{"error":"bad_request"}'


@pytest.mark.parametrize("case", database.CASES)
def test_the_apps_database(case: str, tmp_path: Path) -> None:
    (tmp_path / "0000_contract.sql").write_text(database.MIGRATION)
    fake = app_fakes.FakeDatabase(tmp_path)

    asyncio.run(database.CASES[case](fake))

    fake.sqlite.close()


@pytest.mark.parametrize("case", objects.APP_CASES)
def test_the_apps_bucket(case: str) -> None:
    asyncio.run(objects.APP_CASES[case](app_fakes.FakeObjects()))


@pytest.mark.parametrize("case", objects.MULTIPART_CASES)
def test_the_apps_bucket_in_parts(case: str) -> None:
    fake = app_fakes.FakeObjects()

    async def put_part(key: str, upload_id: str, number: int, text: str) -> str:
        return fake.put_part(upload_id, number, text.encode())

    asyncio.run(objects.MULTIPART_CASES[case](objects.Parts(objects=fake, put_part=put_part)))


@pytest.mark.parametrize("case", objects.MULTIPART_CASES)
def test_the_orchestrators_bucket_in_parts(case: str) -> None:
    fake = orchestrator_fakes.FakeObjects()

    async def put_part(key: str, upload_id: str, number: int, text: str) -> str:
        return fake.put_part(upload_id, number, text.encode())

    asyncio.run(objects.MULTIPART_CASES[case](objects.Parts(objects=fake, put_part=put_part)))


@pytest.mark.parametrize("case", objects.ORCHESTRATOR_CASES)
def test_the_orchestrators_bucket(case: str) -> None:
    fake = orchestrator_fakes.FakeObjects()

    async def put(key: str, text: str) -> None:
        fake.stored[key] = text.encode()

    async def read(stream: object) -> bytes:
        assert isinstance(stream, bytes)
        return stream

    bucket = objects.Bucket(objects=fake, put=put, read=read)
    asyncio.run(objects.ORCHESTRATOR_CASES[case](bucket))


@pytest.mark.parametrize("case", archived_jobs.CASES)
def test_the_orchestrators_archived_jobs(case: str) -> None:
    asyncio.run(archived_jobs.CASES[case](orchestrator_fakes.FakeArchivedJobs()))


@pytest.mark.parametrize("case", job_store.CASES)
def test_the_jobs_storage(case: str) -> None:
    kept = orchestrator_fakes.FakeDisk()

    async def alarm_ms() -> int | None:
        return kept.alarm_ms

    disk = job_store.Disk(store=lambda: orchestrator_fakes.FakeJobStore(kept), alarm_ms=alarm_ms)
    asyncio.run(job_store.CASES[case](disk))


def _answer(call: app_fakes.PeerCall) -> PeerAnswer:
    if call.path == peers.SILENT or call.url.startswith("http://nowhere.test"):
        host = call.url.split("/")[2]
        raise UpstreamError(f"{host} did not answer: TimeoutError")
    if call.path == peers.FLOOD:
        raise UpstreamError("The answer is too large.")
    echo = f"{call.method} {(call.body or b'').decode()} {call.headers['x-signature']}"
    return {
        peers.ECHO: PeerAnswer(status=200, text=echo),
        peers.FULL: PeerAnswer(status=503, text="{}", retry_after_s=7),
        peers.REFUSED: PeerAnswer(status=400, text=REFUSAL),
        peers.MOVED: PeerAnswer(status=302, text="{}"),
    }[call.path]


@pytest.mark.parametrize("case", peers.CASES)
def test_the_apps_peers(case: str) -> None:
    fake = app_fakes.FakePeers(script=_answer)

    world = peers.World(peers=fake, base="http://peer.test", nowhere="http://nowhere.test")
    asyncio.run(peers.CASES[case](world))
