"""A scene as the composition would measure it, with round numbers."""

from dataclasses import replace

from remotion.feed import lay_out
from remotion.layers import Scene
from remotion.layout import layout
from remotion.timing import schedule

from media_jobs.comments import Comment
from media_jobs.engines.remotion.options import CommentsOptions


def a_scene(
    *, comments: int = 3, template: str = "landscape", cover_s: float = 2, **changes: object
) -> Scene:
    """Return 2 s of cover and scenes of 3.6 s, with cards 100 pixels high, at 360 lines."""
    options = CommentsOptions.model_validate(
        {"template": template, "height": 360, "coverSeconds": cover_s, "maxComments": 100}
    )
    place = layout(options, source_width=16, source_height=9)
    said = [Comment(author="A", content="x")] * comments
    scene = Scene(
        layout=place,
        schedule=schedule(said, options, transition_s=0.6),
        feed=lay_out(place, [100] * comments),
        ease="out",
        cover_leaves="slide",
        corners=((10, 20), (30, 20), (10, 40), (30, 40)),
        margin=8,
        veil=(226, 360),
        bar_height=2,
    )
    # mypy can't know which fields are changed; `replace` refuses others.
    return replace(scene, **changes)  # type: ignore[arg-type]
