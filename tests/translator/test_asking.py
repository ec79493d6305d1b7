"""A server that does everything wrong loses no text, moves none, and is counted to the token."""

import json
from random import Random
from typing import get_args

import pytest
from engine_kit.failures import EngineFailure
from hypothesis import given, settings
from hypothesis import strategies as st
from translator.calling import RETRY_AFTER_S_MAX, TRIES_MAX, retry_after_s
from translator.settings import Price
from translator.texts import Kept

from media_jobs.engines.translator.options import Budget
from media_jobs.translation.memory import GlossaryTerm
from tests.translator.asking import KEY, ask
from tests.translator.model_server import Fault, model_server, translated

pytestmark = pytest.mark.heavy

WRONG: tuple[Fault, ...] = tuple(one for one in get_args(Fault) if one not in ("none", "stall"))
SOURCES = [f"text {number}" for number in range(23)]


CHANCE = {"chance": st.randoms(use_true_random=True), "share": st.floats(0, 0.7)}


@settings(max_examples=10, derandomize=True)
@given(**CHANCE)
def test_no_text_is_lost_or_changes_places_and_the_count_is_the_server_s(
    chance: Random, share: float
) -> None:
    nothing_is_lost(chance, share)


@pytest.mark.long
@settings(max_examples=400)
@given(**CHANCE)
def test_no_text_is_lost_or_changes_places_whatever_comes(chance: Random, share: float) -> None:
    nothing_is_lost(chance, share)


def nothing_is_lost(chance: Random, share: float) -> None:
    def fault(_number: int) -> Fault:
        return chance.choice(WRONG) if chance.random() < share else "none"

    kept = Kept()
    with model_server(fault=fault) as server:
        try:
            ask(SOURCES, server.url, kept=kept)
        except EngineFailure as failure:
            assert failure.code in ("translation_incomplete", "transfer_failed")
            assert failure.retryable
        else:
            assert kept.texts.keys() | kept.lost.keys() == set(range(len(SOURCES)))
            assert len(kept.lost) <= 1
        assert kept.texts == {one: translated(SOURCES[one]) for one in kept.texts}
        assert not kept.texts.keys() & kept.lost.keys()
        assert (kept.used.tokens_in, kept.used.tokens_out) == (server.tokens_in, server.tokens_out)
        assert kept.used.untold == server.untold


@pytest.mark.parametrize("fault", WRONG)
def test_each_fault_of_one_answer_costs_requests_and_no_text(fault: Fault) -> None:
    with model_server(fault=lambda number: fault if number == 0 else "none") as server:
        asked = ask(SOURCES, server.url)

    assert asked.kept.texts == {one: translated(text) for one, text in enumerate(SOURCES)}
    assert asked.kept.lost == {}
    taken = {"reorder", "text_ids", "bare_list", "fenced", "thought", "control"}
    assert (len(server.asked) == 3) is (fault in taken)


def test_a_batch_that_comes_back_wrong_is_asked_for_in_halves_and_then_one_by_one() -> None:
    def fault(number: int) -> Fault:
        return "drop" if len(server.cues(number)) > 1 else "none"

    with model_server(fault=fault) as server:
        asked = ask(SOURCES[:4], server.url)
        sizes = [len(server.cues(number)) for number in range(len(server.asked))]

    assert sizes == [4, 2, 1, 1, 2, 1, 1]
    assert len(asked.kept.texts) == 4


def test_a_text_that_never_comes_is_lost_alone_and_more_of_them_end_the_job() -> None:
    def fault(number: int) -> Fault:
        wrong = any(cue["text"] in bad for cue in server.cues(number))
        return "prose" if wrong else "none"

    bad = {"text 3"}
    with model_server(fault=fault) as server:
        asked = ask(SOURCES, server.url)
        bad = {"text 3", "text 9", "text 17"}
        with pytest.raises(EngineFailure) as caught:
            ask(SOURCES, server.url)

    assert asked.kept.lost.keys() == {3}
    assert asked.kept.texts.keys() == set(range(23)) - {3}
    assert caught.value.code == "translation_incomplete"
    assert caught.value.message.endswith("The answer is not the JSON that was asked for.")


def test_a_server_that_is_busy_is_left_alone_as_long_as_it_says() -> None:
    with model_server(
        fault=lambda number: "busy" if number < 2 else "none", retry_after="17"
    ) as server:
        asked = ask(SOURCES[:2], server.url)

    assert asked.waited_s == [17.0, 17.0]
    assert len(asked.kept.texts) == 2


def test_a_time_to_come_again_is_read_in_seconds_or_as_a_date_and_bounded() -> None:
    assert retry_after_s("5") == 5.0
    assert retry_after_s("99999") == RETRY_AFTER_S_MAX
    assert retry_after_s("Fri, 31 Dec 2100 23:59:59 GMT") == RETRY_AFTER_S_MAX
    assert retry_after_s("Fri, 31 Dec 1999 23:59:59 GMT") == 0.0
    assert retry_after_s("soon") == retry_after_s("") == 0.0


