r"""An edit of a file that has more than WebVTT's cues: what nobody edited stays as it was."""

from media_jobs.subtitles.editing import edited_into
from media_jobs.subtitles.reader import read_subtitles

HEAD = r"""[Script Info]
; made by hand
PlayResX: 1280

[V4+ Styles]
Format: Name, Fontname, Fontsize, Alignment
Style: Main,Gandhi Sans,52,2
Style: Sign,Impact,30,5

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
"""
SCRIPT = (
    HEAD
    + r"""Comment: 0,0:00:00.00,0:00:00.00,Main,,0,0,0,,a note, with a comma
Dialogue: 0,0:00:01.00,0:00:02.00,Main,Ann,10,20,30,fx;1,{\an8\c&H00FFFF&}Hello{\i1} there{\i0}, you
Dialogue: 1,0:00:03.00,0:00:04.00,Main,Bob,0,0,0,,{\bord4}Twice
Dialogue: 0,0:00:03.00,0:00:04.00,Main,Bob,0,0,0,,Twice
Dialogue: 0,0:00:05.00,0:00:06.00,Sign,,0,0,0,,{\move(1,1,9,9)}ROAD
Dialogue: 0,0:00:07.00,0:00:08.00,Main,,0,0,0,,One {\fs90}big{\fs52} word\Nand a line
"""
)
# The lines of the cues' times: the comment is line 12.
HELLO, TWICE, LAST = 13, 14, 17


def vtt(*cues: tuple[int | None, str, str]) -> str:
    blocks = (f"{source or ''}\n{times}\n{text}".lstrip("\n") for source, times, text in cues)
    return "WEBVTT\n\n" + "\n\n".join(blocks) + "\n"


def edited(file: str, *cues: tuple[int | None, str, str]) -> tuple[str, list[str]]:
    made = edited_into(read_subtitles(file), read_subtitles(vtt(*cues)))
    return made.text, [notice.code for notice in made.notices]


def untouched(**changed: tuple[str, str]) -> list[tuple[int | None, str, str]]:
    cues = {
        "hello": ("00:00:01.000 --> 00:00:02.000 line:0", "Hello<i> there</i>, you"),
        "twice": ("00:00:03.000 --> 00:00:04.000", "Twice"),
        "last": ("00:00:07.000 --> 00:00:08.000", "One big word\nand a line"),
    }
    sources = {"hello": HELLO, "twice": TWICE, "last": LAST}
    return [(sources[name], *(changed.get(name) or cue)) for name, cue in cues.items()]


def test_an_edit_that_changes_nothing_gives_back_the_script_byte_by_byte() -> None:
    assert edited(SCRIPT, *untouched()) == (SCRIPT, [])


def test_a_time_is_changed_in_its_event_and_in_all_its_layers_alone() -> None:
    moved = ("00:00:03.250 --> 00:00:04.500", "Twice")

    text, notices = edited(SCRIPT, *untouched(twice=moved))

    assert text == SCRIPT.replace("0:00:03.00,0:00:04.00", "0:00:03.25,0:00:04.50")
    assert text.count("0:00:03.25,0:00:04.50") == 2
    assert notices == []


def test_an_edited_text_keeps_the_tags_that_it_begins_with_and_its_own_weights() -> None:
    hello = ("00:00:01.000 --> 00:00:02.000 line:0", "Hi <i>all</i> {of} you")
    last = ("00:00:07.000 --> 00:00:08.000", "One big word\nand another")

    text, notices = edited(SCRIPT, *untouched(hello=hello, last=last))

    assert r"Main,Ann,10,20,30,fx;1,{\an8\c&H00FFFF&}Hi {\i1}all{\i0} \{of\} you" "\n" in text
    assert r"One big word\Nand another" in text
    assert notices == ["edited_tags_left_out"]


def test_a_layer_of_an_edited_text_keeps_its_own_first_tags() -> None:
    text, _ = edited(SCRIPT, *untouched(twice=("00:00:03.000 --> 00:00:04.000", "Thrice")))

    assert text == SCRIPT.replace("Twice", "Thrice")


def test_a_removed_cue_takes_its_layers_along_and_no_sign_or_comment() -> None:
    hello, _, last = untouched()

    text, _ = edited(SCRIPT, hello, last)

    gone = [line for line in SCRIPT.split("\n") if "Twice" in line]
    assert text.split("\n") == [line for line in SCRIPT.split("\n") if line not in gone]


