"""What there is to know of a job's result: the notices of its metadata."""

from pydantic import ConfigDict, Field, ValidationError

from app.media.site import METADATA_BYTES_MAX
from app.ports import Ports
from app.rows import JobRow
from media_jobs.notices import NoticeDocument
from media_jobs.wire import Foreign


class _Notice(NoticeDocument):
    """A notice of a container that may say more."""

    model_config = ConfigDict(extra="ignore")


class _Metadata(Foreign):
    """*notices*: until 0.2 sentences alone."""

    notices: list[_Notice | str] = Field(default_factory=list)


async def result_notices(job: JobRow, ports: Ports) -> list[dict[str, object]]:
    """Return the notices of a job's result as the API shows them; none where there is none.

    Raises UpstreamError when the bucket is out of reach.
    """
    output = (job.outputs or {}).get("metadata")
    if output is None:
        return []
    text = await ports.objects.text(output["key"], METADATA_BYTES_MAX)
    try:
        metadata = _Metadata.model_validate_json(text or "{}")
    except ValidationError:
        # A container of our own never writes such a document; an older one may write any.
        return []
    return [_shown(notice) for notice in metadata.notices]


def _shown(notice: NoticeDocument | str) -> dict[str, object]:
    if isinstance(notice, str):
        return {"code": "other", "message": notice}
    return notice.model_dump(by_alias=True)
