"""Subtitles as language models hand them out: their words never become a cue untold."""

import json
from collections.abc import Callable

import pytest

from media_jobs.errors import InvalidInput
from media_jobs.subtitles.reader import read_subtitles

CUES = (
    "1\n00:00:01,000 --> 00:00:02,000\nHello there.",
    "2\n00:00:03,500 --> 00:00:04,000\nHow are you?\nFine?",
    "3\n00:00:05,000 --> 00:00:06,250\nFine.",
)
FILE = "\n\n".join(CUES)
SAID = [
    (1000, 2000, ["Hello there."]),
    (3500, 4000, ["How are you?", "Fine?"]),
    (5000, 6250, ["Fine."]),
]
LISTED = [
    {"index": 1, "start": "00:00:01,000", "end": "00:00:02,000", "text": "Hello there."},
    {"index": 2, "start": "00:00:03,500", "end": "00:00:04,000", "text": "How are you?\nFine?"},
    {"index": 3, "start": "00:00:05,000", "end": "00:00:06,250", "text": "Fine."},
]


def read(text: str) -> tuple[list[tuple[int, int, list[str]]], dict[str, tuple[int, ...]]]:
    """Return the cues of *text*, and where what was noted stands."""
    file = read_subtitles(text)
    cues = [
        (cue.start_ms, cue.end_ms, ["".join(span.text for span in line) for line in cue.lines])
        for cue in file.cues()
    ]
    return cues, {notice.code: notice.at for notice in file.notices}


def listed(
    written: Callable[[int], object], names: tuple[str, str, str] = ("start", "end", "text")
) -> list[dict[str, object]]:
    """Return the cues with their times, in milliseconds, as *written*, under such *names*."""
    return [
        dict(zip(names, (written(start), written(end), "\n".join(lines)), strict=True))
        for start, end, lines in SAID
    ]


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (f"> {FILE}".replace("\n", "\n> "), ()),
        ("Here:\n\n" + f"> {FILE}".replace("\n", "\n> ") + "\n\nHope this helps!", (1,)),
        (f"{CUES[0]}\n\n" + f"> {CUES[1]}".replace("\n", "\n> ") + f"\n\n{CUES[2]}", ()),
        ("\n---\n".join(CUES), (4, 9)),
        (f"{CUES[0]}\n\n### Part 2\n\n{CUES[1]}\n\n## Part 3\n{CUES[2]}", (5, 12)),
        (f"<subtitles>\n{FILE}\n</subtitles>\nI have translated all of them.", (1, 14)),
        (f"Here:\n<srt>\n{FILE}\n</srt>\n\nNote: done.", (1, 15)),
        (f"<translation>{FILE}</translation>", (1, 12)),
        (f'<output lang="de">\n{FILE}\n</output>\nNotes: x', (1, 14)),
        (f"{FILE}\n</subtitles>\nAnything else?", (13,)),
        (f"{CUES[0]}\n\n```\n{CUES[1]}\n```\n\n{CUES[2]}", (5, 10)),
        (FILE.replace("Hello there.", "```\nHello there.\n```"), (3, 5)),
        (FILE.replace("Hello there.", "```text\nHello there.\n```"), (3, 5)),
        (f"<think>\nFirst:\n{CUES[0]}\nNo, better so.\n</think>\n\n{FILE}", (1,)),
        (f"<THINKING>00:00:01,000 --> 00:00:02,000 first</THINKING>\n{FILE}", (1,)),
        (f"First:\n{CUES[0]}\nNo.\n</think>\n\n{FILE}", (1,)),
        (f"<think>a</think>\n```srt\n{FILE}\n```\nDone.", (1, 2, 15)),
    ],
)
def test_what_a_model_writes_around_and_between_cues_is_none(
    answer: str, told: tuple[int, ...]
) -> None:
    cues, notices = read(answer)

    assert cues == SAID
    where = notices.get("answer_unwrapped", ()) or notices.get("text_outside_cues", ())
    assert where[: len(told)] == told


@pytest.mark.parametrize(
    "answer",
    [
        json.dumps({"srt": FILE}),
        json.dumps({"srt": FILE, "notes": "I kept the names."}, indent=2),
        json.dumps({"result": {"files": [{"subtitles": FILE}]}}),
        json.dumps(list(CUES)),
        json.dumps(LISTED),
        json.dumps({"language": "de", "cues": LISTED}, indent=1),
        "\n".join(map(json.dumps, LISTED)),
        f"Sure!\n{json.dumps({'srt': FILE})}\nDone.",
        f"Here:\n```json\n{json.dumps(LISTED, indent=2)}\n```\nDone.",
        f"<think>A list.</think>{json.dumps(LISTED)}",
        json.dumps({"segments": listed(lambda ms: ms / 1000)}),
        json.dumps(listed(lambda ms: ms)),
        json.dumps(listed(lambda ms: ms, ("start_ms", "end_ms", "content"))),
        json.dumps(listed(lambda ms: f"{ms / 1000}s", ("from", "to", "translation"))),
        json.dumps(
            [
                {"time": f"{one['start']} --> {one['end']}", "translation": one["text"]}
                for one in LISTED
            ]
        ),
    ],
)
def test_cues_in_json_are_read_and_that_is_told(answer: str) -> None:
    cues, notices = read(answer)

    assert cues == SAID
    assert "answer_unwrapped" in notices


@pytest.mark.parametrize(
    "answer",
    [
        '{"error": "I can\'t help with that."}',
        '[{"start": 1, "end": 2}]',
        '[{"start": 1, "end": 2, "text": "a"}, {"start": "soon", "end": 3, "text": "b"}]',
        '[{"start": 1, "end": 2, "text": "a"}, {"start":',
        "{}",
        "[" * 5000,
    ],
)
def test_json_without_cues_or_that_is_cut_off_is_refused(answer: str) -> None:
    with pytest.raises(InvalidInput):
        read_subtitles(answer)


@pytest.mark.parametrize(
    "line",
    [
        "---",
        "<i>I think</i>",
        "<think>",
        "> Yes?",
        ">> NEWS: hello",
        "## la la la ##",
        "[1, 2] and {3}",
        '{"a": 1}',
        "See </b> and <b>",
        "<name> said",
        "It ends with </think>",
        "<think>\nHm.\n</think>",
    ],
)
def test_what_a_cue_says_stays_though_a_model_might_write_it(line: str) -> None:
    text = f"{CUES[0]}\n\n2\n00:00:03,500 --> 00:00:04,000\n{line}\n\n{CUES[2]}\n"

    cues, notices = read(text)

    assert len(cues) == len(SAID)
    assert "answer_unwrapped" not in notices
