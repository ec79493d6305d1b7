"""The signed questions by which the doctor (ops/doctor) finds what is wrong between the parts.

A question names the part it is for, so that no other part accepts it. The answer carries a proof:
the HMAC of the question's nonce and the part's name under the part's own first secret. It shows
which secret the part signs with to whoever has that secret, and tells nobody else anything.
"""

from typing import Annotated, Literal

from pydantic import Field, ValidationError

from media_jobs.errors import SignatureError, UpstreamError
from media_jobs.opening import open_signed
from media_jobs.ports import Peers
from media_jobs.signing import sign, signed_headers, verify
from media_jobs.wire import Foreign, Message, Milliseconds, Nonce

__all__ = [
    "PATHS",
    "PEER_TIMEOUT_MS",
    "Check",
    "Diagnose",
    "Diagnosis",
    "Part",
    "ask",
    "open_question",
    "proof",
    "proves",
]

Part = Literal["app", "orchestrator", "container"]
PATHS: dict[Part, str] = {
    "app": "/api/diagnostics",
    "orchestrator": "/diagnostics",
    "container": "/diagnostics",
}
PEER_TIMEOUT_MS = 8_000
_Url = Annotated[str, Field(max_length=4096, pattern=r"^https?://\S+\z")]


class Diagnose(Message):
    """The question. *deep*: the part also tries what it works with, and asks its neighbours.

    A container tries the two URLs: it posts an empty signed report to *callback_url* and gets
    *object_url*.
    """

    type: Literal["diagnose"] = "diagnose"
    part: Part
    deep: bool = False
    callback_url: _Url | None = None
    object_url: _Url | None = None
    ts: Milliseconds
    nonce: Nonce


class Check(Foreign):
    """One thing that was tried. *step* and *why* say where and how it failed; never a secret."""

    name: Annotated[str, Field(max_length=300)]
    ok: bool
    step: Annotated[str, Field(max_length=64)] | None = None
    why: Annotated[str, Field(max_length=500)] | None = None
    facts: dict[str, object] = Field(default_factory=dict)


class Diagnosis(Foreign):
    """A part's answer. *secrets* is how many secrets it accepts, *now_ms* its clock (Unix, ms)."""

    part: Part
    version: Annotated[str, Field(max_length=64)]
    now_ms: Milliseconds
    secrets: int
    proof: Annotated[str, Field(max_length=64)]
    facts: dict[str, object] = Field(default_factory=dict)
    checks: list[Check] = Field(default_factory=list)


def open_question(
    part: Part, body: bytes, signature: str | None, secrets: tuple[str, ...], now_ms: int
) -> Diagnose:
    """Return the question in *body* if it was signed for *part* in the last minutes.

    Raises SignatureError, and InvalidInput for a body that its author got wrong.
    """
    question = open_signed(Diagnose, body, signature, secrets, now_ms)
    if question.part != part:
        raise SignatureError(f"a question for the {question.part}")
    return question


async def ask(
    peers: Peers, name: str, base: str, question: Diagnose, secrets: tuple[str, ...]
) -> tuple[Check, Diagnosis | None]:
    """Ask the part at *base*; return how that went, as the check *name*, and the answer.

    The check's step is `connect`, `unauthorized` or `answer`.
    """
    url, body = base + PATHS[question.part], question.to_json()
    answer, step, why = None, "connect", None
    try:
        got = await peers.call("POST", url, body, signed_headers(body, secrets), PEER_TIMEOUT_MS)
        step, why = "unauthorized" if got.status == 401 else "answer", f"HTTP {got.status}"
        answer = Diagnosis.model_validate_json(got.text) if got.status == 200 else None
    except UpstreamError as error:
        why = error.message
    except ValidationError:
        why = "the answer is not that of this release"
    if answer is None:
        return Check(name=name, ok=False, step=step, why=why, facts={"url": base}), None
    return Check(name=name, ok=True, facts={"url": base, "version": answer.version}), answer


def proof(part: Part, nonce: str, secrets: tuple[str, ...]) -> str:
    """Return what shows that *part* signs with the first of *secrets*."""
    return sign(f"diagnosis {part} {nonce}".encode(), secrets)


def proves(diagnosis: Diagnosis, nonce: str, secrets: tuple[str, ...]) -> bool:
    """Return whether the part that answered signs with one of *secrets*."""
    try:
        verify(f"diagnosis {diagnosis.part} {nonce}".encode(), diagnosis.proof, secrets)
    except SignatureError:
        return False
    return True
