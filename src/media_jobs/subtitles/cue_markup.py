"""The text of a cue with its styles and times in tags: what `text.text_lines` reads, written."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from media_jobs.subtitles.colours import CLASS_COLOURS
from media_jobs.subtitles.cues import Cue
from media_jobs.subtitles.markup import Markup, escaped, time_tag
from media_jobs.subtitles.subrip_tags import OF_SUBRIP
from media_jobs.subtitles.text import Line, Span

__all__ = ["Tags", "font_tag", "is_timed", "tagged", "webvtt_text"]

_CLASSES = {colour: name for name, colour in CLASS_COLOURS.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tags:
    """How a kind of file writes text: *escape* makes any harmless; *colour*: name and start tag of
    a colour, None where it has no tag for it; *time*: the tag before what is said later than the
    cue begins, None where it has none.
    """

    escape: Callable[[str], str]
    colour: Callable[[str], tuple[str, str] | None]
    time: Callable[[int], str] | None = None


def font_tag(colour: str) -> tuple[str, str]:
    """Return SubRip's tag of a colour."""
    return "font", f'<font color="{colour}">'


def _class_tag(colour: str) -> tuple[str, str] | None:
    name = _CLASSES.get(colour.lower())
    return None if name is None else ("c", f"<c.{name}>")


def _plain(text: str) -> str:
    # Our reader, which is lenient, would take it for a tag of SubRip.
    return OF_SUBRIP.sub(lambda tag: f"{tag[0][0]}\u2060{tag[0][1:]}", escaped(text))


_WEBVTT = Tags(escape=_plain, colour=_class_tag, time=time_tag)


def webvtt_text(cue: Cue) -> str:
    """Return the text of *cue* as WebVTT has it, with a time before each word that has one.

    As the standard asks, a time is later than the cue's beginning and than the one before it, and
    earlier than the cue's end: the first word's, who begins with its cue, is left out. Colours
    that the standard has no class for are left out.
    """
    return tagged(cue, _WEBVTT)


def tagged(cue: Cue, tags: Tags) -> str:
    """Return the text of *cue* with *tags*."""
    markup, styles = Markup(), dict[str, str]()
    latest_ms, plain = cue.start_ms, ""
    for number, line in enumerate(cue.lines):
        if number:
            markup.append(tags.escape(plain) + "\n")
            plain = ""
        for span in line:
            at_ms, wanted = span.at_ms, dict(_styles(span, tags))
            is_timed = at_ms is not None and latest_ms < at_ms < cue.end_ms and tags.time
            if is_timed or wanted != styles:
                # Only now: what two parts say together may look like a tag.
                markup.append(tags.escape(plain))
                plain = ""
            if is_timed and tags.time is not None and at_ms is not None:
                markup.append(tags.time(at_ms))
                latest_ms = at_ms
            markup.off(*(name for name, tag in styles.items() if wanted.get(name) != tag))
            for name, tag in wanted.items():
                if styles.get(name) != tag:
                    markup.push(name, tag)
            styles = wanted
            plain += span.text
    markup.append(tags.escape(plain))
    return markup.text()


def _styles(span: Span, tags: Tags) -> Iterator[tuple[str, str]]:
    for name, is_on in (("b", span.bold), ("i", span.italic), ("u", span.underline)):
        if is_on:
            yield name, f"<{name}>"
    colour = tags.colour(span.colour) if span.colour is not None else None
    if colour is not None:
        yield colour


def is_timed(lines: Sequence[Line]) -> bool:
    """Whether parts of *lines* have times of their own."""
    return any(span.at_ms is not None for line in lines for span in line)
