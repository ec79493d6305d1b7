"""The app's routes, and who may call them."""

from app.access.auth import SAFE, authenticate, check_origin
from app.api.reference import reference_route
from app.ports import Ports
from app.web.call import Call, OpenCall
from app.web.caller import Access
from media_jobs.errors import MediaJobsError, SignatureError
from media_jobs.http import Reply, Request
from media_jobs.later import Later
from media_jobs.problems import problem_reply
from media_jobs.routing import Incoming, Router, Rows


async def answer(request: Request, ports: Ports) -> Reply:
    """Answer *request* by its route."""
    return await ROUTER.answer(request, ports)


async def _admit(incoming: Incoming[Access], ports: Ports) -> OpenCall:
    """Check the caller against the route; raises MediaJobsError of every kind."""
    wanted, request = incoming.route.access, incoming.request
    if wanted is Access.SIGNED:
        await incoming.open_signed("app", ports.settings().keys, ports.now_ms())
    elif wanted is Access.OPEN:
        # What anybody may do, no page of another origin makes a browser do.
        if request.method not in SAFE and request.header("origin") is not None:
            check_origin(request)
    else:
        caller = await authenticate(request, wanted, ports)
        ports.rates.admit(caller.token.token_hash, ports.now_ms())
        ports.settings()  # A missing one is named before anything is written.
        return Call(incoming, ports.under(request.request_id, caller.sees), caller)
    return OpenCall(incoming, ports.under(request.request_id))


def _refuse(error: MediaJobsError, request: Request, ports: Ports) -> Reply:
    ports = ports.under(request.request_id)
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
    return problem_reply(error, ports.request_id)


def _rows(module: str) -> Rows[Access]:
    return Later(module, "ROUTES")


ROUTER: Router[Access, Ports] = Router(
    (reference_route(lambda: ROUTER.routes),),
    _admit,
    _refuse,
    later={
        _rows("app.status.routes"): (
            "/healthz",
            "/api/diagnostics",
            "/api/usage",
            "/api/health",
            "/api/status",
        ),
        _rows("app.people.routes"): (
            "/api/session",
            "/api/members",
            "/api/invitations",
            "/api/workspaces",
        ),
        _rows("app.passkeys.routes"): ("/api/invitations", "/api/sign-in", "/api/passkeys"),
        _rows("app.oidc.routes"): ("/api/sign-in", "/api/identities"),
        _rows("app.access.routes"): ("/api/tokens", "/api/presets"),
        _rows("app.media.library_routes"): ("/api/media", "/api/tags"),
        _rows("app.media.routes"): ("/api/media", "/api/subtitles", "/api/orphans"),
        _rows("app.media.input_routes"): ("/api/uploads", "/api/media"),
        _rows("app.jobs.routes"): (
            "/api/render",
            "/api/engines",
            "/api/jobs",
            "/.well-known/receipt-keys.json",
        ),
        _rows("app.recipes.routes"): ("/api/recipes", "/api/runs"),
        _rows("app.subscriptions.routes"): ("/api/subscriptions",),
        _rows("app.translation.routes"): ("/api/glossary", "/api/memory"),
        _rows("app.live.routes"): ("/api/live",),
        _rows("app.webhooks.routes"): ("/api/webhooks",),
    },
)