def test_a_server_that_never_answers_fails_the_attempt_and_another_may_succeed() -> None:
    with (
        model_server(fault=lambda _: "stall") as server,
        pytest.raises(EngineFailure) as caught,
    ):
        ask(SOURCES[:2], server.url, answer_s=0.2)

    assert caught.value.code == "transfer_failed"
    assert caught.value.retryable
    assert len(server.asked) == TRIES_MAX


def test_a_server_that_refuses_the_key_is_not_asked_again_and_no_key_is_shown() -> None:
    with (
        model_server(refuses={"model": f"Incorrect API key provided: {KEY}"}) as server,
        pytest.raises(EngineFailure) as caught,
    ):
        ask(SOURCES[:2], server.url)

    assert caught.value.code == "translator_refused"
    assert not caught.value.retryable
    assert "Incorrect API key" in str(caught.value.tool_tail)
    assert KEY not in f"{caught.value.message}{caught.value.tool_tail}"
    # Once more without the schema, as many a server answers 400 to that.
    assert len(server.asked) == 2
    assert server.headers[0]["authorization"] == f"Bearer {KEY}"


def test_a_server_without_schemas_is_asked_without_and_one_names_its_bound_otherwise() -> None:
    refuses = {
        "response_format": "unknown field response_format",
        "temperature": "Unsupported value: temperature does not support 0.2",
        "max_tokens": "Unsupported parameter: max_tokens. Use max_completion_tokens instead.",
    }
    with model_server(refuses=refuses) as server:
        asked = ask(SOURCES, server.url, budget=Budget(max_tokens=100_000))

    assert len(asked.kept.texts) == len(SOURCES)
    assert "response_format" not in server.asked[-1]
    assert server.asked[-1]["max_completion_tokens"] > 0
    assert "temperature" not in server.asked[-1]
    assert len(server.asked) == 3 + 3


def test_a_server_that_ends_its_answers_early_is_asked_for_room_unless_it_refuses_that() -> None:
    with model_server(fault=lambda number: "truncated" if number == 0 else "none") as server:
        ask(SOURCES[:8], server.url)
        first = [body.get("max_tokens") for body in server.asked]
        server.refuses = {"max_tokens": "max_tokens is above the context length"}
        server.asked.clear()
        asked = ask(SOURCES[:8], server.url)

    assert first == [None, 8192, 8192]
    assert ["max_tokens" in body for body in server.asked] == [False, True, False, False]
    assert len(asked.kept.texts) == 8


def test_a_budget_ends_the_job_before_more_is_used_than_it_has() -> None:
    budget = Budget(max_tokens=6_000)
    kept = Kept()
    with model_server() as server, pytest.raises(EngineFailure) as caught:
        ask([f"{text} and so on" * 9 for text in SOURCES * 9], server.url, kept=kept, budget=budget)

    assert caught.value.code == "budget_exhausted"
    assert not caught.value.retryable
    assert 0 < server.tokens_in + server.tokens_out <= 6_000
    assert kept.texts


def test_what_a_job_costs_is_what_the_tokens_cost_and_bounds_it_too() -> None:
    price = Price(0.5, 1.5)
    with model_server() as server:
        asked = ask(SOURCES, server.url, price=price)
        with pytest.raises(EngineFailure) as caught:
            ask(SOURCES * 9, server.url, price=price, budget=Budget(max_cost=0.004))

    expected = (asked.used.tokens_in * 0.5 + asked.used.tokens_out * 1.5) / 1e6
    assert asked.spending.cost() == pytest.approx(expected)
    assert caught.value.code == "budget_exhausted"


def test_an_attempt_goes_on_from_what_was_kept_and_counts_on() -> None:
    kept = Kept(texts={one: translated(SOURCES[one]) for one in range(8)})
    kept.used.tokens_in = 1_000
    with model_server() as server:
        asked = ask(SOURCES, server.url, kept=kept)

    assert len(asked.kept.texts) == len(SOURCES)
    assert [cue["id"] for cue in server.cues(0)] == list(range(8, 16))
    assert asked.used.tokens_in == 1_000 + server.tokens_in


def test_a_model_is_told_neighbours_terms_and_style_and_never_a_time() -> None:
    terms = [
        GlossaryTerm(source="text 9", target="nueve", note="a number"),
        GlossaryTerm(source="elsewhere", target="otra parte"),
    ]
    with model_server() as server:
        ask(SOURCES, server.url, terms=terms, style="Say tú.", context=2)

    second = server.asked[1]
    content = json.loads(second["messages"][1]["content"])
    told = second["messages"][0]["content"]
    assert content["before"] == ["text 6", "text 7"]
    assert content["after"] == ["text 16", "text 17"]
    assert [set(cue) for cue in content["cues"]] == [{"id", "text"}] * 8
    assert "nueve" in told
    assert "a number" in told
    assert "otra parte" not in told
    assert "Say tú." in told


def test_what_is_too_long_is_asked_for_once_more_with_its_bound_and_the_shorter_one_stays() -> None:
    def translate(cue: dict[str, object]) -> str:
        return "short" if "max" in cue else "much too long for it"

    with model_server(translate=translate) as server:
        asked = ask(SOURCES[:3], server.url, shorten=lambda _: {1: 12})

    assert server.cues(1) == [{"id": 1, "text": "text 1", "max": 12}]
    assert asked.kept.shorter == {1: "short"}
    assert len(server.asked) == 2
