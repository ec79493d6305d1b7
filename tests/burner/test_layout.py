"""Cues stand in the picture: broken, fitted, side by side, and nothing is cut off in silence."""

import time
from dataclasses import replace
from itertools import pairwise

import pytest
from burner.layout import Drawing
from burner.styles import Frame
from hypothesis import given, settings
from hypothesis import strategies as st

from media_jobs.notices import Notice
from media_jobs.subtitles.settings import cue_settings
from tests.burner.laying import HD, SMALL, UPRIGHT, cue, events, laid_out, texts

PROSE = (
    "We kept looking for it under every chair and behind every curtain until somebody thought of "
    "asking the caretaker, who had it in his drawer. "
)


def lines_of(drawing: Drawing) -> list[str]:
    """Return the lines that are drawn, in order."""
    return [placed.line.text for shown in drawing.shown for placed in shown.caption.lines]


def is_inside(drawing: Drawing, picture: Frame) -> bool:
    """Whether all ink and all boxes lie in the picture."""
    for shown in drawing.shown:
        for placed in shown.caption.lines:
            ink = placed.line.ink
            if ink is not None:
                box = ink.moved(placed.x, placed.y)
                if min(box.left, box.top) < 0:
                    return False
                if box.right > picture.shown_width or box.bottom > picture.height:
                    return False
        for back in shown.caption.boxes:
            if min(back.x, back.y) < -0.5 or back.y + back.height > picture.height + 0.5:
                return False
    return True


SHAPES = [HD, SMALL, UPRIGHT, Frame(width=1920, height=200), Frame(width=320, height=180)]
TEXTS = {
    "Han": "天" * 52,
    "prose": PROSE,
    "word": "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
    "URL": "https://example.com/" + "path/" * 30,
    "Thai": "สวัสดีครับทำไมเธอจึงไม่ไปโรงเรียนน้ำใจดีมากและเราจะไปด้วยกันในวันพรุ่งนี้",
    "Burmese": "မြန်မာဘာသာစကားသည် မြန်မာနိုင်ငံ၏ ရုံးသုံးဘာသာစကားဖြစ်သည်။",
    "Arabic": "أنا أعيش في London (UK) منذ 2003 مع كلبي وقطة أختي وكل أصدقائي القدامى",
    "exclamations": "ああ" + "ー" * 60 + "！" * 60,
    "stack": "Z" + "\u0301\u0323" * 40 + "algo",
}


@pytest.mark.parametrize("picture", SHAPES, ids=lambda shape: f"{shape.width}x{shape.height}")
@pytest.mark.parametrize("preset", ["default", "bold"])
@pytest.mark.parametrize("text", TEXTS.values(), ids=list(TEXTS))
def test_text_stays_in_a_picture_of_any_shape(text: str, preset: str, picture: Frame) -> None:
    drawing = laid_out({"preset": preset}, cue(text), picture=picture)

    assert is_inside(drawing, picture)
    drawn = "".join(lines_of(drawing)).replace(" ", "")
    if "stack" not in text and "\u0301" not in text:
        assert drawn == text.replace(" ", "")
    for shown in drawing.shown:
        # Fourteen pixels, or what half of the picture's height allows.
        assert all(line.em >= 14 - 1e-9 for line in shown.caption.lines)


def test_a_text_of_one_screen_is_two_even_lines() -> None:
    drawing = laid_out({}, cue("天" * 52), picture=SMALL)

    assert [len(line) for line in lines_of(drawing)] == [26, 26]
    assert drawing.notices == ()


@pytest.mark.parametrize(
    ("style", "side"), [({}, 0.05), ({"marginH": 400}, 400 / 1920), ({"marginH": 700}, 700 / 1920)]
)
def test_text_keeps_within_its_side_margins(style: dict[str, object], side: float) -> None:
    drawing = laid_out({"style": style}, cue("天" * 52))

    (shown,) = drawing.shown
    boxes = [(box.x, box.x + box.width) for box in shown.caption.boxes]
    assert min(left for left, _ in boxes) >= 1920 * side - 0.5
    assert max(right for _, right in boxes) <= 1920 * (1 - side) + 0.5


@pytest.mark.parametrize("picture", [HD, UPRIGHT, Frame(width=160, height=120)])
def test_the_largest_margins_leave_room_for_a_word(picture: Frame) -> None:
    style = {"fontSize": 72, "marginH": 900, "marginV": 500, "bold": True}

    drawing = laid_out({"style": style}, cue("Short."), picture=picture)

    assert [line.line.text for one in drawing.shown for line in one.caption.lines] == ["Short."]
    assert drawing.notices == ()


