"""Letters that no font has are drawn as what they stand for; what is left is told."""

from burner.glyphs import folded, lettered, outline_notices, places_of
from burner.subtitles import JobSubtitles
from engine_kit.fonts import font_files, font_folders

from media_jobs.engines.burner.options import BurnOptions, HintText
from media_jobs.notices import Notice
from media_jobs.subtitles.cues import Cue
from media_jobs.subtitles.text import Span

LATIN = tuple(path for path in font_files(font_folders()) if path.name == "NotoSans[wght].ttf")


def cue(*lines: str, start_ms: int = 0) -> Cue:
    spans = tuple((Span(text=line, bold=True),) for line in lines)
    return Cue(start_ms=start_ms, end_ms=start_ms + 1000, lines=spans)


def text_of(cues: tuple[Cue, ...]) -> list[str]:
    return [one.text for one in cues]


def test_fancy_letters_become_plain_ones_where_no_font_has_them() -> None:
    (made,) = folded([cue("𝕋𝕙𝕚𝕤 is", "ｗｉｄｅ ①")], LATIN)

    assert made.text == "This is\nwide 1"
    assert made.lines[0][0].bold


def test_what_a_font_has_stays_as_it_is() -> None:
    cues = (cue("ﬁne ½ ² ™"),)

    assert folded(cues, LATIN) == cues


def test_a_form_that_cannot_be_drawn_either_is_not_taken() -> None:
    assert text_of(folded([cue("㊙ 🈂")], LATIN)) == ["㊙ 🈂"]


def test_places_are_the_cues_and_what_stands_over_them() -> None:
    cues = [cue("plain"), cue("𒾐", start_ms=61_000), cue("𒾐𞊐", start_ms=3_600_000)]
    options = BurnOptions(hint=HintText(text="𞊐"))

    assert places_of("𒾐𞊐", cues, options) == ["0:01:01.00", "1:00:00.00", "hint"]


def subtitles(*lines: str, kept: str | None = None) -> JobSubtitles:
    return JobSubtitles(kind="ass", cues=(cue(*lines),), kept=kept)


def test_emoji_need_no_letters_but_in_a_script_of_its_own_styling() -> None:
    assert lettered(subtitles("a 😂 👩🏽‍💻 b"), ["1️⃣ c"]) == "a   b\n c"
    assert lettered(subtitles("a 😂", kept="[Script Info]"), ["😂"]) == "a 😂\n"


def test_a_script_of_its_own_styling_with_emoji_is_told_that_they_have_no_colour() -> None:

    assert outline_notices(subtitles("a 😂", kept="[Script Info]")) == (
        Notice(code="emoji_outlined"),
    )
    assert outline_notices(subtitles("a ✓", kept="[Script Info]")) == ()
    assert outline_notices(subtitles("a 😂")) == ()
