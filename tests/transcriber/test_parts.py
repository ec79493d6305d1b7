"""How a long sound is divided, and what is kept and taken of its parts."""

from pathlib import Path

import pytest
from engine_kit.failures import EngineFailure
from transcriber.orders import HeardWord
from transcriber.parts import Part, parts_of, targets_ms, within_ms
from transcriber.partwork import read_part
from transcriber.transcript import Parts, Transcript


def heard(start_ms: int, until_ms: int, *texts: str, **more: object) -> Transcript:
    """Return what was heard until then, of which a word is said in each second from *start_ms*."""
    words = [
        HeardWord(start_ms=start_ms + 1000 * n, end_ms=start_ms + 1000 * n + 500, text=text)
        for n, text in enumerate(texts)
    ]
    return Transcript.model_validate(
        {"until_ms": until_ms, "words": words, "language": "en", "probability": 0.9, **more}
    )


def test_parts_are_as_long_as_each_other_and_not_shorter_than_meant() -> None:
    assert targets_ms(600_000, 120) == [120_000, 240_000, 360_000, 480_000]
    assert targets_ms(700_000, 120) == [140_000, 280_000, 420_000, 560_000]
    assert targets_ms(100_000, 120) == []


def test_a_sound_of_a_day_has_no_more_parts_than_several_hosts_may_make() -> None:
    targets = targets_ms(24 * 3_600_000, 120)

    assert len(targets) == 63
    assert targets[0] == 1_350_000


def test_a_cut_is_at_most_a_quarter_of_a_part_from_its_target() -> None:
    assert (within_ms(10), within_ms(120), within_ms(3600)) == (2500, 15_000, 15_000)


def test_parts_are_what_is_between_the_cuts() -> None:
    assert parts_of([40, 70], 100) == [Part(0, 0, 40), Part(1, 40, 70), Part(2, 70, 100)]
    assert parts_of([], 0) == [Part(0, 0, 0)]


@pytest.mark.parametrize("cuts", [[0], [100], [120], [50, 50], [70, 40]])
def test_cuts_that_leave_a_part_empty_are_refused(cuts: list[int]) -> None:
    with pytest.raises(ValueError, match="cuts"):
        parts_of(cuts, 100)


def test_what_was_heard_of_the_parts_is_one_transcript_in_the_order_of_the_sound() -> None:
    guess = heard(0, 20_000, "Hm", language="la", probability=0.3, speech_ms=500)
    first = heard(20_000, 40_000, "Guten", "Tag", language="de", unsure_ms=[30_000], speech_ms=900)
    last = heard(40_000, 60_000, "Good", estimated=True, resumed_ms=700, speech_ms=100)

    whole = Transcript.of([guess, first, last])

    assert [word.text for word in whole.words] == ["Hm", "Guten", "Tag", "Good"]
    assert (whole.language, whole.probability) == ("de", 0.9)
    assert (whole.until_ms, whole.speech_ms, whole.resumed_ms) == (60_000, 1500, 700)
    assert (whole.unsure_ms, whole.estimated) == ([30_000], True)
    assert [word.text for word in guess.words] == ["Hm"]


def test_an_attempt_goes_on_in_each_part_where_the_one_before_has_ended() -> None:
    kept = Parts(cuts_ms=[20_000, 40_000], heard={0: heard(0, 15_000), 2: heard(0, 60_000)})

    assert kept.resume(60_000)

    assert {n: one.resumed_ms for n, one in kept.heard.items()} == {0: 15_000, 2: 20_000}


@pytest.mark.parametrize(
    "kept",
    [
        Parts(cuts_ms=[70_000]),
        Parts(cuts_ms=[20_000], heard={0: heard(0, 30_000)}),
        Parts(cuts_ms=[20_000], heard={2: heard(0, 60_000)}),
    ],
)
def test_what_was_kept_of_another_sound_is_not_gone_on_from(kept: Parts) -> None:
    assert not kept.resume(60_000)


def test_what_a_container_of_before_has_kept_is_the_only_part() -> None:
    before = heard(0, 20_000, "One")

    kept = Parts.model_validate_json(before.model_dump_json())

    assert kept == Parts(heard={0: before})
    assert kept.resume(60_000)


def test_a_part_of_a_helper_is_taken_if_it_is_of_its_time_and_whole(tmp_path: Path) -> None:
    path, part = tmp_path / "part", Part(1, 20_000, 40_000)
    path.write_text(heard(20_000, 40_000, "One").model_dump_json())

    assert read_part(part, path).words[0].text == "One"

    for other in (
        heard(20_000, 39_000, "One").model_dump_json(),
        heard(19_000, 40_000, "One").model_dump_json(),
        heard(20_000, 40_000, resumed_ms=5000).model_dump_json(),
        "{}x",
    ):
        path.write_text(other)
        with pytest.raises(EngineFailure):
            read_part(part, path)
