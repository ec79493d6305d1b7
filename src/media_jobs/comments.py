"""The comments document: what a comments video shows.

Stored as `comments.json` beside the media."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from media_jobs.options import HttpUrl

__all__ = ["Comment", "CommentedVideo", "CommentsDocument"]

_Count = Annotated[int, Field(ge=0, le=10**15)]


class _Model(BaseModel):
    model_config = ConfigDict(
        alias_generator=to_camel, extra="ignore", frozen=True, populate_by_name=True, strict=True
    )


class CommentedVideo(_Model):
    """The video that was commented on."""

    title: Annotated[str, Field(min_length=1, max_length=300)]
    translated_title: Annotated[str, Field(max_length=300)] | None = None
    author: Annotated[str, Field(max_length=100)] | None = None
    view_count: _Count | None = None
    like_count: _Count | None = None


class Comment(_Model):
    """One comment, in the order it is shown. *published_at*: ISO 8601 in UTC."""

    id: Annotated[str, Field(max_length=100)] | None = None
    author: Annotated[str, Field(min_length=1, max_length=100)]
    content: Annotated[str, Field(min_length=1, max_length=5000)]
    translated_content: Annotated[str, Field(max_length=5000)] | None = None
    likes: _Count = 0
    reply_count: _Count | None = None
    avatar_url: HttpUrl | None = None
    published_at: Annotated[str, Field(max_length=40)] | None = None


class CommentsDocument(_Model):
    """A video and 1 to 500 of its comments."""

    video: CommentedVideo
    comments: Annotated[list[Comment], Field(min_length=1, max_length=500)]
