"""WebVTT's edges, one line each: drawn as the standard says, literally, or told in a notice (M6).

The standard: https://www.w3.org/TR/webvtt1/, sections 6.1 to 6.4. Nothing is read as ASS or as a
filter; how text is escaped for ASS is in test_ass.py.
"""

import pytest
from burner.cue_settings import valid_settings
from burner.cue_text import Span, text_lines
from burner.subtitles import Subtitles, read_subtitles
from engine_kit.failures import EngineFailure

from media_jobs.engines.burner.options import BurnOptions

AB = ["a", "b"]


def read(data: str | bytes) -> Subtitles:
    """Return what a file holds for a job that follows the cues' own settings."""
    raw = data.encode() if isinstance(data, str) else data
    return read_subtitles(raw, BurnOptions(cue_settings="follow"))


def texts(data: str | bytes) -> list[str]:
    """Return the texts of the cues, none for a file that is refused."""
    try:
        return [cue.text for cue in read(data).cues]
    except EngineFailure:
        return []


CUE = "00:01.000 --> 00:02.000\nx\n"


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        ("WEBVTT\n\n", "webvtt"),
        ("WEBVTT\n", "webvtt"),  # The empty line is missing: the header ends at the times.
        ("WEBVTT some words\n\n", "webvtt"),
        ("WEBVTT\tsome words\n\n", "webvtt"),
        ("WEBVTT - 00:00\nKind: captions\nLanguage: en\n\n", "webvtt"),
        ("\ufeffWEBVTT\n\n", "webvtt"),
        ("WEBVTT\r\n\r\n", "webvtt"),
        ("WEBVTT\r\r", "webvtt"),
        ("WEBVTT\n\n\n\n\n", "webvtt"),
    ],
)
def test_a_file_with_the_signature_is_webvtt(head: str, kind: str) -> None:
    subtitles = read(head + CUE)

    assert (subtitles.kind, [cue.text for cue in subtitles.cues]) == (kind, ["x"])
    assert subtitles.notices == ()


@pytest.mark.parametrize(
    "head", ["webvtt\n\n", "WEBVTTX\n\n", "WEBVTT-x\n\n", " WEBVTT\n\n", "\ufeff\ufeffWEBVTT\n\n"]
)
def test_a_file_with_nearly_the_signature_is_read_as_subrip_and_that_is_told(head: str) -> None:
    subtitles = read(head + CUE)

    assert (subtitles.kind, [cue.text for cue in subtitles.cues]) == ("subrip", ["x"])
    assert subtitles.notices == (
        "The first line is not as WebVTT has it: the file is read as SubRip.",
    )


@pytest.mark.parametrize("data", ["WEBVTT", "WEBVTT ", "WEBVTT\n", "WEBVTT\n\nx\n", "", "WEBSRT"])
def test_a_file_without_cues_is_refused(data: str) -> None:
    with pytest.raises(EngineFailure, match="subtitles"):
        read(data)


@pytest.mark.parametrize(
    ("timing", "times"),
    [
        ("00:00.000 --> 00:01.000", (0, 1000)),
        ("00:00:00.000 --> 00:00:01.000", (0, 1000)),
        ("0:00:00.000 --> 0:00:01.000", (0, 1000)),
        ("100:00:00.000 --> 1000:00:01.000", (360_000_000, 3_600_001_000)),
        ("00:59:59.999 --> 01:00:00.000", (3_599_999, 3_600_000)),
        ("00:00.000-->00:01.000", (0, 1000)),
        ("  \t00:00.000  -->\t00:01.000  ", (0, 1000)),
        ("00:00.000 --> 00:01.000align:start", (0, 1000)),
        # Settings follow, and these are none.
        ("00:00.000 --> 00:01.000.", (0, 1000)),
        ("00:00.000 --> 00:01.000 --> 00:05.000", (0, 1000)),
        # Beyond the standard: what people write.
        ("00:00,000 --> 00:01,000", (0, 1000)),
        ("00:00.5 --> 00:01.25", (500, 1250)),
        ("0:0.000 --> 0:1.000", (0, 1000)),
    ],
)
def test_times_that_can_be_read(timing: str, times: tuple[int, int]) -> None:
    (cue,) = read(f"WEBVTT\n\n{timing}\nx\n").cues

    assert (cue.start_ms, cue.end_ms) == times


