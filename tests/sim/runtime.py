"""What stands in for the Workers runtime: the modules of `edge` that call it, and `workers`.

Their functions act for whoever runs now (`Here`): the node whose coroutine the kernel steps, and
its world. Names and signatures are those of `src/edge`.
"""

from types import ModuleType, SimpleNamespace
from typing import Any

from tests.platform.signer import Signer
from tests.platform.verifier import Verifier
from tests.sim.kernel import Gone, Here
from tests.sim.lines import Proxy, simulated_js
from tests.sim.network import Answer, HttpRequest
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
        "pyodide.ffi": _module(
            "pyodide.ffi", JsException=Gone, create_proxy=Proxy, to_js=lambda value: value
        ),
        "js": simulated_js(here),
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
        "edge.convert": _module(
            "edge.convert",
            raw_env=lambda: env,
            unwrap=lambda value: value,
            options=lambda values: values,
            jsnull_to_none=lambda value: value,
        ),
        "edge.isolate": _module("edge.isolate", shared=lambda make: here.node.isolate.shared(make)),
        "edge.kv": _module("edge.kv", KvArchivedJobs=lambda namespace: _Archived(here)),
        "edge.logs": _module("edge.logs", log=lambda record: here.world.log(here.node, record)),
        "edge.http": _module(
            "edge.http",
            HttpPeers=_peers(here),
            read_request=lambda request: request,
            to_response=lambda reply, request_id: reply,
        ),
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


def _peers(here: Here) -> type:
    """Return the class of calls of the node that runs now, from which `edge.host_peers` derives."""

    class HttpPeers:
        def __init__(self, binding: Any = None) -> None:
            pass

        def call(self, method: str, url: str, body: Any, headers: dict[str, str], ms: int) -> Any:
            if url.startswith("socket://"):
                return self._called(method, url, body, headers, ms)
            return here.world.network.call(here.node, method, url, body, headers, ms)

        async def _called(
            self, method: str, url: str, body: Any, headers: dict[str, str], ms: int
        ) -> Answer:
            world, node = here.world, here.node
            host, path = _host_and_path(url)
            request = HttpRequest(method, path, "", body or b"", headers)
            world.oracle.sent(node, host, request)
            world.kernel.trace(node.name, f"calls {host}: {method} {path}")
            init = {"method": method, "headers": headers, "signal": ms}
            if body is not None:
                init["body"] = body.decode()
            try:
                response = await self._fetch(url, init, ms)  # type: ignore[attr-defined]  # Its subclass's.
            except Gone:
                raise world.silent(host) from None
            world.kernel.trace(node.name, f"is answered {response.status} by {host}")
            after = response.headers.get("retry-after")
            wait_s = None if after is None else int(after)
            return Answer(response.status, response.body.decode(), wait_s)

    return HttpPeers


def _host_and_path(url: str) -> tuple[str, str]:
    """Return the id of the host in a `socket://` URL, and the path."""
    place, _, target = url.removeprefix("socket://").partition("/")
    return f"socket:{place.partition('.')[0]}", f"/{target.partition('?')[0]}"


class _Archived:
    def __init__(self, here: Here) -> None:
        self._here = here

    def put(self, job_id: str, document: str) -> Any:
        return self._here.world.bucket.put_text(f"final/{job_id}", document, "", KV_MS)

    def get(self, job_id: str) -> Any:
        return self._here.world.bucket.text(f"final/{job_id}", 1 << 20)
