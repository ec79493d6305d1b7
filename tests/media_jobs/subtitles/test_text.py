"""How a cue's text is read: styles, and what the vectors can't say of the page (M6)."""

import pytest

from media_jobs.subtitles.text import Span, text_lines


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


@pytest.mark.parametrize(
    ("written", "shown"),
    [("&AMP;&copy;&eacute;&hearts;", "&©é♥"), ("&notit; &Aacute;", "¬it; Á")],
)
def test_every_name_of_a_character_is_known(written: str, shown: str) -> None:
    assert spans(written) == [(shown, "")]


def looks(written: str) -> list[tuple[str, str | None, int | None]]:
    """Return each span's text, its colour and when it appears."""
    return [(span.text, span.colour, span.at_ms) for line in text_lines(written) for span in line]


@pytest.mark.parametrize(
    ("written", "colours"),
    [
        ("<c.yellow>a</c>b", ["#ffff00", None]),
        ("<b.red>a<i.lime>b</i>c</b>", ["#ff0000", "#00ff00", "#ff0000"]),
        # Of several classes the last counts; one that is not the standard's is none.
        ("<c.yellow.bg_blue.magenta.bg_black.loud>a</c>", ["#ff00ff"]),
        ("<v.cyan Ann>a</v>", ["#00ffff"]),
        ("<c.Yellow>a</c>", [None]),
        ("<c Yellow.red>a</c>", [None]),
        ('<font color="#1E90FF">a</font>b', ["#1e90ff", None]),
        ("<font color=dodgerblue size=3>a</font>", ["#1e90ff"]),
        ("<font face='x' color='#f80'>a</font>", ["#ff8800"]),
        ("<font color=rgb(1,2,300)>a</font>", ["#0102ff"]),
        ("<font color=nosuch>a</font>", [None]),
        ("<c.yellow><font color=nosuch>a</font></c>", ["#ffff00"]),
    ],
)
def test_colours_of_classes_and_of_font_tags_are_kept(
    written: str, colours: list[str | None]
) -> None:
    assert [colour for _, colour, _ in looks(written)] == colours


def test_words_keep_their_times() -> None:
    assert looks("a <00:01.500>b<01:00:02.000><c> c</c>\nd") == [
        ("a ", None, None),
        ("b", None, 1500),
        (" c", None, 3_602_000),
        ("d", None, 3_602_000),
    ]