def test_an_upright_picture_is_kept_free_where_apps_have_their_controls() -> None:
    (shown,) = laid_out({}, cue(PROSE), picture=UPRIGHT).shown

    caption = shown.caption
    assert caption.bottom <= 0.82 * 1920
    assert caption.right - caption.left <= 0.8 * 1080
    assert max(box.x + box.width for box in caption.boxes) <= 960


@pytest.mark.parametrize(
    "place",
    [
        "line:-1",
        "line:100%",
        "line:90%,end",
        "line:0",
        "line:-3 align:end",
        "line:3% align:start",
        "position:100% align:right",
        "position:0% align:left line:50%",
        "line:-99",
        "line:99",
    ],
)
def test_a_place_that_is_followed_is_kept_free_of_apps_controls_too(place: str) -> None:
    placed = cue(PROSE, settings=cue_settings(place))

    def caption_of(**options: object) -> tuple[float, float, float, float]:
        (shown,) = laid_out({"cueSettings": "follow", **options}, placed, picture=UPRIGHT).shown
        (box,) = shown.caption.boxes
        return box.x, box.x + box.width, box.y, box.y + box.height

    left, right, top, bottom = caption_of()
    assert 0.13 * 1080 <= left < right <= 0.87 * 1080
    assert 0.14 * 1920 <= top < bottom <= 0.76 * 1920 + 1
    assert caption_of(safeArea="off") != (left, right, top, bottom)


def test_what_is_too_long_for_two_lines_is_set_smaller_before_it_takes_more() -> None:
    drawing = laid_out({}, cue("word " * 30))

    assert len(lines_of(drawing)) == 2
    assert drawing.notices == (Notice(code="cues_smaller", cues=(1,)),)


def test_lines_that_the_writer_has_broken_stay_where_they_fit() -> None:
    assert lines_of(laid_out({}, cue("one", "two", "three"))) == ["one", "two", "three"]


MEADOW = "Everyone was asleep in the meadow until a butterfly came."


@pytest.mark.parametrize(
    ("picture", "share"), [(HD, 0.68), (SMALL, 0.68), (Frame(width=1440, height=1080), 0.9)]
)
def test_a_line_longer_than_is_read_at_ease_becomes_two(picture: Frame, share: float) -> None:
    lines = [line for shown in laid_out({}, cue(MEADOW), picture=picture).shown
             for line in shown.caption.lines]  # fmt: skip

    assert [line.line.text.strip() for line in lines] == [
        "Everyone was asleep in the meadow",
        "until a butterfly came.",
    ]
    assert max(line.line.width for line in lines) <= share * picture.width


def test_a_long_line_that_the_writer_has_broken_from_another_stays_one() -> None:
    long = "They never found out where the music behind the hill had come from,"

    assert lines_of(laid_out({}, cue(long, "not then."))) == [long, "not then."]


def test_lines_as_long_as_the_picture_allows_come_before_smaller_or_more_lines() -> None:
    drawing = laid_out({}, cue("天" * 68))

    assert [len(line) for line in lines_of(drawing)] == [34, 34]
    assert drawing.notices == ()


def test_lines_that_do_not_fit_are_broken_anew_together() -> None:
    long, short = "天" * 40, "地" * 6

    assert [len(line) for line in lines_of(laid_out({}, cue(long, short), picture=SMALL))] == [
        23,
        23,
    ]


def test_what_does_not_fit_at_all_is_shown_part_after_part() -> None:
    drawing = laid_out({}, cue(PROSE * 30, start_ms=0, end_ms=60_000))

    assert len(drawing.shown) > 1
    assert is_inside(drawing, HD)
    assert " ".join(lines_of(drawing)).split() == (PROSE * 30).split()
    times = [(shown.caption.start_ms, shown.caption.end_ms) for shown in drawing.shown]
    assert (times[0][0], times[-1][1]) == (0, 60_000)
    assert all(end == begin for (_, end), (begin, _) in pairwise(times))
    assert Notice(code="cues_in_parts", cues=(1,)) in drawing.notices


@pytest.mark.heavy
def test_what_there_is_no_time_for_is_told() -> None:
    drawing = laid_out({}, cue(PROSE * 60, start_ms=0, end_ms=700), cue("short"))

    assert is_inside(drawing, HD)
    assert Notice(code="cues_cut", cues=(1,)) in drawing.notices


