"""The HTTP face of a container (contracts: POST /render, cancel, status, health) and its metrics.

A body is measured before it is read, its signature is checked before it is parsed, and it is parsed
by pydantic alone, which refuses deep nesting. All signature failures look the same from outside;
the reason is in the log.
"""

import asyncio
import logging
import secrets as randomness
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from functools import partial
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from engine_kit import confinement, metrics
from engine_kit.attempts import Attempts, Start
from engine_kit.diagnostics import diagnose
from engine_kit.engine import Answer, DirectAnswer, Program, render_model
from engine_kit.logs import log, under_request
from engine_kit.settings import VERSION, ContainerSettings
from engine_kit.tool_log import LINES_MAX
from media_jobs.diagnosis import PATHS, Check, open_question
from media_jobs.earlier_options import from_earlier
from media_jobs.engines.declaration import CONTRACT
from media_jobs.errors import (
    InvalidInput,
    MediaJobsError,
    NotFound,
    RateLimited,
    SignatureError,
    TooLarge,
    invalid_field,
)
from media_jobs.problems import error_document
from media_jobs.request_id import REQUEST_ID_HEADER, request_id_of
from media_jobs.signing import SIGNATURE_HEADER, check_age, verify, verify_request_line
from media_jobs.validation import field_errors
from media_jobs.wire import CancelRender, RenderRequest, read

__all__ = ["BODY_BYTES_MAX", "application"]

BODY_BYTES_MAX = 1024 * 1024
RETRY_AFTER_S = 10
ANSWERS_AT_ONCE = 2
"""Of what engines answer at once, so that it does not take the processors from the jobs."""
ANSWERS_WAITING_MAX = 6
"""Further callers wait for those; more of them are told to come again."""

# The type of the engine's own options does not matter here.
AnyProgram = Program[Any]
AnyAttempts = Attempts[Any]
Handler = Callable[[Request], Awaitable[Response]]
T = TypeVar("T")
_OBJECT = TypeAdapter(dict[str, object])


class _Envelope(BaseModel):
    """What every signed body may say of itself, read before anything else of it."""

    model_config = ConfigDict(extra="ignore", strict=True)

    type: str | None = None
    ts: int | None = None


def application(
    program: AnyProgram,
    settings: ContainerSettings,
    attempts: AnyAttempts,
    tools: Mapping[str, str],
) -> Starlette:
    """Return the ASGI application of one container."""
    handlers = _Handlers(program, settings, attempts, tools)
    return Starlette(
        routes=[
            Route("/", _answered(handlers.health), methods=["GET"]),
            Route("/health", _answered(handlers.health), methods=["GET"]),
            Route("/metrics", _answered(handlers.metrics), methods=["GET"]),
            Route(PATHS["container"], _answered(handlers.diagnostics), methods=["POST"]),
            Route("/render", _answered(handlers.render), methods=["POST"]),
            Route("/jobs/{job_id}/cancel", _answered(handlers.cancel), methods=["POST"]),
            Route("/jobs/{job_id}", _answered(handlers.status), methods=["GET"]),
            Route("/jobs/{job_id}/log", _answered(handlers.log), methods=["GET"]),
            *(
                Route(path, _answered(partial(handlers.answer, answer)), methods=["POST"])
                for path, answer in program.answers.items()
            ),
        ],
    )


