"""The app's routes, and who may call them."""

from app.access import routes as access
from app.access.auth import SAFE, authenticate, check_origin
from app.api.reference import reference_route
from app.jobs import routes as jobs
from app.live import routes as live
from app.media import input_routes as inputs
from app.media import library_routes as library
from app.media import routes as media
from app.oidc import routes as oidc
from app.passkeys import routes as passkeys
from app.people import routes as people
from app.ports import Ports
from app.recipes import routes as recipes
from app.status import routes as status
from app.subscriptions import routes as subscriptions
from app.translation import routes as translation
from app.web.call import Call, OpenCall
from app.web.caller import Access
from app.webhooks import routes as webhooks
from media_jobs.errors import MediaJobsError, SignatureError
from media_jobs.http import Reply, Request
from media_jobs.problems import problem_reply
from media_jobs.routing import Incoming, Router


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


ROUTER: Router[Access, Ports] = Router(
    (
        *status.ROUTES,
        *people.ROUTES,
        *passkeys.ROUTES,
        *oidc.ROUTES,
        *access.ROUTES,
        *library.ROUTES,
        *media.ROUTES,
        *inputs.ROUTES,
        *jobs.ROUTES,
        *recipes.ROUTES,
        *subscriptions.ROUTES,
        *translation.ROUTES,
        *live.ROUTES,
        *webhooks.ROUTES,
        reference_route(lambda: ROUTER.routes),
    ),
    _admit,
    _refuse,
)
