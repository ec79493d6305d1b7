"""What was made, as the `metadata` output of a comments video carries it. Pure."""

from collections.abc import Iterator, Mapping, Sequence

from engine_kit.glyphs import missing_notice

from media_jobs.notices import Notice, NoticeDocument
from media_jobs.strict import Strict
from remotion.composition import Composition

CODE_POINTS_MAX = 100


class ShownComment(Strict):
    """One comment's time on screen; *index*: its place in the document."""

    index: int
    id: str | None
    start_ms: int
    end_ms: int
    scrolls: bool


class Report(Strict):
    """The document. *missing_glyphs*: code points (`U+1F9FF`) that no font could draw, at most
    CODE_POINTS_MAX of them; *notices*: what of the document is not shown as it is;
    *pictures_missing*: how many avatars and marks were not available.
    """

    duration_ms: int
    cover_ms: int
    width: int
    height: int
    fps: int
    preset: str
    template: str
    comments: tuple[ShownComment, ...]
    notices: tuple[NoticeDocument, ...]
    missing_glyphs: tuple[str, ...]
    pictures_wanted: int
    pictures_missing: int
    tools: Mapping[str, str]


def named_code_points(codes: frozenset[int]) -> tuple[str, ...]:
    """Return the first of *codes* as Unicode writes them."""
    return tuple(f"U+{code:04X}" for code in sorted(codes)[:CODE_POINTS_MAX])


def report(
    composition: Composition,
    *,
    wanted: Sequence[str],
    notices: Sequence[Notice],
    tools: Mapping[str, str],
) -> Report:
    """Describe what *composition* shows; *wanted*: the URLs of the pictures that were asked for,
    *notices*: what there is to know of the source.
    """
    scene, options = composition.scene, composition.options
    times = scene.schedule
    shown = tuple(
        ShownComment(
            index=index,
            id=composition.document.comments[index].id,
            start_ms=round(times.seconds(one.start_frame) * 1000),
            end_ms=round(times.seconds(one.start_frame + one.frames) * 1000),
            scrolls=composition.cards[index].scrolls,
        )
        for index, one in enumerate(times.spans)
    )
    return Report(
        duration_ms=round(times.total_s * 1000),
        cover_ms=round(times.cover_s * 1000),
        width=scene.layout.width,
        height=scene.layout.height,
        fps=times.fps,
        preset=options.preset,
        template=options.template,
        comments=shown,
        notices=tuple(
            notice.document
            for notice in (*composition.document.notices, *_of_glyphs(composition), *notices)
        ),
        missing_glyphs=named_code_points(composition.missing),
        pictures_wanted=len(wanted),
        pictures_missing=len([url for url in wanted if url not in composition.pictures]),
        tools=tools,
    )


def _of_glyphs(composition: Composition) -> Iterator[Notice]:
    """Yield a notice where characters are drawn as boxes."""
    missing = {chr(code) for code in composition.missing}
    if not missing:
        return
    document, options = composition.document, composition.options
    video = document.video
    texts: dict[str, tuple[str | None, ...]]
    texts = {"title": (video.title, video.translated_title, video.author)}
    for number, one in enumerate(document.comments[: options.max_comments], 1):
        texts[f"comment {number}"] = (one.author, one.content, one.translated_content)
    if options.watermark is not None:
        texts["watermark"] = (options.watermark.text,)
    places = [
        place for place, of in texts.items() if not missing.isdisjoint("".join(filter(None, of)))
    ]
    yield missing_notice(sorted(missing), places)