class _Handlers:
    def __init__(
        self,
        program: AnyProgram,
        settings: ContainerSettings,
        attempts: AnyAttempts,
        tools: Mapping[str, str],
    ) -> None:
        self._program = program
        self._engine = program.engine
        self._request_model = render_model(program)
        self._options_model = program.engine.options()
        self._settings = settings
        self._attempts = attempts
        self._tools = dict(tools)
        self._answering = asyncio.Semaphore(ANSWERS_AT_ONCE)
        self._called = 0

    async def health(self, _: Request) -> Response:
        document: dict[str, object] = {
            "ok": True,
            "service": self._engine.name,
            "version": VERSION,
            "contract": CONTRACT,
            "active": self._attempts.active,
            "capacity": self._settings.capacity,
            "draining": self._attempts.stopping,
            "diskFreeBytes": self._attempts.disk_free_bytes(),
            "tools": self._tools,
            "encoders": [one.name for one in self._settings.encoders],
            "gpus": list(self._settings.gpus),
            "region": self._settings.region,
            "costWeight": self._settings.cost_weight,
            "notices": [
                {"code": one.code, "message": one.message} for one in confinement.current().notices
            ],
        }
        if self._settings.memory_bytes is not None:
            document["memoryBytes"] = self._settings.memory_bytes
        if self._attempts.kit:
            document["kit"] = self._attempts.kit
        if self._program.models is not None:
            document["models"] = list(self._program.models())
        if self._attempts.acceptance.is_refused:
            # 200 all the same: the program is well, and a restart would not help it.
            document |= {"ok": False, "error": "reports_refused"}
        return JSONResponse(document)

    async def metrics(self, _: Request) -> Response:
        text = self._attempts.metrics.text(
            active=self._attempts.active,
            capacity=self._settings.capacity,
            disk_free_bytes=self._attempts.disk_free_bytes(),
            tools=self._tools,
        )
        return Response(text, headers={"content-type": metrics.CONTENT_TYPE})

    async def diagnostics(self, request: Request) -> Response:
        body = await _bounded_body(request)
        signature = request.headers.get(SIGNATURE_HEADER)
        secrets = self._settings.secrets
        question = open_question("container", body, signature, secrets, _now_ms())
        facts = {
            "service": self._engine.name,
            "active": self._attempts.active,
            "capacity": self._settings.capacity,
            "tools": self._tools,
            "memoryBytes": self._settings.memory_bytes,
            "gpus": list(self._settings.gpus),
        }
        answer = await diagnose(question, secrets, facts, _now_ms, self._checks)
        return Response(answer.to_json(), media_type="application/json")

    async def _checks(self) -> list[Check]:
        check = self._program.checks
        return [] if check is None else await check(self._attempts.desk)

    async def render(self, request: Request) -> Response:
        body = await self._signed_body(request, "container.render")
        render = read(self._request_model, body)
        if render.engine != self._engine.id:
            raise invalid_field("engine", "field.choice", choices=self._engine.id)
        options = self._options(render)
        self._check_outputs(render, options)
        match self._attempts.start(render, options):
            case Start.STARTED | Start.KNOWN:
                return JSONResponse({"jobId": render.job_id}, status_code=202)
            case Start.SUPERSEDED:
                return JSONResponse({"error": "superseded"}, status_code=409)
            case Start.FULL | Start.STOPPING:
                return JSONResponse(
                    {"error": "full"}, status_code=503, headers={"retry-after": str(RETRY_AFTER_S)}
                )

    async def cancel(self, request: Request) -> Response:
        body = await self._signed_body(request, "container.cancel")
        cancel = read(CancelRender, body)
        if cancel.job_id != request.path_params["job_id"]:
            raise invalid_field("jobId", "field.differs_from_path")
        status = await self._attempts.cancel(cancel.job_id, cancel.attempt)
        if status is None:
            raise NotFound("not_found.job_here")
        return JSONResponse({"ok": True, "status": status})

    async def answer(self, answer: DirectAnswer, request: Request) -> Response:
        body = await self._signed_body(request, answer.type)
        if self._called >= ANSWERS_AT_ONCE + ANSWERS_WAITING_MAX:
            raise RateLimited("preview_busy", retry_after_s=1)
        self._called += 1
        try:
            made = await _unless_gone(request, self._made(answer, body))
        finally:
            self._called -= 1
        return Response(made.content, status_code=made.status, headers=dict(made.headers))

    async def _made(self, answer: DirectAnswer, body: bytes) -> Answer:
        async with self._answering:
            return await answer.make(body, self._attempts.desk)

    async def status(self, request: Request) -> Response:
        self._check_line(request)
        state = self._attempts.state(request.path_params["job_id"])
        if state is None:
            raise NotFound("not_found.job_here")
        return JSONResponse(state)

    async def log(self, request: Request) -> Response:
        self._check_line(request)
        wanted = request.query_params.get("lines", "")
        count = min(int(wanted), LINES_MAX) if wanted.isdecimal() and len(wanted) < 6 else LINES_MAX
        found = self._attempts.log_of(request.path_params["job_id"], max(count, 1))
        if found is None:
            raise NotFound("not_found.job_here")
        return JSONResponse(found)

    def _check_line(self, request: Request) -> None:
        """Check the signature of a request without a body; raises SignatureError."""
        target = request.scope["raw_path"].decode("ascii", "replace")
        if query := request.scope["query_string"].decode("ascii", "replace"):
            target = f"{target}?{query}"
        verify_request_line(
            "GET",
            target,
            request.headers.get(SIGNATURE_HEADER),
            self._settings.secrets,
            self._attempts.acceptance.now_ms(),
            "container",
        )

    async def _signed_body(self, request: Request, kind: str) -> bytes:
        """Return the body of a message of this *kind*, or raise SignatureError or TooLarge."""
        body = await _bounded_body(request)
        verify(body, request.headers.get(SIGNATURE_HEADER), self._settings.secrets)
        envelope = read(_Envelope, body)
        # A sender of the earlier system names neither; a message that does must name the right one.
        if envelope.type is not None and envelope.type != kind:
            raise SignatureError(f"a message of type {envelope.type[:40]!r}")
        if envelope.ts is not None:
            check_age(envelope.ts, self._attempts.acceptance.now_ms())
        return body

    def _options(self, render: RenderRequest) -> BaseModel:
        """Return the options, which may be in the earlier system's words."""
        given, earlier = render.engine_options, self._engine.earlier
        if earlier is not None:
            given = from_earlier(earlier(), given)
        try:
            options: BaseModel = self._options_model.model_validate_json(_OBJECT.dump_json(given))
        except ValidationError as error:
            faults = [
                {**fault, "field": f"engineOptions.{fault['field']}"}
                for fault in field_errors(error)
            ]
            raise InvalidInput("bad_request.options", details={"errors": faults}) from None
        return options

    def _check_outputs(self, render: RenderRequest, options: BaseModel) -> None:
        """Refuse a request without the URL of an output that these options need.

        One that helps needs none: it has to be of this program's own kit.
        """
        if render.helps is not None:
            if render.pieces_url is None or render.helps.kit != self._attempts.kit:
                raise invalid_field("helps.kit", "field.choice", choices=self._attempts.kit)
            return
        needed = self._engine.required_outputs(options.model_dump())
        fields = render.model_dump(by_alias=True)
        for slot in self._engine.outputs:
            if slot.required and slot.name in needed and fields.get(slot.put_field) is None:
                raise invalid_field(slot.put_field, "field.required")


