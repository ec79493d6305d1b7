"""The positions of those that wait."""

from media_jobs.waiting import CALLERS_MAX, Waiting


def test_callers_take_turns_and_who_holds_slots_has_had_some() -> None:
    waiting = Waiting({"a": [3, 1, 2], "b": [10, 11]})

    def places(slots: dict[str, int]) -> list[int]:
        a = [waiting.position("a", turn_ms, slots) for turn_ms in (1, 2, 3)]
        return [*a, *(waiting.position("b", turn_ms, slots) for turn_ms in (10, 11))]

    assert places({}) == [1, 3, 5, 2, 4]
    assert places({"a": 2}) == [3, 4, 5, 1, 2]


def test_who_comes_and_who_goes_moves_those_behind() -> None:
    waiting = Waiting({"a": [1, 5]})

    waiting.add("a", 3)
    waiting.add("b", 2)
    assert (waiting.count, waiting.position("a", 5, {})) == (4, 4)
    waiting.remove("a", 1)
    waiting.remove("b", 2)

    assert (waiting.count, waiting.position("a", 5, {})) == (2, 2)


def test_of_many_callers_a_position_is_an_estimate_from_some_of_them() -> None:
    """Callers are the beginnings of hashes: their order says nothing of when they came."""
    turns = {f"{n * 7919 % 10_007:05}": [n] for n in range(20 * CALLERS_MAX)}
    waiting = Waiting(dict(sorted(turns.items())))

    place = waiting.position(f"{5000 * 7919 % 10_007:05}", 5000, {})

    assert 4500 < place < 5500