@pytest.mark.parametrize(
    "timing",
    [
        "00:60.000 --> 01:01.000",
        "00:00.000 --> 00:60.000",
        "60:00.000 --> 61:00.000",
        "00:60:00.000 --> 01:00:00.000",
        "00:00.0000 --> 00:01.0000",
        "00:00 --> 00:01",
        "00.000 --> 01.000",
        "00:00.000 -> 00:01.000 -->",
        "00:00.000 --> ",
        "--> 00:01.000",
        "-->",
        "00:00.000 -- > 00:01.000 -->",
        "-00:00.000 --> 00:01.000",
        "+00:00.000 --> 00:01.000",
        "00:00.000 --> -00:01.000",
        "00:0a.000 --> 00:01.000",
        "00 :00.000 --> 00:01.000",
        "00:00.000 x --> 00:01.000",
        "x 00:00.000 --> 00:01.000",
        "٠٠:٠٠.٠٠٠ --> ٠٠:٠١.٠٠٠",
        "00:02.000 --> 00:01.000",
        "00:01.000 --> 00:01.000",
    ],
)
def test_a_cue_without_good_times_is_left_out_with_its_text_and_that_is_told(timing: str) -> None:
    subtitles = read(f"WEBVTT\n\n{timing}\nbad\n\n00:03.000 --> 00:04.000\ngood\n")

    assert [cue.text for cue in subtitles.cues] == ["good"]
    assert subtitles.notices == (
        "1 cues are left out: their times can't be read, or end before they begin.",
    )


ONE, TWO = "00:01.000 --> 00:02.000", "00:03.000 --> 00:04.000"


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        # Blocks, and what stands between them.
        (f"{ONE}\na\n\n{TWO}\nb", AB),
        (f"{ONE}\na\n{TWO}\nb", AB),  # No empty line: the next times end the cue.
        (f"1\n{ONE}\na\n\nsecond cue\n{TWO}\nb", AB),
        (f"{ONE}\na\n\n\n\n\n{TWO}\nb\n\n\n", AB),
        (f"{ONE}\na\n \nstill a\n\n{TWO}\nb", ["a\nstill a", "b"]),  # A blank is no empty line.
        (f"id\n\n{ONE}\na\n\n{TWO}\nb", AB),
        (f"-- >\n{ONE}\na\n\n{TWO}\nb", AB),
        (f"id\nmore\n{ONE}\na\n\n{TWO}\nb", AB),
        (f"{ONE}\n\nnot a cue's\n\n{TWO}\nb", ["b"]),
        (f"{ONE}\na\nfoo --> bar\nlost\n\n{TWO}\nb", AB),
        (f"{ONE}\na\n-->\nlost\n\n{TWO}\nb", AB),
        (f"{ONE}\na -- > b\n\n{TWO}\nb", ["a -- > b", "b"]),
        (f"{ONE}\na --&gt; c\n\n{TWO}\nb", ["a --> c", "b"]),
        (f"NOTE\n\n{ONE}\na\n\nNOTE b\nc\n\n{TWO}\nb", AB),
        (f"NOTE\n{ONE}\na\n\nNOTE x\n\n{TWO}\nb", AB),  # Here NOTE is the name of a cue.
        (f"{ONE}\na\n\n{TWO}\nNOTE b", ["a", "NOTE b"]),
        (f"STYLE\n::cue {{ color: red }}\n\n{ONE}\na\n\n{TWO}\nb", AB),
        (f"REGION\nid:fred\nwidth:40%\n\n{ONE} region:fred\na\n\n{TWO}\nb", AB),
        (f"{ONE}\na\n\nSTYLE\n::cue(b) {{}}\n\n{TWO}\nb", AB),
        (f"{TWO}\nb\n\n{ONE}\na", AB),
        (f"{ONE}\na\n\n{TWO}\nb\0", ["a", "b\ufffd"]),
        (f"{ONE} \0\na\n\n{TWO}\nb", AB),
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_blocks_are_told_apart(body: str, shown: list[str], newline: str) -> None:
    assert texts(f"WEBVTT\n\n{body}".replace("\n", newline)) == shown


