"""How the parts are, as the app sees them."""

from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ValidationError

from app.ports import Ports
from media_jobs import __version__
from media_jobs.errors import UpstreamError
from media_jobs.keyring import Purpose
from media_jobs.request_id import request_id_header
from media_jobs.said import Said, said, said_by
from media_jobs.signing import SIGNATURE_HEADER, sign_request_line

TIMEOUT_MS = 20_000


class _Answer(BaseModel):
    version: str
    containers: list[dict[str, Any]]  # Any: shown as they are.


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedHealth:
    """What the orchestrator reports on itself and the containers; *error*: why it does not."""

    version: str | None = None
    error: Said | None = None
    containers: list[dict[str, Any]] = field(default_factory=list)  # Any: as in `_Answer`.


async def health(ports: Ports) -> dict[str, object]:
    """Return versions of both Workers, and each container's health; `ok` false with an `error`."""
    found = await ask_health(ports)
    return {
        "app": {"version": __version__},
        "orchestrator": {
            "ok": found.error is None,
            "version": found.version,
            "error": found.error.text if found.error else None,
            **(found.error.keys if found.error else {}),
        },
        "containers": found.containers,
    }


async def ask_health(ports: Ports) -> ReportedHealth:
    """Ask the orchestrator for its health and the containers'; never raises for what is down."""
    settings = ports.settings()
    target = f"/containers?ts={ports.now_ms()}"
    signature = sign_request_line("GET", target, settings.keys.signing(Purpose.TO_ORCHESTRATOR))
    headers = {SIGNATURE_HEADER: signature, **request_id_header(ports.request_id)}
    url = settings.orchestrator_url + target
    try:
        answer = await ports.orchestrator.call("GET", url, None, headers, TIMEOUT_MS)
        if answer.status == 200:
            found = _Answer.model_validate_json(answer.text)
            return ReportedHealth(version=found.version, containers=found.containers)
    except UpstreamError as error:
        return ReportedHealth(error=said_by(error))
    except ValidationError:
        return ReportedHealth(error=said("down.not_the_orchestrator"))
    if answer.status == 401:
        return ReportedHealth(error=said("down.signature"))
    return ReportedHealth(error=said("down.status", status=answer.status))
