"""A job's history on the page: in its language, by attempt."""

import json
from typing import Any

import pytest

from tests.public.javascript import PUBLIC, evaluate

pytestmark = pytest.mark.programs


I18N = json.dumps((PUBLIC / "js/i18n.js").as_uri())
NETWORK = {"code": "download_network", "message": "The site did not answer."}
LEASE = {"code": "lease_expired", "message": "No report."}


def step(cause: str, status: str = "queued", **more: Any) -> dict[str, Any]:
    return {"cause": cause, "status": status, "attempt": 1, "text": "As said there.", **more}


def sentences(language: str, *steps: dict[str, Any]) -> list[str]:
    expression = f"""await (async () => {{
      globalThis.document = {{ documentElement: {{}} }};
      await (await import({I18N})).setLanguage("{language}");
      return {json.dumps(steps)}.map(m.sentence);
    }})()"""
    told: list[str] = evaluate("history.js", expression)
    return told


@pytest.mark.parametrize(
    ("language", "ended"),
    [
        ("en", "It ended: the container was not heard of any more (lease_expired)."),
        ("zh", "已结束：容器失去联系 (lease_expired)。"),
    ],
)
def test_why_an_attempt_ended_is_said_in_the_language_of_the_page(
    language: str, ended: str
) -> None:
    (told,) = sentences(language, step("lease_expired", error=LEASE))

    assert told.startswith(ended)


def test_a_reason_without_words_of_the_page_is_told_in_those_of_the_server() -> None:
    failed = step("download_network", "failed", error=NETWORK)

    assert sentences("en", failed, step("gone_to_the_moon", "running")) == [
        "It ended: The site did not answer (download_network). The job has failed.",
        "As said there.",
    ]


def test_steps_stand_with_their_attempt_in_order() -> None:
    steps = [{"attempt": attempt, "n": n} for n, attempt in enumerate((0, 1, 1, 2))]

    groups = evaluate("history.js", f"m.byAttempt({json.dumps(steps)})")

    assert [(g["attempt"], [s["n"] for s in g["steps"]]) for g in groups] == [
        (0, [0]),
        (1, [1, 2]),
        (2, [3]),
    ]
