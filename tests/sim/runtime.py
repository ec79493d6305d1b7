"""What stands in for the Workers runtime: the modules of `edge` that call it, and `workers`.

Their functions act for whoever runs now (`Here`): the node whose coroutine the kernel steps, and
its world. Names and signatures are those of `src/edge`.
"""

from types import ModuleType, SimpleNamespace
from typing import Any

from tests.platform.signer import Signer
from tests.platform.verifier import Verifier
from tests.sim.kernel import Gone, Here
from tests.sim.storage import Timer

SETTINGS = {
    "JOB_CALLBACK_HMAC_SECRET": "simulated-secret",
    "APP_BASE_URL": "http://app.sim",
    "ORCHESTRATOR_BASE_URL_CONTAINER": "http://orchestrator.sim",
    "CF_ORCHESTRATOR_URL": "http://orchestrator.sim",
    "CONTAINER_BASE_URL": "http://burner.sim",
    "CONTAINER_BASE_URL_REMOTION": "http://remotion.sim",
    "CONTAINER_BASE_URL_DOWNLOADER": "http://downloader.sim",
    "CONTAINER_BASE_URL_TRANSCRIBER": "http://transcriber.sim",
    "S3_ENDPOINT": "http://bucket.sim",
    "S3_INTERNAL_ENDPOINT": "http://bucket.sim",
    "S3_BUCKET_NAME": "vidgen-render",
    "S3_REGION": "auto",
    "S3_STYLE": "path",
    "S3_ACCESS_KEY_ID": "access-key-id",
    "S3_SECRET_ACCESS_KEY": "secret-access-key",
    "PUT_EXPIRES": "3600",
    "JOB_TTL_SECONDS": "4500",
}

KV_MS = 200
"""A write to KV takes its time, in which others get in."""


class Env:
    """The bindings. Settings, Durable Object namespaces and storage are the present world's."""

    def __init__(self, here: Here) -> None:
        self._here = here

    def __getattr__(self, name: str) -> Any:
        if name in SETTINGS:
            return self._here.world.setting(self._here.node, name)
        return self._here.world.binding(name)


def simulated_modules(here: Here, loaded: dict[str, ModuleType]) -> dict[str, ModuleType]:
    """Return the simulated modules by name; *loaded* has the shipped core."""
    env = Env(here)
    return {
        "pyodide": _module("pyodide", __path__=[]),
        "pyodide.ffi": _module("pyodide.ffi", JsException=Gone),
        "workers": _module(
            "workers", WorkerEntrypoint=_WorkerEntrypoint, DurableObject=_DurableObject
        ),
        "edge.background": _module("edge.background", Background=lambda ctx: ctx.later),
        "edge.clock": _module(
            "edge.clock",
            now_ms=lambda: here.node.now_ms(),
            token=lambda: here.world.token(),
            entropy=lambda size: here.world.entropy(size),
        ),
        "edge.convert": _module("edge.convert", raw_env=lambda: env),
        "edge.isolate": _module("edge.isolate", shared=lambda make: here.node.isolate.shared(make)),
        "edge.kv": _module("edge.kv", KvArchivedJobs=lambda namespace: _Archived(here)),
        "edge.logs": _module("edge.logs", log=lambda record: here.world.log(here.node, record)),
        "edge.http": _module(
            "edge.http",
            HttpPeers=lambda binding=None: _Peers(here),
            read_request=lambda request: request,
            to_response=lambda reply, request_id: reply,
        ),
        "edge.host_peers": _module(
            "edge.host_peers",
            HostPeers=lambda dispatchers: _Peers(here),
            HostDoor=lambda dispatchers: None,
        ),
        "edge.host_sockets": _module("edge.host_sockets", HostSockets=_NoSockets),
        "edge.ed25519": _module("edge.ed25519", SubtleSigner=Signer),
        "edge.hub": _module(
            "edge.hub", HubSockets=object, HubStub=lambda namespace, later=None: _Hub(here)
        ),
        "edge.verifier": _module("edge.verifier", SubtleVerifier=Verifier),
        "edge.webhooks": _module("edge.webhooks", SenderName=object, SenderStubs=_Senders),
        "edge.r2": _module("edge.r2", R2Objects=lambda bucket: here.world.bucket),
        "edge.d1": _module("edge.d1", D1Database=lambda binding: here.world.database),
        "edge.alarm": _module("edge.alarm", ObjectTimer=Timer),
        "edge.storage": _module("edge.storage", SqlJobStore=lambda ctx: ctx.job_store()),
        "edge.ticket_storage": _module(
            "edge.ticket_storage", SqlTicketStore=lambda ctx: ctx.ticket_store()
        ),
    }


def _module(name: str, **members: Any) -> ModuleType:
    module = ModuleType(name)
    module.__dict__.update(members)
    return module


class _WorkerEntrypoint:
    """A Worker whose requests leave nothing to do behind their answer: see `_Hub`, `_Senders`."""

    ctx = SimpleNamespace(waitUntil=None)


class _DurableObject:
    def __init__(self, ctx: Any, env: Any) -> None:
        self.ctx = ctx


class _NoSockets:
    """No host connects outward."""

    names: tuple[str, ...] = ()

    def __init__(self, ctx: Any) -> None:
        pass


class _Hub:
    """Somebody looks at some jobs, of which the orchestrator is told as the hub's object does."""

    def __init__(self, here: Here) -> None:
        self._here = here

    def publish(self, change: str) -> None:
        self._here.world.viewers.look(change)

    async def publish_now(self, change: str) -> None:
        self._here.world.viewers.look(change)

    async def show(self, change: str) -> int:
        return int(self._here.world.viewers.are_shown(change))

    def tell_media(self, media_id: str) -> None:
        pass

    async def tell_media_now(self, media_id: str) -> None:
        pass


class _Senders:
    """No endpoint is told: no promise rests on webhooks."""

    def __init__(self, namespace: Any, later: Any = None) -> None:
        pass

    def wake(self, webhook_id: str) -> None:
        pass

    async def call(self, webhook_id: str) -> None:
        pass


class _Peers:
    """Calls of the node that runs now."""

    def __init__(self, here: Here) -> None:
        self._here = here

    def call(self, method: str, url: str, body: Any, headers: dict[str, str], ms: int) -> Any:
        here = self._here
        return here.world.network.call(here.node, method, url, body, headers, ms)


class _Archived:
    def __init__(self, here: Here) -> None:
        self._here = here

    def put(self, job_id: str, document: str) -> Any:
        return self._here.world.bucket.put_text(f"final/{job_id}", document, "", KV_MS)

    def get(self, job_id: str) -> Any:
        return self._here.world.bucket.text(f"final/{job_id}", 1 << 20)