async def _unless_gone(request: Request, work: Coroutine[object, object, T]) -> T:
    """Return the result of *work*, which is canceled when the caller hangs up.

    Raises ClientDisconnect then.
    """
    working = asyncio.create_task(work)
    # The body was read: what comes now is the end of the connection.
    leaving = asyncio.ensure_future(request.receive())
    try:
        await asyncio.wait({working, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise ClientDisconnect
        return working.result()
    finally:
        for task in (working, leaving):
            task.cancel()
        await asyncio.wait({working, leaving})


async def _bounded_body(request: Request) -> bytes:
    """Return the body; one over the limit is refused by its announced length, before reading."""
    announced = request.headers.get("content-length", "0")
    if not announced.isdecimal() or int(announced) > BODY_BYTES_MAX:
        raise TooLarge("body_too_large", most=BODY_BYTES_MAX)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_BYTES_MAX:
            raise TooLarge("body_too_large", most=BODY_BYTES_MAX)
    return bytes(body)


def _answered(handler: Handler) -> Handler:
    """Answer our own errors by their status; the other of the two places that catch everything."""

    async def answer(request: Request) -> Response:
        request_id = request_id_of(request.headers.get, lambda: randomness.token_hex(16))
        with under_request(request_id):
            try:
                response = await handler(request)
            except MediaJobsError as error:
                response = _refusal(error, request)
            except ClientDisconnect:
                response = Response(status_code=400)
            except Exception:
                log("crashed", logging.ERROR, **_named(request))
                response = JSONResponse({"error": "internal_error"}, status_code=500)
        response.headers[REQUEST_ID_HEADER] = request_id
        return response

    return answer


def _named(request: Request) -> dict[str, object]:
    """Return what names *request* in a log line, the job in its path included."""
    return {
        "method": request.method,
        "path": request.url.path,
        "jobId": request.path_params.get("job_id"),
    }


def _refusal(error: MediaJobsError, request: Request) -> Response:
    headers = {}
    why: object = None
    if isinstance(error, SignatureError):
        why = error.reason
    elif isinstance(error, InvalidInput):
        why = error.details.get("errors", [])
    if why is not None:
        named = _named(request)
        log("refused", logging.WARNING, **named, httpStatus=error.status, code=error.code, why=why)
    if isinstance(error, RateLimited):
        headers["retry-after"] = str(error.retry_after_s)
    if isinstance(error, TooLarge):
        # What was not read can't be skipped: the connection ends with the answer.
        headers["connection"] = "close"
    return JSONResponse(error_document(error), status_code=error.status, headers=headers)


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