def test_cues_at_one_time_stand_apart_and_the_first_keeps_its_place() -> None:
    alone = laid_out({}, cue("one")).shown[0].caption

    first, second, third = (
        shown.caption for shown in laid_out({}, cue("one"), cue("two"), cue("three")).shown
    )

    assert (first.top, first.bottom) == (alone.top, alone.bottom)
    assert second.bottom < first.top
    assert third.bottom < second.top


def test_cues_that_have_no_room_beside_others_of_their_time_are_told() -> None:
    crowd = [cue("one", "two", "three", "four") for _ in range(12)]

    assert laid_out({}, *crowd[:2]).notices == ()
    told = laid_out({}, *crowd).notices

    assert [notice.code for notice in told] == ["cues_cover_others"]
    assert 12 in told[0].cues
    assert 1 not in told[0].cues


def test_a_cue_that_comes_when_another_has_gone_stands_in_its_place() -> None:
    one, two = laid_out(
        {}, cue("one", start_ms=0, end_ms=1000), cue("two", start_ms=1000, end_ms=2000)
    ).shown

    assert one.caption.top == two.caption.top


@pytest.mark.parametrize(
    ("lines", "styles"),
    [
        (["one"], ["Primary"]),
        (["- Did you bring the tickets?", "- They are in your pocket."], ["Primary"] * 2),
        (["He walked home", "他一路冒雨", "走回了家"], ["Primary", "Secondary", "Secondary"]),
        (["他一路冒雨", "走回了家", "He walked home"], ["Primary", "Primary", "Secondary"]),
        (["今日は雨です", "走った"], ["Primary"] * 2),
        (["Привет", "Hello"], ["Primary", "Secondary"]),
        (["한국어", "Hello", "there"], ["Primary", "Secondary", "Secondary"]),
        (["2024", "Hello"], ["Primary"] * 2),
    ],
)
def test_a_cue_of_two_languages_is_divided_where_the_script_changes(
    lines: list[str], styles: list[str]
) -> None:
    assert [e.style for e in texts(laid_out({"bilingual": True}, cue(*lines)))] == styles


def test_lines_of_several_speakers_begin_at_one_place() -> None:
    (shown,) = laid_out({}, cue("- Did you bring the tickets?", "- No.")).shown

    assert len({placed.x for placed in shown.caption.lines}) == 1
    assert shown.caption.left + shown.caption.right == pytest.approx(1920)


def test_tall_letters_stand_further_apart_than_others() -> None:
    def pitch(text: str) -> float:
        first, second = laid_out({}, cue(text, text)).shown[0].caption.lines
        return (second.y - first.y) / first.em

    assert pitch("plain") == pytest.approx(1.2)
    assert pitch("မြို့ကြီး") > 1.3


def test_a_cue_stands_where_its_settings_say() -> None:
    start = cue("a fifth", settings=cue_settings("position:20% align:start size:60%"))
    top = cue("near the top", settings=cue_settings("line:10%"))

    first, second = (
        shown.caption for shown in laid_out({"cueSettings": "follow"}, start, top).shown
    )

    assert first.boxes[0].x == pytest.approx(0.2 * 1920)
    assert second.top == pytest.approx(0.1 * 1080, abs=1)


@pytest.mark.heavy
@settings(max_examples=60)
@given(
    st.text(max_size=60),
    st.integers(min_value=8, max_value=120),
    st.integers(min_value=8, max_value=120),
)
def test_any_text_stays_in_any_picture(text: str, width: int, height: int) -> None:
    picture = Frame(width=width * 16, height=height * 16)

    assert is_inside(laid_out({}, cue(text), picture=picture), picture)


PLACES = (
    ["", "line:0", "line:-1", "line:99", "line:-99", "line:0%,end", "line:50%,center", "line:100%"],
    ["", "position:0%", "position:100%", "position:0%,line-right", "position:90%,line-left"],
    ["", "size:0%", "size:1%", "size:50%"],
    ["", "align:start", "align:end", "align:left"],
)


@given(
    st.tuples(*map(st.sampled_from, PLACES)).map(" ".join),
    st.sampled_from([PROSE, "你好，这是一个测试字幕，看看会不会超出画面的边缘"]),
    st.sampled_from([HD, UPRIGHT, Frame(width=160, height=90)]),
)
def test_text_stays_in_the_picture_wherever_its_file_wants_it(
    place: str, text: str, picture: Frame
) -> None:
    placed = cue(text, end_ms=60_000, settings=cue_settings(place))

    assert is_inside(laid_out({"cueSettings": "follow"}, placed, picture=picture), picture)


