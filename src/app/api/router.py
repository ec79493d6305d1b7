"""Answers a request: finds its route, admits its caller, runs its handler."""

from app.access import routes as access
from app.access.auth import authenticate
from app.api import reference
from app.jobs import peer_routes as peers
from app.jobs import routes as jobs
from app.live import routes as live
from app.media import input_routes as inputs
from app.media import routes as media
from app.media import storage_routes as storage
from app.ports import Ports
from app.status import routes as status
from app.web.call import Call
from app.web.caller import ANY, SCOPES
from app.web.problems import problem_document
from app.webhooks import routes as webhooks
from media_jobs.errors import MediaJobsError, NotFound, RateLimited, SignatureError
from media_jobs.routing import Match, Reply, Request, Route, Router, json_reply

ROUTER: Router[Call] = Router(
    Route(method=method, pattern=pattern, handler=handler, access=access)
    for method, pattern, access, handler in (
        *peers.ROWS,
        *status.ROWS,
        *access.ROWS,
        *media.ROWS,
        *inputs.ROWS,
        *jobs.ROWS,
        *live.ROWS,
        *storage.ROWS,
        *webhooks.ROWS,
        *reference.ROWS,
    )
)


class MethodNotAllowed(MediaJobsError):
    """The path is known, and not by this method."""

    status = 405
    default_code = "method_not_allowed"


def problem(error: MediaJobsError, request_id: str = "") -> Reply:
    """Return the reply to what was refused."""
    headers = {"content-type": "application/problem+json"}
    if error.status == 401 and not isinstance(error, SignatureError):
        headers["www-authenticate"] = "Bearer"
    if isinstance(error, RateLimited):
        headers["retry-after"] = str(error.retry_after_s)
    return json_reply(problem_document(error, request_id), error.status, headers)


_GUARDS = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
"""What every answer says that does not say otherwise: nobody keeps it, nobody guesses its type."""


async def answer(request: Request, ports: Ports) -> Reply:
    """Answer *request*: find its route, admit its caller, run its handler."""
    reply = await _answer(request, ports)
    if reply.status == 101:
        return reply
    return Reply(status=reply.status, body=reply.body, headers={**_GUARDS, **reply.headers})


async def _answer(request: Request, ports: Ports) -> Reply:
    try:
        found = ROUTER.find(request.method, request.path)
        if not isinstance(found, Match):
            if not found:
                raise NotFound("There is nothing here.")
            allowed = ", ".join(sorted(found))
            refused = MethodNotAllowed(f"This path answers to {allowed}.")
            reply = problem(refused, ports.request_id)
            headers = {**reply.headers, "allow": allowed}
            return Reply(status=reply.status, body=reply.body, headers=headers)
        caller = None
        if found.route.access in (*SCOPES, ANY):
            caller = await authenticate(request, found.route.access, ports)
            ports.rates.admit(caller.token_hash, ports.now_ms())
            ports.settings()  # A missing one is named before anything is written.
        call = Call(ports=ports, caller=caller)
        return await found.route.handler(call, request, found.values)
    except MediaJobsError as error:
        if error.status == 401 or error.status >= 500:
            ports.log(
                {
                    "event": "refused",
                    "method": request.method,
                    "path": request.path,
                    "httpStatus": error.status,
                    "code": error.code,
                    "why": error.reason if isinstance(error, SignatureError) else error.message,
                }
            )
        return problem(error, ports.request_id)
