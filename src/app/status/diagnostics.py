"""The app's checks for the doctor: its database, the bucket, the orchestrator."""

from app.ports import Ports
from media_jobs import __version__
from media_jobs.diagnosis import Check, Diagnose, Diagnosis, ask, proof
from media_jobs.errors import UpstreamError
from media_jobs.keyring import Purpose
from media_jobs.keys import DEBUG_PREFIX

NONCE_BYTES = 16


async def diagnose(question: Diagnose, ports: Ports) -> Diagnosis:
    """Answer *question*; only a deep one touches anything beside the settings."""
    settings = ports.settings()
    checks = []
    if question.deep:
        checks = [await _database(ports), await _bucket(ports), await _orchestrator(ports)]
    return Diagnosis(
        part="app",
        version=__version__,
        now_ms=ports.now_ms(),
        secrets=len(settings.keys.roots),
        proof=proof("app", question.nonce, settings.keys.roots),
        facts={"orchestratorUrl": settings.orchestrator_url},
        checks=checks,
    )


async def _database(ports: Ports) -> Check:
    """Name the migrations that were applied; a database that was never migrated has no table."""
    tables = await ports.store.rows(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name = 'd1_migrations'"
    )
    rows = await ports.store.rows("SELECT name FROM d1_migrations ORDER BY id") if tables else []
    return Check(name="database", ok=True, facts={"migrations": [row["name"] for row in rows]})


async def _bucket(ports: Ports) -> Check:
    try:
        await ports.objects.head(f"{DEBUG_PREFIX}diagnosis")
    except UpstreamError as error:
        return Check(name="bucket", ok=False, why=error.message)
    return Check(name="bucket", ok=True)


async def _orchestrator(ports: Ports) -> Check:
    settings = ports.settings()
    url, nonce = settings.orchestrator_url, ports.entropy(NONCE_BYTES).hex()
    question = Diagnose(part="orchestrator", ts=ports.now_ms(), nonce=nonce)
    keys = settings.keys.signing(Purpose.TO_ORCHESTRATOR)
    check, _ = await ask(ports.orchestrator, "orchestrator", url, question, keys)
    return check
