"""The contracts of the ports, on the platform that the use cases are tested on."""

from pathlib import Path

import pytest

from media_jobs.errors import UpstreamError
from media_jobs.ports import PeerAnswer
from tests.contracts import archived_jobs, database, job_store, objects, peers, signer, verifier
from tests.contracts.cases import cases_of
from tests.platform.bucket import Objects
from tests.platform.database import Database
from tests.platform.durable import CLASSES, Disk
from tests.platform.kv import ArchivedJobs
from tests.platform.loop import run
from tests.platform.network import PeerCall, Peers
from tests.platform.signer import Signer
from tests.platform.verifier import Verifier

REFUSAL = '{"error":"bad_request"}'


@pytest.mark.parametrize("case", cases_of(database))
def test_the_apps_database(case: str, tmp_path: Path) -> None:
    (tmp_path / "0000_contract.sql").write_text(database.MIGRATION)
    fake = Database(tmp_path)

    run(cases_of(database)[case](fake))

    fake.close()


@pytest.mark.parametrize("case", cases_of(objects))
def test_the_bucket(case: str) -> None:
    fake = Objects()

    async def put_part(key: str, upload_id: str, number: int, text: str) -> str:
        return fake.put_part(upload_id, number, text.encode())

    async def read(stream: object) -> bytes:
        assert isinstance(stream, bytes)
        return stream

    bucket = objects.Bucket(objects=fake, read=read, put_part=put_part)
    run(cases_of(objects)[case](bucket))


@pytest.mark.parametrize("case", cases_of(archived_jobs))
def test_the_orchestrators_archived_jobs(case: str) -> None:
    run(cases_of(archived_jobs)[case](ArchivedJobs()))


@pytest.mark.parametrize("case", cases_of(signer))
def test_the_orchestrators_signer(case: str) -> None:
    run(cases_of(signer)[case](Signer()))


@pytest.mark.parametrize("case", cases_of(verifier))
def test_the_apps_verifier(case: str) -> None:
    run(cases_of(verifier)[case](Verifier()))


@pytest.mark.parametrize("case", cases_of(job_store))
def test_the_jobs_storage(case: str) -> None:
    kept = Disk()

    async def alarm_ms() -> int | None:
        return kept.alarm_ms

    disk = job_store.Disk(
        store=lambda: CLASSES.job(kept),
        timer=lambda: CLASSES.timer(kept),
        alarm_ms=alarm_ms,
    )
    run(cases_of(job_store)[case](disk))


def _answer(call: PeerCall) -> PeerAnswer:
    if call.path == peers.SILENT or call.url.startswith("http://nowhere.test"):
        host = call.url.split("/")[2]
        raise UpstreamError("upstream_failed", part=f"{host}", why="TimeoutError")
    if call.path == peers.FLOOD:
        raise UpstreamError("upstream_failed.answer_size")
    echo = f"{call.method} {(call.body or b'').decode()} {call.headers['x-signature']}"
    return {
        peers.ECHO: PeerAnswer(status=200, text=echo),
        peers.FULL: PeerAnswer(status=503, text="{}", retry_after_s=7),
        peers.REFUSED: PeerAnswer(status=400, text=REFUSAL),
        peers.MOVED: PeerAnswer(status=302, text="{}"),
    }[call.path]


@pytest.mark.parametrize("case", cases_of(peers))
def test_the_apps_peers(case: str) -> None:
    fake = Peers(script=_answer)

    world = peers.World(peers=fake, base="http://peer.test", nowhere="http://nowhere.test")
    run(cases_of(peers)[case](world))
