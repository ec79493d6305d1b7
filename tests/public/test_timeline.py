"""The timeline's pure part: what is where, what edges snap to, what a drag does."""

import base64
import json
import struct
from typing import Any

import pytest

from tests.public.javascript import evaluate

pytestmark = pytest.mark.programs

RATE_25 = {"numerator": 25, "denominator": 1}
NTSC = {"numerator": 30_000, "denominator": 1001}


def cue(key: int, start_ms: int, end_ms: int, text: str = "") -> dict[str, object]:
    return {"key": key, "startMs": start_ms, "endMs": end_ms, "text": text}


def called(module: str, *calls: tuple[Any, ...]) -> list[Any]:
    """Return what functions of a module answer, each call as its name and its arguments."""
    listed = ",".join(f"m.{name}({','.join(map(json.dumps, given))})" for name, *given in calls)
    found: list[Any] = evaluate(f"timeline/{module}", f"[{listed}]")
    return found


def test_what_is_under_the_pointer_stays_there_when_the_view_is_zoomed() -> None:
    view = {"startMs": 60_000, "msPerPx": 50}

    closer, whole, back, pinched = called(
        "scale.js",
        ("zoomed", view, 2, 400, 1000, 3_600_000),
        ("zoomed", view, 0.0001, 400, 1000, 3_600_000),
        ("zoomed", {"startMs": 10, "msPerPx": 10}, 0.5, 0, 1000, 3_600_000),
        ("zoomed", view, 2, 400, 1000, 3_600_000, 300),
    )

    # The time at 400 px was 80 s, and is.
    assert closer == {"startMs": 70_000, "msPerPx": 25}
    assert whole == {"startMs": 0, "msPerPx": 3600}
    assert back == {"startMs": 10, "msPerPx": 20}
    assert pinched == {"startMs": 72_500, "msPerPx": 25}


def test_the_view_goes_a_page_on_before_the_playhead_leaves_it() -> None:
    view = {"startMs": 10_000, "msPerPx": 10}

    stays, turns, jumps, ends = called(
        "scale.js",
        *(("following", view, ms, 1000, 60_000) for ms in (18_900, 19_100, 500, 59_900)),
    )

    assert stays == view
    assert turns["startMs"] == 18_100
    assert (jumps["startMs"], ends["startMs"]) == (0, 50_000)


def test_the_ruler_has_marks_at_round_times_as_close_as_their_words_allow() -> None:
    close, far = called(
        "scale.js",
        ("ticks", {"startMs": 950, "msPerPx": 1}, 500),
        ("ticks", {"startMs": 0, "msPerPx": 3600}, 1000),
    )

    assert close == {"stepMs": 100, "firstMs": 1000, "count": 5}
    assert far == {"stepMs": 300_000, "firstMs": 0, "count": 13}


def test_only_blocks_in_view_are_found_also_a_long_one_that_began_long_before() -> None:
    cues = [cue(1, 0, 500_000), *(cue(n, n * 1000, n * 1000 + 900) for n in range(2, 400))]
    expression = f"""(() => {{
      const found = m.arranged({json.dumps(cues[::-1])});
      const seen = m.within(found, 100_000, 101_500);
      return seen.map(({{cue, lane, lanes}}) => [cue.key, lane, lanes]);
    }})()"""

    assert evaluate("timeline/blocks.js", expression) == [[1, 0, 2], [100, 1, 2], [101, 1, 2]]


