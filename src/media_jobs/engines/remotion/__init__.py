"""Remotion composes a video of comments beside its source."""

from typing import TYPE_CHECKING

from pydantic import BaseModel

from media_jobs.engines.declaration import Engine, InputSlot, Words
from media_jobs.engines.rendering import METADATA, RENDER_LIMITS, RENDERED_VIDEO, SOURCE_VIDEO
from media_jobs.status import Status

if TYPE_CHECKING:
    from media_jobs.earlier_options import EarlierOptions

__all__ = ["ENGINE"]


def _options() -> type[BaseModel]:
    from media_jobs.engines.remotion.options import CommentsOptions

    return CommentsOptions


def _earlier() -> "EarlierOptions":
    from media_jobs.engines.remotion.earlier import EARLIER

    return EARLIER


ENGINE = Engine(
    id="renderer-remotion",
    name="remotion",
    words={
        "en": Words(title="Comments video", running="Rendering"),
        "zh": Words(title="评论视频", running="渲染中"),
    },
    icon="comments",
    port=9102,
    base_url_setting="CONTAINER_BASE_URL_REMOTION",
    folder="outputs",
    first_status=Status.PREPARING,
    inputs=(SOURCE_VIDEO, InputSlot(name="comments-data", url_field="inputDataUrl")),
    outputs=(RENDERED_VIDEO, METADATA),
    limits=RENDER_LIMITS,
    file_word="comments",
    options=_options,
    earlier=_earlier,
)
