"""How the parts are, as the app sees them."""

from typing import Any

from pydantic import BaseModel, ValidationError

from app.ports import Ports
from media_jobs import __version__
from media_jobs.errors import UpstreamError
from media_jobs.request_id import request_id_header
from media_jobs.signing import SIGNATURE_HEADER, sign_request_line

__all__ = ["health"]

TIMEOUT_MS = 20_000


class _Answer(BaseModel):
    version: str
    containers: list[dict[str, Any]]  # Any: shown as they are.


async def health(ports: Ports) -> dict[str, object]:
    """Return versions of both Workers, and each container's health; `ok` false with an `error`."""
    containers: list[dict[str, Any]] = []
    orchestrator: dict[str, object] = {"ok": False, "version": None}
    settings = ports.settings()
    target = f"/containers?ts={ports.now_ms()}"
    signature = sign_request_line("GET", target, settings.secrets)
    headers = {SIGNATURE_HEADER: signature, **request_id_header(ports.request_id)}
    url = settings.orchestrator_url + target
    try:
        answer = await ports.orchestrator.call("GET", url, None, headers, TIMEOUT_MS)
        if answer.status == 200:
            found = _Answer.model_validate_json(answer.text)
            orchestrator = {"ok": True, "version": found.version, "error": None}
            containers = found.containers
        elif answer.status == 401:
            orchestrator["error"] = "It refuses the signature: its secret differs from the app's."
        else:
            orchestrator["error"] = f"HTTP {answer.status}"
    except UpstreamError as error:
        orchestrator["error"] = str(error)
    except ValidationError:
        orchestrator["error"] = "The answer is not that of the orchestrator."
    return {
        "app": {"version": __version__},
        "orchestrator": orchestrator,
        "containers": containers,
    }