def test_a_point_is_an_edge_near_it_and_of_two_that_meet_the_one_under_it() -> None:
    cues = [cue(1, 1000, 2000), cue(2, 2000, 3000), cue(3, 5000, 5040)]
    area = {"top": 20, "height": 100}
    points = [(50, 50), (98, 50), (101, 50), (199, 50), (204, 50), (304, 50), (150, 10), (502, 50)]
    expression = f"""(() => {{
      const found = m.arranged({json.dumps(cues)});
      const at = ([x, y], preferred) => m.hitAt(
        found, {{startMs: 0, msPerPx: 10}}, {{x, y}}, {json.dumps(area)}, preferred);
      return [...{json.dumps(points)}.map((point) => at(point, null)), at([204, 50], 1)]
        .map((hit) => hit && [hit.key, hit.part]);
    }})()"""

    assert evaluate("timeline/blocks.js", expression) == [
        None,
        [1, "start"],
        [1, "start"],
        [1, "end"],
        [2, "start"],
        [2, "end"],
        None,
        # A block of four pixels can still be taken as a whole.
        [3, "body"],
        # The cue that is worked on keeps its edge.
        [1, "end"],
    ]


def test_frames_begin_where_the_rate_says() -> None:
    asked = ((59, RATE_25), (61, RATE_25), (3330, NTSC))
    rates = (29.97, 23.976, 25, 12.5)

    # Frame 100 of 29.97 per second begins at 3.33667 s.
    assert called("snap.js", *(("frameAt", *given) for given in asked)) == [40, 80, 3337]
    ratios = called("snap.js", *(("rateOf", rate) for rate in rates))
    assert [(ratio["numerator"], ratio["denominator"]) for ratio in ratios] == [
        *((30_000, 1001), (24_000, 1001), (25_000, 1000), (12_500, 1000))
    ]


def snaps(*targets: tuple[int, str], frames: bool = True) -> str:
    listed = json.dumps([{"ms": ms, "kind": kind} for ms, kind in targets])
    kinds = "['frame']" if frames else "[]"
    rate = json.dumps(RATE_25)
    return f"{{targets: {listed}, reachMs: 50, kinds: new Set({kinds}), rate: {rate}}}"


def dragged(cues: list[dict[str, object]], *drags: tuple[str, float, str]) -> list[Any]:
    """Return what becomes of the first of *cues*, dragged by a part, so far, with snaps."""
    listed = json.dumps(cues)
    calls = ",".join(
        f"m.dragged({listed}, {json.dumps(cues[0])}, '{part}', {by_ms}, {snapping})"
        for part, by_ms, snapping in drags
    )
    found: list[Any] = evaluate("timeline/drag.js", f"[{calls}]")
    return found


def test_an_edge_snaps_to_what_is_near_and_else_to_a_frame() -> None:
    near, far, free = dragged(
        [cue(1, 1000, 2000)],
        ("end", 470, snaps((2500, "speech"), (2460, "cue"))),
        ("end", 415, snaps((2500, "speech"))),
        ("end", 415.4, "null"),
    )

    assert near == {"times": [[1, 1000, 2460]], "at": {"ms": 2460, "kind": "cue"}}
    assert far == {"times": [[1, 1000, 2400]], "at": {"ms": 2400, "kind": "frame"}}
    assert free == {"times": [[1, 1000, 2415]], "at": None}


def test_an_edge_does_not_pass_the_other_one() -> None:
    found = dragged(
        [cue(1, 1000, 2000)],
        *(("start", 5000, "null"), ("end", -5000, "null"), ("start", -5000, "null")),
    )

    assert [one["times"] for one in found] == [[[1, 1900, 2000]], [[1, 1000, 1100]], [[1, 0, 2000]]]


def test_what_moves_snaps_with_the_nearer_edge_and_keeps_its_length() -> None:
    by_end, by_frame = dragged(
        [cue(1, 1000, 2000)],
        ("body", 470, snaps((1500, "cue"), (2480, "speech"))),
        ("body", 333, snaps()),
    )

    assert by_end == {"times": [[1, 1480, 2480]], "at": {"ms": 2480, "kind": "speech"}}
    assert by_frame["times"] == [[1, 1320, 2320]]


