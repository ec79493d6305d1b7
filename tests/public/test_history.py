"""A job's history on the page: in its language, by attempt."""

import json
from typing import Any

import pytest

from tests.public.javascript import PUBLIC, evaluate

pytestmark = pytest.mark.programs


I18N = json.dumps((PUBLIC / "js/i18n.js").as_uri())
MELTED = {"code": "melted", "message": "It has melted."}
LEASE = {"code": "lease_expired", "message": "No report."}


def step(cause: str, status: str = "queued", **more: Any) -> dict[str, Any]:
    said = {"messageKey": "history.again", "text": "As said there."}
    return {"cause": cause, "status": status, "attempt": 1, **said, **more}


def sentences(language: str, *steps: dict[str, Any]) -> list[str]:
    expression = f"""await (async () => {{
      globalThis.document = {{ documentElement: {{}} }};
      const {{ setLanguage, useServerWords }} = await import({I18N});
      await setLanguage("{language}");
      await useServerWords();
      return {json.dumps(steps)}.map(m.sentence);
    }})()"""
    told: list[str] = evaluate("history.js", expression)
    return told


@pytest.mark.parametrize(
    ("language", "ended"),
    [
        ("en", "Attempt 1 ended: No report (lease_expired)."),
        ("zh", "第 1 次尝试已结束：容器停止了汇报 (lease_expired)。"),
    ],
)
def test_why_an_attempt_ended_is_said_in_the_language_of_the_page(
    language: str, ended: str
) -> None:
    (told,) = sentences(language, step("lease_expired", error=LEASE))

    assert told.startswith(ended)


def test_a_step_that_the_page_does_not_know_is_told_in_the_words_of_the_server() -> None:
    newer = step("gone_to_the_moon", "running", messageKey="history.gone_to_the_moon")

    assert sentences("zh", newer) == ["As said there."]


def test_a_reason_that_the_page_does_not_know_is_told_in_the_words_of_the_container() -> None:
    failed = step("melted", "failed", messageKey="history.failed", error=MELTED)

    assert sentences("zh", failed) == ["第 1 次尝试已结束：It has melted (melted)。任务失败。"]


def test_steps_stand_with_their_attempt_in_order() -> None:
    steps = [{"attempt": attempt, "n": n} for n, attempt in enumerate((0, 1, 1, 2))]

    groups = evaluate("history.js", f"m.byAttempt({json.dumps(steps)})")

    assert [(g["attempt"], [s["n"] for s in g["steps"]]) for g in groups] == [
        (0, [0]),
        (1, [1, 2]),
        (2, [3]),
    ]
