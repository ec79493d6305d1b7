"""Asks the parts the signed questions of `media_jobs.diagnosis`, over plain HTTP."""

from __future__ import annotations

import email.utils
import json
import secrets as randomness
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

import httpx
from pydantic import ValidationError

from media_jobs.diagnosis import PATHS, Diagnose, Diagnosis, Part, proves
from media_jobs.signing import signed_headers

TIMEOUT_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PartAnswer:
    """How a part took a question. *status* is 0 when nothing answered; *why* then says why.

    *skew_s* is its clock less ours; None when nothing shows it. *own* says whether it signs with a
    secret of ours. *key*: which of the keys that were tried it accepted. *setting* names the one
    that it lacks.
    """

    status: int
    why: str = ""
    skew_s: float | None = None
    diagnosis: Diagnosis | None = None
    own: bool = False
    key: int = 0
    setting: str | None = None


def ask(
    http: httpx.Client,
    part: Part,
    base_url: str,
    tries: Sequence[tuple[str, ...]],
    *,
    deep: bool = False,
) -> PartAnswer:
    """Ask *part* at *base_url*, signed with the first of each key in *tries* until one is taken."""
    answer = PartAnswer(status=0)
    for number, secrets in enumerate(tries):
        answer = _ask(http, part, base_url, secrets, tuple(chain(*tries)), deep=deep)
        if answer.status != 401:
            return replace(answer, key=number)
    return answer


def _ask(
    http: httpx.Client,
    part: Part,
    base_url: str,
    secrets: tuple[str, ...],
    known: tuple[str, ...],
    *,
    deep: bool,
) -> PartAnswer:
    began = time.time()
    question = Diagnose(part=part, deep=deep, ts=int(began * 1000), nonce=randomness.token_hex(16))
    body = question.to_json()
    headers = signed_headers(body, secrets)
    url = base_url.rstrip("/") + PATHS[part]
    try:
        answer = http.post(url, content=body, headers=headers, timeout=TIMEOUT_S)
    except httpx.HTTPError as error:
        return PartAnswer(status=0, why=type(error).__name__)
    if answer.status_code != 200:
        return PartAnswer(
            status=answer.status_code,
            why=f"HTTP {answer.status_code}",
            skew_s=_skew_of_date(answer, began),
            setting=_setting(answer),
        )
    try:
        diagnosis = Diagnosis.model_validate_json(answer.content)
    except ValidationError:
        return PartAnswer(status=200, why="another kind of answer")
    middle_ms = (began + time.time()) * 500
    # A deep question takes its time; only a quick answer shows the clock well.
    return PartAnswer(
        status=200,
        skew_s=(diagnosis.now_ms - middle_ms) / 1000,
        diagnosis=diagnosis,
        own=proves(diagnosis, question.nonce, known),
    )


def _skew_of_date(answer: httpx.Response, now_s: float) -> float | None:
    try:
        return email.utils.parsedate_to_datetime(answer.headers["date"]).timestamp() - now_s
    except (KeyError, ValueError):
        return None


def _setting(answer: httpx.Response) -> str | None:
    try:
        document: Any = json.loads(answer.content)
        found = document.get("setting") or document.get("details", {}).get("setting")
    except (ValueError, AttributeError):
        return None
    return found if isinstance(found, str) else None
