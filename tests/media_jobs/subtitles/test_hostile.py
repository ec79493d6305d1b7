"""Files that want to hold the reader up: what takes long for one caller takes long for all."""

import random
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media_jobs.errors import InvalidInput
from media_jobs.subtitles.kinds import WEBVTT
from media_jobs.subtitles.reader import read_subtitles
from tests.media_jobs.subtitles.odd_files import odd_file

CHARS = 150_000
LIMIT_S = 2.0
"""Of the processor, for 0.15 MB. None takes an eighth; with the square it would be minutes."""

SRT = "1\n00:00:01,000 --> 00:00:02,000\n"
VTT = "00:01.000 --> 00:02.000\n"
ASS = "[Script Info]\n[Events]\n"
EVENT = "Dialogue: 0,0:00:01.00,0:00:02.00,D,,0,0,0,,"


def much(piece: str) -> str:
    return piece * (CHARS // len(piece) + 1)


FILES = {
    "numbers": SRT + much("1\n"),
    "arrows": much("-->\n"),
    "times": much(SRT),
    "one long line": SRT + much("1"),
    "colons behind blanks": much(" " * 298 + ":\n"),
    "signs before times": much("*" * 280 + "1:1 -\n"),
    "blank lines": SRT + much(" \n"),
    "open tags": much(SRT + "<b><i><u>" * 200 + "</b>" * 40 + "\n"),
    "open braces": much(SRT + "{\\" * 990 + "\n"),
    "tags of ASS": much(SRT + "{" + "\\i1((((" * 280 + "}\n"),
    "codes of MicroDVD": much("{1}{2}" + "{y:i}{Y:b}" * 150 + "|\n"),
    "fences": much("```\n"),
    "fences around blank lines": "```\n" + much(" \n") + "```\n",
    "paragraphs of WebVTT": f"WEBVTT\n\n{VTT}" + much("x\n\n"),
    "a region of many names": "WEBVTT\n\nREGION\n" + much("id:a ") + f"\n\n{VTT}x",
    "tags within tags": "WEBVTT\n\n" + much(VTT + "<b>" * 600 + "\n\n"),
    "events with open braces": ASS + much(EVENT + "{" * 3900 + "\n"),
    "a sign in each frame": ASS + much(EVENT + "{\\pos(1,1)}a\n"),
    "stamps of LRC": much("[00:01.00]"),
    "an offset far below": "[00:01.00]a\n" + much(" \n"),
    "spans with times": "<tt><p>" + much("<span begin='1s' end='2s'>a</span>") + "</p></tt>",
    "elements in elements": "<tt>" + much("<p>"),
    "rows that roll": "WEBVTT\n\n" + much("00:01.000 --> 00:01.010\n" + "a\n" * 15 + "\n"),
    "words of a line with many times": "[00:01.00]" * 7_000 + "<00:02.00>a" * 7_000,
    "an offset behind blanks": "[offset:" + much(" ") + "x]\n[00:01.00]a\n",
    "a long word behind times": f"WEBVTT\n\n{VTT.strip()} " + much("a") + ":\n",
    "blanks behind a number": SRT + "x\n\n1" + much(" ") + "x\n" + SRT[2:] + "x",
    "times on one line": much(SRT.replace("\n", " ")),
    "blanks before times": SRT.replace("\n", " ") + much(" ") + SRT.replace("\n", " ") + "x",
    "blanks in spoilt tags": "WEBVTT\n\n" + VTT + much("< ") + much("</ ") + "<" + much(" "),
    "spoilt braces": much(SRT + "{ \\" + "& " * 900 + "}\n"),
    "unknown tags": much(SRT + "<a b" * 500 + "\n"),
    "lines of MicroDVD that were joined": "{1}{2}a" + much("{1}{2}a"),
    "the same cue": much(SRT + "x\n"),
    "lists in lists": '{"tStartMs":' + much("["),
}


@pytest.mark.heavy
@pytest.mark.parametrize("text", FILES.values(), ids=list(FILES))
def test_a_file_is_read_in_a_time_that_grows_with_its_length(text: str) -> None:
    began = time.process_time()

    try:
        read_subtitles(text).cues()
    except InvalidInput as refused:
        assert len(str(refused)) < 2_000

    assert time.process_time() - began < LIMIT_S


ENTITIES = """<!DOCTYPE tt [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
<tt><body><p begin="1s" end="2s">&b;</p></body></tt>"""
OUTSIDE = """<!DOCTYPE tt [<!ENTITY a SYSTEM "file:///etc/passwd">]>
<tt><body><p begin="1s" end="2s">&a;</p></body></tt>"""


@pytest.mark.parametrize("text", [ENTITIES, OUTSIDE], ids=["grow", "read a file"])
def test_entities_of_a_file_are_refused_and_never_followed(text: str) -> None:
    with pytest.raises(InvalidInput, match="declare entities"):
        read_subtitles(text)


@given(st.integers(min_value=0))
def test_what_is_read_is_in_order_and_nothing_is_lost_without_a_notice(seed: int) -> None:
    text = odd_file(random.Random(seed))  # noqa: S311  No secret.
    try:
        file = read_subtitles(text)
    except InvalidInput:
        return

    cues = file.cues()

    starts = [cue.start_ms for cue in cues]
    assert starts == sorted(starts)
    assert all(0 <= cue.start_ms < cue.end_ms and cue.text.strip() for cue in cues)
    shown = " ".join(cue.text for cue in cues)
    lost = set(re.findall(r"word\d+", text)) - set(re.findall(r"word\d+", shown))
    # What stands right above the times of WebVTT is a name, not a text.
    assert not lost or file.notices or file.kind is WEBVTT