@pytest.mark.parametrize(
    ("head", "told"),
    [
        ("REGION\nid:a\n\n", ("The file's regions are not drawn.",)),
        ("REGION  \nid:a\n\n", ("The file's regions are not drawn.",)),
        ("STYLE\n::cue{}\n\n", ("The file's own styles are not drawn.",)),
        (f"{CUE}\nSTYLE\n\n", ()),  # After a cue, styles have no meaning at all.
        ("NOTE\nREGION\n\n", ()),
        ("REGIONS\n\n", ()),
    ],
)
def test_blocks_that_are_not_drawn_are_told(head: str, told: tuple[str, ...]) -> None:
    assert read(f"WEBVTT\n\n{head}{CUE}").notices == told


def test_words_that_should_come_one_by_one_are_shown_together_and_that_is_told() -> None:
    subtitles = read("WEBVTT\n\n00:01.000 --> 00:04.000\none <00:02.000>two <00:00:03.000>three")

    assert [cue.text for cue in subtitles.cues] == ["one two three"]
    assert subtitles.notices == ("Cues that should appear bit by bit are shown as a whole.",)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("line:0", {"line": "0"}),
        ("line:-1", {"line": "-1"}),
        ("line:1.5", {"line": "1.5"}),
        ("line:0%", {"line": "0%"}),
        ("line:100%,end", {"line": "100%,end"}),
        ("line:5,start", {"line": "5,start"}),
        ("line:50.5%,center", {"line": "50.5%,center"}),
        ("position:0%", {"position": "0%"}),
        ("position:50%,line-left", {"position": "50%,line-left"}),
        ("position:50%,center", {"position": "50%,center"}),
        ("position:50%,line-right", {"position": "50%,line-right"}),
        ("size:33.3%", {"size": "33.3%"}),
        ("vertical:rl", {"vertical": "rl"}),
        ("vertical:lr", {"vertical": "lr"}),
        ("region:a", {"region": "a"}),
        ("align:start", {"align": "start"}),
        ("align:center", {"align": "center"}),
        ("align:end", {"align": "end"}),
        ("align:left", {"align": "left"}),
        ("align:right", {"align": "right"}),
        ("\talign:start\tline:1  size:9%\f", {"align": "start", "line": "1", "size": "9%"}),
        ("align:start align:end", {"align": "end"}),
        ("align:start align:foo", {"align": "start"}),
    ],
)
def test_settings_that_are_valid_are_kept(written: str, kept: dict[str, str]) -> None:
    assert dict(valid_settings(written)) == kept