@pytest.mark.heavy
def test_a_cue_is_laid_out_in_milliseconds() -> None:
    cues = [
        cue(f"{n} 今天天气很好，我们去公园玩吧。", f"Number {n} says it in English, and at length")
        for n in range(200)
    ]

    before_s = time.process_time()
    laid_out({"bilingual": True, "overlaps": "stack"}, *cues)

    # Measured at 0.8 ms each: room for a slow machine.
    assert (time.process_time() - before_s) / len(cues) < 0.008


def test_boxes_around_lines_are_one_drawing_with_round_corners() -> None:
    style = {"box": "lines", "cornerRadius": 12}
    drawing = laid_out({"style": style}, cue("a long first line", "short"))

    first, second = drawing.shown[0].caption.lines
    (box,) = drawing.shown[0].caption.boxes
    widths = sorted({round(abs(a[0] - b[0])) for a, b in pairwise(box.corners)})
    # The upper line's box, the lower one's, and the steps at both sides between them.
    across = 2 * 0.28 * first.em
    longer, shorter = first.line.width + across, second.line.width + across
    assert widths == [0, round((longer - shorter) / 2), round(shorter), round(longer)]
    (drawn,) = [event for event in events(drawing) if event.style == "PrimaryBox"]
    assert drawn.text.count("m ") == 1
    assert drawn.text.count("b ") == 8


def test_boxes_of_lines_that_are_about_as_long_are_as_long() -> None:
    style = {"box": "lines", "cornerRadius": 12}
    drawing = laid_out({"style": style}, cue("a line of some length", "a line of that length"))

    first, second = drawing.shown[0].caption.lines
    assert first.line.width != second.line.width
    (box,) = drawing.shown[0].caption.boxes
    assert len(box.corners) == 4
    assert box.width == pytest.approx(max(first.line.width, second.line.width) + 0.56 * first.em)


def test_the_margins_alone_count_where_no_app_s_controls_are_to_be_left_free() -> None:
    (shown,) = laid_out({"safeArea": "off"}, cue("x"), picture=UPRIGHT).shown

    assert shown.caption.bottom == pytest.approx(1920 - 60)


def test_a_sign_stands_in_its_place_whether_or_not_places_are_followed() -> None:
    sign = replace(
        cue("BAKERY", settings=cue_settings("line:25% position:30%,line-left align:left")),
        sign=True,
    )

    for policy in ("ignore", "follow"):
        drawing = laid_out({"cueSettings": policy}, sign, cue("said"))
        first, second = (placed for shown in drawing.shown for placed in shown.caption.lines)
        assert 0.24 * HD.height < first.y < 0.32 * HD.height
        assert first.x == pytest.approx(0.3 * HD.width, abs=20)  # The box has a padding.
        assert second.y > 0.8 * HD.height


@pytest.mark.heavy
def test_a_cue_of_fifty_thousand_lines_costs_no_more_than_what_can_be_shown() -> None:
    before_s = time.process_time()
    drawing = laid_out({}, cue(*["x"] * 50_000, start_ms=0, end_ms=60_000))

    assert time.process_time() - before_s < 2
    assert len(drawing.shown) == 120
    assert any(notice.code == "cues_cut" for notice in drawing.notices)


def test_a_cue_at_a_place_of_its_own_covers_no_other() -> None:
    low = cue("streaming services write it so", settings=cue_settings("line:84.66%"))

    drawing = laid_out({"cueSettings": "follow"}, cue("at the bottom"), low, cue("and one more"))

    captions = sorted((shown.caption for shown in drawing.shown), key=lambda one: one.top)
    assert all(above.bottom < below.top for above, below in pairwise(captions))
    assert is_inside(drawing, HD)


@pytest.mark.parametrize("text", ["\u200b", "\u202e\u2060", "\x00"])
def test_a_cue_of_nothing_visible_has_its_time_and_no_box(text: str) -> None:
    drawing = laid_out({}, cue(text, start_ms=0, end_ms=1000))

    (event,) = events(drawing)
    assert (event.style, event.name, event.end) == ("Primary", "1", "0:00:01.00")


def test_blanks_at_a_line_s_begin_do_not_move_it() -> None:
    (plain,), (blank,) = (
        laid_out({}, cue(text)).shown[0].caption.lines for text in ("lead", "   lead")
    )

    assert blank.x == pytest.approx(plain.x)
