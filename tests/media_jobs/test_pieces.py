"""Who makes which piece of a job that several hosts work on."""

import pytest

from media_jobs.pieces import HELPERS_MAX, Sharing, helper_id, idle_slots
from media_jobs.wire import PiecePlan


def shared(count: int = 4, *helpers: str) -> Sharing:
    """Return pieces that nobody makes yet."""
    return Sharing.of(PiecePlan(kit="k", count=count)).with_helpers(helpers)


def test_the_leader_takes_them_from_the_first_and_helpers_from_the_last() -> None:
    pieces, first = shared(4, "a", "b").to_lead([])
    pieces, last = pieces.to_help("a")
    pieces, other = pieces.to_help("b")
    pieces, second = pieces.to_lead([0])

    assert (first, second, other, last) == (0, 1, 2, 3)
    assert pieces.to_lead([0, 1])[1] is None


def test_who_asks_again_gets_the_piece_whose_answer_was_lost() -> None:
    pieces, number = shared(4, "a").to_help("a")
    assert pieces.to_help("a") == (pieces, number)
    pieces, mine = pieces.to_lead([])
    assert pieces.to_lead([]) == (pieces, mine)

    made = pieces.with_made("a", 3)
    assert made.with_made("a", 3) == made
    assert made.to_help("a")[1] == 2


def test_what_a_helper_leaves_is_made_by_others_and_what_it_has_made_stays() -> None:
    pieces, _ = shared(4, "a", "b").to_help("a")
    pieces, _ = pieces.with_made("a", 3).to_help("a")

    left = pieces.without("a")

    assert (left.free, left.pieces[3].by, left.active) == ([0, 1, 2], "a", 1)
    assert left.without("a") is left
    assert left.to_help("b")[1] == 2


def test_a_piece_that_was_taken_back_is_the_leaders_whatever_its_helper_says() -> None:
    pieces, _ = shared(4, "a").to_help("a")

    back = pieces.taken_back([3, 99])

    assert back.with_made("a", 3) == back
    assert back.to_lead([]) == (back, 3)
    assert back.pieces[3].given == ("a",)  # What it has uploaded is deleted.
    assert back.without("a").to_lead([3])[1] == 0


def test_pieces_that_an_attempt_before_has_made_are_given_to_nobody() -> None:
    has = [0, 2]
    pieces, mine = shared(4, "a").taken_back(has).to_lead(has)
    pieces, last = pieces.to_help("a")

    assert (mine, last) == (1, 3)
    assert pieces.with_made("a", 3).to_help("a")[1] is None


@pytest.mark.parametrize(
    ("count", "idle", "called"), [(10, 3, 3), (10, 9, 5), (3, 3, 1), (64, 99, HELPERS_MAX)]
)
def test_helpers_are_called_to_idle_slots_while_there_are_pieces_for_each(
    count: int, idle: int, called: int
) -> None:
    assert shared(count).to_call(idle) == called


def test_no_more_are_called_than_there_may_be() -> None:
    ids = [helper_id("job_1", 1, number) for number in range(HELPERS_MAX)]

    assert len(set(ids)) == HELPERS_MAX
    assert shared(64, *ids).to_call(5) == 0
    assert shared(64, *ids).without(ids[0]).to_call(5) == 1


def test_a_host_that_was_not_asked_yet_counts_for_one_idle_slot() -> None:
    def host(slots: int, used: int, state: str = "ok") -> dict[str, object]:
        return {"slots": slots, "inUse": used, "state": state}

    assert idle_slots({"a": host(4, 1), "b": host(1, 1)}) == 3
    assert idle_slots({"a": host(1, 1), "b": host(0, 0, "unknown")}) == 1
    assert idle_slots({"a": host(0, 2, "draining"), "b": host(0, 0, "silent")}) == 0
