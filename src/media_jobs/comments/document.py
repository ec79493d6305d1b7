"""The comments document: what a comments video shows.

Stored as `comments.json` beside the media. Exports of sites and tools differ in much: what can be
understood is, before the fields are looked at (`repair`), and what was made of it is told.
"""

from collections.abc import Callable
from typing import Annotated, Any, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    ModelWrapValidatorHandler,
    PrivateAttr,
    model_validator,
)
from pydantic.alias_generators import to_camel
from pydantic_core import CoreSchema

from media_jobs.comments.limits import (
    COMMENTS_MAX,
    COUNT_MAX,
    NAME_CHARS_MAX,
    TEXT_CHARS_MAX,
    TITLE_CHARS_MAX,
)
from media_jobs.notices import Notice
from media_jobs.options import HttpUrl

__all__ = ["Comment", "CommentedVideo", "CommentsDocument"]

_TEXTS = ("title", "translated_title", "author", "content", "translated_content")

_Count = Annotated[int, Field(ge=0, le=COUNT_MAX)]
_Name = Annotated[str, Field(min_length=1, max_length=NAME_CHARS_MAX)]


class _Model(BaseModel):
    model_config = ConfigDict(
        alias_generator=to_camel, extra="ignore", frozen=True, populate_by_name=True, strict=True
    )


class CommentedVideo(_Model):
    """The video that was commented on."""

    title: Annotated[str, Field(min_length=1, max_length=TITLE_CHARS_MAX)]
    translated_title: Annotated[str, Field(max_length=TITLE_CHARS_MAX)] | None = None
    author: _Name | None = None
    view_count: _Count | None = None
    like_count: _Count | None = None


class Comment(_Model):
    """One comment, in the order it is shown. *published_at*: ISO 8601 in UTC.

    *author* is None for one without a visible name, *likes* where they are not known.
    """

    id: Annotated[str, Field(max_length=100)] | None = None
    author: _Name | None = None
    content: Annotated[str, Field(min_length=1, max_length=TEXT_CHARS_MAX)]
    translated_content: Annotated[str, Field(max_length=TEXT_CHARS_MAX)] | None = None
    likes: _Count | None = None
    reply_count: _Count | None = None
    avatar_url: HttpUrl | None = None
    published_at: Annotated[str, Field(max_length=40)] | None = None


_OWN_TEXT = {"anyOf": [{"type": "string", "pattern": "^"}, {"type": "null"}]}
_TAKEN = {
    "type": "object",
    "required": ["video", "comments"],
    "properties": {
        "video": {
            "type": "object",
            "required": ["title"],
            "properties": {
                "title": {"type": "string", "pattern": r"^[\s\S]"},
                "translatedTitle": _OWN_TEXT,
            },
        },
        "comments": {
            "type": "array",
            "items": {"type": "object", "properties": {"translatedContent": _OWN_TEXT}},
            "contains": {
                "required": ["content"],
                "properties": {"content": {"type": "string", "pattern": "^[A-Za-z0-9]"}},
            },
        },
    },
}
"""Objects with a title, and a comment of which something can be seen; the rest is dropped, cut or
left out where it can't be understood, and told.
"""


class CommentsDocument(_Model):
    """A video and 1 to 500 of its comments."""

    video: CommentedVideo
    comments: Annotated[list[Comment], Field(min_length=1, max_length=COMMENTS_MAX)]
    _notices: tuple[Notice, ...] = PrivateAttr(default=())

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What of the given comments was not taken as it is; no part of what is stored."""
        return self._notices

    def without_html(self) -> Self:
        """Return the document with its texts as they are to be drawn (`text.decoded`)."""
        from media_jobs.comments.text import decoded  # As below.

        return self.with_texts(decoded)

    def with_texts(self, change: Callable[[str], str]) -> Self:
        """Return the document with *change* done to each of its texts."""

        def of(part: Any) -> Any:  # The same kind of model.
            texts = {name: getattr(part, name, None) for name in _TEXTS}
            update = {name: change(text) for name, text in texts.items() if text is not None}
            return part.model_copy(update=update)

        comments = [of(comment) for comment in self.comments]
        return self.model_copy(update={"video": of(self.video), "comments": comments})

    def translation_first(self) -> Self:
        """Return the document with texts and translations exchanged, where there are both."""

        def of(part: Any, text: str, translated: str) -> Any:  # The same kind of model.
            one, other = getattr(part, text), getattr(part, translated)
            return part.model_copy(update={text: other, translated: one}) if other else part

        comments = [of(one, "content", "translated_content") for one in self.comments]
        video = of(self.video, "title", "translated_title")
        return self.model_copy(update={"video": video, "comments": comments})

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:  # Any: JSON Schema.
        """Describe what is taken, which is more than what is stored: `_understood` mends it."""
        named = {"title": cls.__name__, "description": cls.__doc__ or ""}
        return {**named, **_TAKEN}

    @model_validator(mode="wrap")
    @classmethod
    def _understood(cls, given: Any, read: ModelWrapValidatorHandler[Self]) -> Self:
        # Here, because no start of a Worker needs it. *given* is JSON of any shape.
        from media_jobs.comments.repair import repaired

        fields, notices = repaired(given)
        document = read(fields)
        document._notices = notices
        return document