@pytest.mark.parametrize(
    "written",
    [
        *("line:", "line:x", "line:1x", "line:--1", "line:1-", "line:1.", "line:.5", "line:1.5.2"),
        *("line:101%", "line:-1%", "line:%", "line:1,foo", "line:1,", "line: 1", "line:50%,left"),
        *("line:٣", "line:1%%", "xline:1", "Line:1", "line", ":1", "line=1"),
        *("position:50", "position:101%", "position:-1%", "position:50%,start", "position:50%,"),
        *("size:50", "size:101%", "size:", "size:50%,start", "size:٥%"),
        *("align:", "align:START", "align:justify", "vertical:", "vertical:tb", "region:"),
        *("foo:bar", "an:8", r"{\an8}", "--> 00:05.000", "line:" + "9" * 400, "size:1e1%"),
    ],
)
def test_settings_that_are_not_valid_are_as_if_they_were_not_there(written: str) -> None:
    assert valid_settings(written) == ()


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        # Tags.
        ("<b>a</b><i>b</i><u>c</u>", "abc"),
        ("<c>a</c><c.red.bg_blue>b</c>", "ab"),
        ("<v>a</v><v Ann>b</v><v.loud Ann Lee>c", "abc"),
        ("<v\tAnn\nLee>a", "a"),
        ("<lang en-GB>a</lang>", "a"),
        ("<i.x.y z>a</i>", "a"),
        ("<foo>a</foo><h1>b</h1>", "ab"),
        ("a<br>b<br/>c", "abc"),
        ("a</b></i></c></v>b", "ab"),
        ("a<00:01.000>b<00:00:01.000>c", "abc"),
        ("<ruby>a<rt>b</rt></ruby>", "a(b)"),
        ("<ruby>a<rt>b</rt>c<rt>d</rt></ruby>", "a(b)c(d)"),
        ("<ruby>a<rt>b</ruby>c", "a(b)c"),
        ("<ruby>a<rt>b", "a(b)"),
        ("a<rt>b</rt>c", "abc"),
        ("a</rt></ruby>b", "ab"),
        # What begins no tag is text.
        ("a < b", "a < b"),
        ("a <3 b", "a <3 b"),
        ("a << b >> c", "a << b >> c"),
        ("a <> b </> c", "a <> b </> c"),
        ("a <b", "a <b"),
        ("a <", "a <"),
        ("a > b", "a > b"),
        ("<.x>a", "<.x>a"),
        ("<ann@example.com>", "<ann@example.com>"),
        ("<0:1>a", "<0:1>a"),
        ("<!-- a >", "<!-- a >"),
        # Character references.
        ("&amp;&lt;&gt;&nbsp;&lrm;&rlm;", "&<>\u00a0\u200e\u200f"),
        ("&amp;lt;b&amp;gt;", "&lt;b&gt;"),
        ("&lt;b&gt;a&lt;/b&gt;", "<b>a</b>"),
        ("&AMP;&copy;&eacute;&hearts;", "&©é♥"),
        ("&#65;&#x42;&#X43;", "ABC"),
        ("&#128512;&#x1F600;", "😀😀"),
        ("&#0;", "\ufffd"),
        ("&#x110000;&#xD800;", "\ufffd\ufffd"),
        ("&foo; & &; &# &#x; &#xyz;", "&foo; & &; &# &#x; &#xyz;"),
        ("&amp a &lt b", "& a < b"),
        ("a&#10;b", "a\nb"),
    ],
)
def test_text_is_read_as_the_standard_says_or_literally(written: str, shown: str) -> None:
    (cue,) = read(f"WEBVTT\n\n00:01.000 --> 00:02.000\n{written}\n").cues

    assert cue.text == shown


def spans(written: str) -> list[tuple[str, str]]:
    """Return each span's text and its styles, as letters."""

    def letters(span: Span) -> str:
        styles = {"b": span.bold, "i": span.italic, "u": span.underline}
        return "".join(letter for letter, wanted in styles.items() if wanted)

    return [(span.text, letters(span)) for line in text_lines(written) for span in line]


@pytest.mark.parametrize(
    ("written", "styled"),
    [
        ("<b>a</b>b", [("a", "b"), ("b", "")]),
        ("<b.x>a<i>b<u>c", [("a", "b"), ("b", "bi"), ("c", "biu")]),
        ("<b>a\nb</b>", [("a", "b"), ("b", "b")]),
        ("<b><b>a</b>b</b>c", [("a", "b"), ("b", "b"), ("c", "")]),
        # An end tag closes the innermost tag or nothing.
        ("<b><i>a</b>b</i>c</b>d", [("a", "bi"), ("b", "bi"), ("c", "b"), ("d", "")]),
        ("<b><c>a</b>b", [("a", "b"), ("b", "b")]),
        ("<b><foo>a</b>b", [("a", "b"), ("b", "")]),
        ("<b/>a", [("a", "")]),
        ("<B>a</B>b", [("a", "b"), ("b", "")]),
        (
            "<i><ruby>a<rt>b</ruby></i>c",
            [("a", "i"), ("(", "i"), ("b", "i"), (")", "i"), ("c", "")],
        ),
        ("<b>&lt;i&gt;</b>", [("<i>", "b")]),
    ],
)
def test_styles_end_where_the_standard_ends_them(
    written: str, styled: list[tuple[str, str]]
) -> None:
    assert spans(written) == styled