def test_several_cues_move_together_and_none_before_the_beginning() -> None:
    cues = [cue(2, 3000, 4000), cue(1, 500, 900)]

    (found,) = dragged(cues, ("body", -2000, "null"))

    assert found["times"] == [[2, 2500, 3500], [1, 0, 400]]


def test_a_step_of_a_frame_leads_from_between_two_frames_to_the_next() -> None:
    cues = [cue(1, 1010, 2000)]
    steps = (("start", 1), ("start", -1), ("end", 1), ("body", 1))

    found = called("drag.js", *(("nudged", cues, cues[0], *step, RATE_25) for step in steps))

    assert found == [[[1, 1040, 2000]], [[1, 1000, 2000]], [[1, 1010, 2040]], [[1, 1040, 2030]]]


def test_frames_of_television_are_stepped_through_without_standing_still() -> None:
    expression = f"""(() => {{
      let cue = {json.dumps(cue(1, 0, 90_000))};
      const starts = [];
      for (let n = 0; n < 300; n += 1) {{
        const [[key, startMs, endMs]] = m.nudged([cue], cue, "start", 1, {json.dumps(NTSC)});
        cue = {{...cue, key, startMs, endMs}};
        starts.push(startMs);
      }}
      return starts;
    }})()"""

    starts = evaluate("timeline/drag.js", expression)

    assert starts == [int(n * 1001 / 30 + 0.5) for n in range(1, 301)]


def test_a_cue_that_is_drawn_stands_in_its_place() -> None:
    cues = [cue(1, 1000, 2000), cue(2, 8000, 9000)]
    expression = f"""(() => {{
      const [cues, key] = m.withNew({json.dumps(cues)}, 4000, 5500);
      const at = cues.findIndex((cue) => cue.key === key);
      return [cues.map(({{startMs, endMs}}) => [startMs, endMs]), at];
    }})()"""

    drawn, at = evaluate("timeline/editing.js", expression)

    assert drawn == [[1000, 2000], [4000, 5500], [8000, 9000]]
    assert at == 1
    assert called("drag.js", ("drawn", 500, 440, None), ("drawn", 700, 400, None)) == [
        None,
        {"startMs": 400, "endMs": 700},
    ]


def peaks_file(peaks: bytes) -> str:
    header = struct.pack("<4sHHIIIII", b"VGPK", 1, 100, 5000, 30_000, 1001, 1, len(peaks))
    return base64.b64encode(header + struct.pack("<II", 300, 900) + peaks).decode()


def test_peaks_are_read_and_a_column_is_as_high_as_the_highest_in_it() -> None:
    peaks = bytearray(10_000)
    peaks[4321] = 200
    expression = f"""(() => {{
      const bytes = Uint8Array.from(atob("{peaks_file(bytes(peaks))}"), (c) => c.charCodeAt(0));
      const read = m.readPeaks(bytes.buffer);
      const at = (from, ms, count) => [...m.columns(read, from, ms, count)].indexOf(200);
      const seen = [at(43_000, 10, 100), at(0, 1000, 100), at(0, 90, 1200)];
      return [read.rate, read.durationMs, read.speech, ...seen,
        Math.max(...m.columns(read, 200_000, 10, 50))];
    }})()"""

    rate, duration_ms, speech, fine, coarse, between, behind = evaluate(
        "timeline/peaks.js", expression
    )

    assert (rate, duration_ms) == (NTSC, 5000)
    assert speech == [{"startMs": 300, "endMs": 900}]
    # Peak 4321 is heard at 43.21 s.
    assert (fine, coarse, behind) == (21, 43, 0)
    assert between in (479, 480)


def test_another_file_is_no_file_of_peaks() -> None:
    expression = """["", "VGPK", "x".repeat(40)].map((text) => {
      try {
        m.readPeaks(new TextEncoder().encode(text).buffer);
        return "read";
      } catch (error) {
        return error.name;
      }
    })"""

    assert evaluate("timeline/peaks.js", expression) == ["RangeError"] * 3
