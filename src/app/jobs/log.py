"""What the tools of a running job say, while they say it."""

from pydantic import BaseModel, ValidationError

from app.orchestrator import new_nonce, post_signed
from app.ports import Ports
from app.rows import JobRow
from media_jobs.engines import ENGINES
from media_jobs.errors import UpstreamError
from media_jobs.status import WAITING, Status
from media_jobs.tool_logs import ReadLog


class _Told(BaseModel):
    lines: list[str] = []
    known: bool = False
    supported: bool = False


async def read_log(job: JobRow, lines: int, ports: Ports) -> dict[str, object]:
    """Return the last *lines* of a job's tools, and why there are none, if so.

    They are what its container has: nothing is stored, and a job that failed has its tool's last
    lines in its error. Raises UpstreamError when the container can't be asked.
    """
    if job.ended:
        return _document(job, [], "ended")
    if job.status in (WAITING, Status.QUEUED) or job.engine not in ENGINES:
        return _document(job, [], "not_begun")
    message = ReadLog(
        type="job.log",
        job_id=job.job_id,
        engine=job.engine,
        lines=lines,
        ts=ports.now_ms(),
        nonce=new_nonce(ports),
    )
    answer = await post_signed(f"/jobs/{job.job_id}/log", message, ports)
    if answer.status == 404:
        return _document(job, [], "not_supported")
    if answer.status != 200:
        raise UpstreamError(
            "upstream_failed.status", part="part.orchestrator", status=answer.status
        )
    try:
        told = _Told.model_validate_json(answer.text)
    except ValidationError:
        told = _Told()
    if not told.supported:
        return _document(job, [], "not_supported")
    return _document(job, told.lines, None if told.known else "not_begun")


def _document(job: JobRow, lines: list[str], missing: str | None) -> dict[str, object]:
    return {"jobId": job.job_id, "attempt": job.attempt, "lines": lines, "missing": missing}
