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
