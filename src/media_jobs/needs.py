"""What a job needs of the host that does it, as its ticket says it (`media_jobs.hosts`). Pure."""

from media_jobs.engines import ENGINES
from media_jobs.record import JobRecord

__all__ = ["PIXELS_4K", "needs_of"]

PIXELS_4K = 6_000_000
"""Of a picture from which on it counts as 4K: 3840 x 1600 is film of that width."""


def needs_of(job: JobRecord) -> tuple[str, ...]:
    """Return what a host must have for a job."""
    engine = ENGINES[job.engine]
    kit = () if job.helps is None else (f"kit:{job.helps.plan.kit}",)
    contract = max((slot.contract for slot in engine.inputs if slot.name in job.inputs), default=1)
    newer = (f"contract:{contract}",) if contract > 1 else ()
    is_4k = bool(engine.memory_4k_mib) and (job.source_pixels or 0) >= PIXELS_4K
    larger = (f"memory:{engine.memory_4k_mib}",) if is_4k else ()
    return (*engine.needs(job.options), *kit, *newer, *larger)
