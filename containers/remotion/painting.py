"""What is done with a document of comments in a process of its own: it is read, and painted."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from engine_kit.engine import Answer
from engine_kit.failures import EngineFailure, FailureCode
from pydantic import ValidationError

from media_jobs.comments import CommentsDocument
from media_jobs.engines.remotion.options import CommentsOptions
from media_jobs.notices import Notice
from remotion.composition import compose, draw_all
from remotion.layers import Scene
from remotion.pictures import opened
from remotion.pictures_child import WantedPicture
from remotion.preview import PreviewRequest, preview
from remotion.report import Report, report
from remotion.review import PaintedCard, looks_of, paint_looks
from remotion.verdict import check_picture


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """The pictures that a document and its options name: all *wanted*, and those *found*."""

    wanted: tuple[WantedPicture, ...]
    found: tuple[WantedPicture, ...]
    folder: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Painted:
    """A video whose pictures are files. *missing*: code points that no font could draw; *fonts*:
    the files of those that there were.
    """

    scene: Scene
    fonts: tuple[Path, ...]
    missing: frozenset[int]
    looks: tuple[PaintedCard, ...]
    report: Report


def read_document(path: Path) -> CommentsDocument:
    """Return the comments in a file; raises EngineFailure(comments_invalid)."""
    try:
        return CommentsDocument.model_validate_json(path.read_bytes())
    except ValidationError as error:
        fault = error.errors(include_url=False, include_context=False, include_input=False)[0]
        where = ".".join(str(part) for part in fault["loc"]) or "document"
        message = f"The comments are not valid: {where}: {fault['msg']}."
        raise EngineFailure(FailureCode.COMMENTS_INVALID, message) from None


def paint(
    folder: Path,
    document: CommentsDocument,
    options: CommentsOptions,
    source_size: tuple[int, int],
    fetched: Fetched,
    notices: Sequence[Notice],
    tools: Mapping[str, str],
    *,
    advance: Callable[[float], None],
) -> Painted:
    """Paint the pictures of a video into *folder*, and those that it will be compared with.

    *source_size*: as displayed. *notices*, *tools*: for the report. Raises
    EngineFailure(output_invalid) when a text would not be seen.
    """
    composition = compose(
        document,
        options,
        source_size=source_size,
        pictures=opened(fetched.found, fetched.folder),
    )
    looks = paint_looks(composition, looks_of(composition.scene.schedule), folder)
    draw_all(composition, folder, advance=advance, check=check_picture)
    wanted = [item.url for item in fetched.wanted]
    return Painted(
        scene=composition.scene,
        fonts=composition.renderer.setter.families.files,
        missing=composition.missing,
        looks=looks,
        report=report(composition, wanted=wanted, notices=notices, tools=tools),
    )


def previewed(request: PreviewRequest, fetched: Fetched) -> Answer:
    """Return the requested frame."""
    return preview(request, opened(fetched.found, fetched.folder))
