"""What somebody without a good token can make the app do: next to nothing."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from app.api.router import ROUTER
from app.rates import STRANGERS_BURST, STRANGERS_PER_SECOND
from media_jobs.tokens import new_token
from tests.app.stage import ADMIN, Stage, signed

HERE, ELSEWHERE = {"cf-connecting-ip": "203.0.113.7"}, {"cf-connecting-ip": "203.0.113.8"}
NOBODY = [
    {},
    {"authorization": "Bearer "},
    {"authorization": "Bearer vg_" + "0" * 70},
    {"authorization": "Basic YWRtaW46YWRtaW4="},
    {"cookie": "__Host-session=abc.9999999999." + "0" * 64},
    {"x-signature": "0" * 64},
    {"upgrade": "websocket", "origin": "https://jobs.test"},
]


class Untouched:
    """A port that fails the test when anything is asked of it."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"{name} was asked for")


@contextmanager
def statements_of(stage: Stage) -> Iterator[list[str]]:
    """Collect what the database is asked meanwhile."""
    asked: list[str] = []
    stage.database.sqlite.set_trace_callback(asked.append)
    yield asked
    stage.database.sqlite.set_trace_callback(None)


def without_ports(stage: Stage, *names: str) -> None:
    for name in names:
        setattr(stage.ports, name, Untouched())


@pytest.mark.parametrize("headers", NOBODY, ids=lambda headers: ",".join(headers) or "nothing")
def test_a_stranger_s_request_reaches_no_object_no_bucket_no_database(
    stage: Stage, headers: dict[str, str]
) -> None:
    # The keys of receipts are read once a minute, whoever asks.
    open_to_all = {"/healthz", "/.well-known/receipt-keys.json"}
    open_to_all |= {"/api/sign-in", "/api/sign-in/options"}
    stage.send("GET", "/.well-known/receipt-keys.json", token=None)
    without_ports(stage, "hub", "senders", "orchestrator", "objects")

    with statements_of(stage) as asked:
        for route in ROUTER.routes:
            target = re.sub(r"{(\w+)}", r"\1_1", route.pattern)
            answered = stage.send(route.method, target, {}, token=None, headers=headers)
            refused = (404, 303, 403) if "oidc" in target else (401, 403, 400)
            assert answered.status in ((200,) if target in open_to_all else refused), target

    assert asked == []


@pytest.mark.parametrize("path", ["/api/session", "/api/jobs"])
def test_garbage_in_the_form_of_a_token_is_refused_without_the_database(
    stage: Stage, path: str
) -> None:
    good = new_token(b"e" * 32)
    stage.add_token(good, "read")

    def status_of(token: str) -> int:
        if path == "/api/session":
            return stage.send("POST", path, {"token": token}, token=None).status
        return stage.send("GET", path, token=token).status

    with statements_of(stage) as asked:
        garbage = [good[:-1], good + "0", good[:-2] + "00", good[:9] + "00" + good[11:], "vg_"]
        assert [status_of(token) for token in garbage] == [401] * 5
    assert asked == []
    assert status_of(good) == 200


def test_the_hub_is_not_woken_for_what_cannot_become_a_socket(stage: Stage) -> None:
    without_ports(stage, "hub")
    upgrade = {"upgrade": "websocket"}

    def status_of(**headers: str) -> int:
        return stage.send("GET", "/api/live", headers=headers).status

    assert status_of() == status_of(upgrade="h2c") == 426
    assert status_of(**upgrade, origin="https://evil.test") == 403
    assert stage.send("POST", "/api/live", headers=upgrade).status == 405


def test_tokens_that_nobody_has_are_looked_up_for_an_address_a_bounded_number_of_times(
    stage: Stage,
) -> None:
    def tried(number: int, headers: dict[str, str] = HERE) -> list[int]:
        """Return the answers to as many tokens, half of them by signing in."""
        return [
            stage.send("GET", "/api/jobs", token=f"mj_{n}", headers=headers).status
            if n % 2
            else stage.send(
                "POST", "/api/session", {"token": f"mj_{n}"}, token=None, headers=headers
            ).status
            for n in range(number)
        ]

    with statements_of(stage) as asked:
        first = tried(STRANGERS_BURST + 50)
        stage.now_ms += 2000
        later = tried(50)
        other = tried(50, ELSEWHERE)

    assert first == [401] * STRANGERS_BURST + [429] * 50
    assert later == [401] * 2 * STRANGERS_PER_SECOND + [429] * (50 - 2 * STRANGERS_PER_SECOND)
    assert other == [401] * 50
    assert len(asked) == STRANGERS_BURST + 2 * STRANGERS_PER_SECOND + 50


def test_who_is_let_in_is_not_held_up_by_strangers_at_the_same_address(stage: Stage) -> None:
    def status_of(token: str) -> int:
        return stage.send("GET", "/api/jobs", token=token, headers=HERE).status

    assert status_of(ADMIN) == 200
    for number in range(STRANGERS_BURST):
        status_of(f"mj_{number}")

    assert (status_of(ADMIN), status_of("mj_x"), status_of("token-read")) == (200, 429, 429)


def test_a_token_that_was_revoked_is_a_stranger_again(stage: Stage) -> None:
    stage.send("GET", "/api/jobs", token="token-read", headers=HERE)
    stage.database.look("UPDATE tokens SET revoked_ms = 1 WHERE scopes = 'read' RETURNING 1")

    answers = [
        stage.send("GET", "/api/jobs", token="token-read", headers=HERE).status
        for _ in range(STRANGERS_BURST + 10)
    ]

    assert set(answers[:STRANGERS_BURST]) == {401}
    assert answers[-1] == 429


def test_a_part_of_the_system_is_no_stranger(stage: Stage) -> None:
    event = stage.event(stage.job(), 1, "running")
    for number in range(STRANGERS_BURST + 1):
        stage.send("GET", "/api/jobs", token=f"mj_{number}", headers=HERE)

    told = signed(event)
    answered = stage.send(
        "POST", "/api/render/cf-callback", **told | {"headers": told["headers"] | HERE}
    )

    assert answered.status == 200