def test_the_second_part_of_a_split_cue_stands_behind_the_first_with_the_same_tags() -> None:
    hello, twice, last = untouched(hello=("00:00:01.000 --> 00:00:01.500 line:0", "Hello"))
    second = (HELLO, "00:00:01.500 --> 00:00:02.000 line:0", "there, you")

    lines = edited(SCRIPT, hello, second, twice, last)[0].split("\n")

    assert lines[HELLO - 1 : HELLO + 1] == [
        r"Dialogue: 0,0:00:01.00,0:00:01.50,Main,Ann,10,20,30,fx;1,{\an8\c&H00FFFF&}Hello",
        r"Dialogue: 0,0:00:01.50,0:00:02.00,Main,Ann,10,20,30,fx;1,{\an8\c&H00FFFF&}there, you",
    ]
    assert lines[HELLO + 1 :] == SCRIPT.split("\n")[HELLO:]


def test_a_new_cue_has_the_style_of_the_one_before_it_and_none_of_its_tags() -> None:
    hello, twice, last = untouched()
    new = (None, "00:00:02.500 --> 00:00:02.900", "New")
    above = (None, "00:00:09.000 --> 00:00:10.000 line:0", "Up")

    lines = edited(SCRIPT, hello, new, twice, last, above)[0].split("\n")

    assert lines[HELLO] == "Dialogue: 0,0:00:02.50,0:00:02.90,Main,,0,0,0,,New"
    assert lines[-2:] == [r"Dialogue: 0,0:00:09.00,0:00:10.00,Main,,0,0,0,,{\an8}Up", ""]


def test_what_the_editor_does_not_show_moves_when_all_that_it_shows_moves_alike() -> None:
    times = ["00:00:02.000 --> 00:00:04.000", "00:00:06.000 --> 00:00:08.000"]
    doubled = untouched(
        hello=(f"{times[0]} line:0", "Hello<i> there</i>, you"),
        twice=(times[1], "Twice"),
        last=("00:00:14.000 --> 00:00:16.000", "One big word\nand a line"),
    )

    stretched = edited(SCRIPT, *doubled)[0]
    one_alone = edited(SCRIPT, *untouched(last=("00:00:08.000 --> 00:00:09.000", "x")))[0]

    assert r"0:00:10.00,0:00:12.00,Sign,,0,0,0,,{\move(1,1,9,9)}ROAD" in stretched
    assert r"0:00:05.00,0:00:06.00,Sign,,0,0,0,,{\move(1,1,9,9)}ROAD" in one_alone


def test_a_script_of_other_fields_keeps_their_order() -> None:
    script = (
        "[Events]\nFormat: Start, End, Style, Text\nDialogue: 0:00:01.00,0:00:02.00,Odd,one, two\n"
    )

    text, _ = edited(
        script,
        (3, "00:00:01.000 --> 00:00:02.500", "one, two"),
        (None, "00:00:03.000 --> 00:00:04.000", "three, four"),
    )

    assert text == script.replace("02.00", "02.50") + (
        "Dialogue: 0:00:03.00,0:00:04.00,Odd,three, four\n"
    )


SUBRIP = r"""7
00:00:01,000 --> 00:00:02,000
{\an8}<font face="Impact" color="#ff0000">Hello</font> there

8
00:00:03,000 --> 00:00:04,000
<s>struck</s> out
"""


def test_subrip_keeps_the_tags_of_texts_that_nobody_edited_and_is_numbered_anew() -> None:
    cues = [
        (2, "00:00:01.500 --> 00:00:02.000 line:0", '<font color="#ff0000">Hello</font> there'),
        (6, "00:00:03.000 --> 00:00:04.000", "struck out"),
    ]

    text, notices = edited(SUBRIP, *cues)

    renumbered = SUBRIP.replace("7\n00", "1\n00").replace("8\n00", "2\n00")
    assert text == renumbered.replace("00:00:01,000", "00:00:01,500")
    assert notices == []


def test_an_edited_text_of_subrip_stays_in_its_place_and_what_is_lost_is_told() -> None:
    text, notices = edited(
        SUBRIP,
        (2, "00:00:01.000 --> 00:00:02.000 line:0", "<b>Bye</b>"),
        (None, "00:00:02.500 --> 00:00:02.900 line:0", "new"),
        (6, "00:00:03.000 --> 00:00:04.000", "struck off"),
    )

    assert text == (
        "1\n00:00:01,000 --> 00:00:02,000\n{\\an8}<b>Bye</b>\n\n"
        "2\n00:00:02,500 --> 00:00:02,900\n{\\an8}new\n\n"
        "3\n00:00:03,000 --> 00:00:04,000\nstruck off\n"
    )
    assert notices == ["edited_tags_left_out"]


def test_a_text_that_webvtt_has_to_write_otherwise_counts_as_not_edited() -> None:
    script = (
        "[Events]\n"
        "Dialogue: 0,0:00:01.00,0:00:02.00,,,0,0,0,,{\\k50}one{\\k50}\\N\\Ntwo --> three\n"
    )

    assert (
        edited(script, (2, "00:00:01.000 --> 00:00:02.000", "one\ntwo --&gt; three"))[0] == script
    )
