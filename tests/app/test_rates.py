"""How often a token may call."""

import pytest

from app.access.auth import token_hash
from app.rates import BUCKETS_MAX, BURST, PER_SECOND, Rates
from media_jobs.errors import RateLimited
from tests.app.stage import Stage, signed


def _admitted(rates: Rates, caller: str, now_ms: int, tries: int) -> int:
    count = 0
    for _ in range(tries):
        try:
            rates.admit(caller, now_ms)
        except RateLimited:
            continue
        count += 1
    return count


def test_after_a_burst_fifty_a_second_are_admitted_and_after_a_rest_a_burst() -> None:
    rates = Rates()

    assert _admitted(rates, "a", 0, 2000) == 600
    assert [_admitted(rates, "a", second * 1000, 200) for second in range(1, 6)] == [50] * 5
    assert _admitted(rates, "a", 10**9, 2000) == 600


def test_tries_that_were_refused_do_not_prolong_the_wait() -> None:
    rates = Rates()
    _admitted(rates, "a", 0, 600)

    assert [_admitted(rates, "a", ms, 1) for ms in range(1, 21)] == [0] * 19 + [1]


def test_a_clock_that_goes_back_neither_gives_nor_takes() -> None:
    rates = Rates()
    _admitted(rates, "a", 10_000, 500)

    assert _admitted(rates, "a", 0, 200) == 100


def test_the_memory_of_buckets_is_bounded_and_keeps_the_latest() -> None:
    rates = Rates()
    for number in range(BUCKETS_MAX + 5):
        rates.admit(str(number), number)

    assert len(rates._left) == BUCKETS_MAX
    assert str(BUCKETS_MAX + 4) in rates._left
    assert "0" not in rates._left


def test_signing_in_counts_as_a_request_of_its_token(stage: Stage) -> None:
    """Each sign-in stores a session, which stays for two weeks."""
    for _ in range(BURST - 1):
        stage.ports.rates.admit(token_hash("token-read"), stage.now_ms)

    answers = [
        stage.send("POST", "/api/session", {"token": "token-read"}, token=None) for _ in range(3)
    ]

    assert [answer.status for answer in answers] == [200, 429, 429]
    assert stage.database.look("SELECT count(*) AS n FROM sessions") == [{"n": 1}]


def test_a_client_that_runs_wild_is_told_when_to_go_on(stage: Stage) -> None:
    for _ in range(BURST):
        stage.ports.rates.admit(token_hash("token-read"), stage.now_ms)

    refused = stage.send("GET", "/api/jobs", token="token-read")
    other = stage.send("GET", "/api/jobs", token="token-admin")
    stage.now_ms += int(refused.headers["retry-after"]) * 1000
    again = stage.send("GET", "/api/jobs", token="token-read")

    assert (refused.status, refused.json["code"]) == (429, "rate_limited")
    assert refused.json["title"] == "Too many requests"
    assert (other.status, again.status) == (200, 200)


@pytest.mark.parametrize("path", ["/api/render/cf-callback", "/healthz"])
def test_callbacks_and_monitors_are_not_counted(stage: Stage, path: str) -> None:
    method = "GET" if path == "/healthz" else "POST"
    more = {"token": None} if method == "GET" else signed({})

    answers = {stage.send(method, path, **more).status for _ in range(BURST + PER_SECOND)}

    assert 429 not in answers
