"""The app's checks for the doctor: its database, the bucket, the orchestrator."""

from pydantic import ValidationError

from app.ports import Ports
from media_jobs import __version__
from media_jobs.diagnosis import PATHS, Check, Diagnose, Diagnosis, proof
from media_jobs.errors import MediaJobsError, UpstreamError
from media_jobs.keys import DEBUG_PREFIX
from media_jobs.signing import signed_headers

PEER_TIMEOUT_MS = 8_000
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
        secrets=len(settings.secrets),
        proof=proof("app", question.nonce, settings.secrets),
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
    url = settings.orchestrator_url
    question = Diagnose(
        part="orchestrator", ts=ports.now_ms(), nonce=ports.entropy(NONCE_BYTES).hex()
    )
    body = question.to_json()
    headers = signed_headers(body, settings.secrets)
    path = PATHS["orchestrator"]
    step, why = "connect", None
    try:
        answer = await ports.orchestrator.call("POST", url + path, body, headers, PEER_TIMEOUT_MS)
        step, why = "unauthorized" if answer.status == 401 else "answer", f"HTTP {answer.status}"
        if answer.status == 200:
            version = Diagnosis.model_validate_json(answer.text).version
            return Check(name="orchestrator", ok=True, facts={"url": url, "version": version})
    except ValidationError:
        why = "the answer is not that of this release"
    except MediaJobsError as error:
        why = error.message
    return Check(name="orchestrator", ok=False, step=step, why=why, facts={"url": url})
