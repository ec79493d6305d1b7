"""Routes of objects in the bucket: uploads, previews, and what jobs have made."""

from functools import cache

from pydantic import TypeAdapter

from media_jobs.artifact_links import linked_output
from media_jobs.content import Content, serve
from media_jobs.errors import NotFound, UpstreamError
from media_jobs.http import Reply, json_reply
from media_jobs.keys import job_prefixes
from media_jobs.object_requests import (
    DeleteArtifacts,
    MakePeaks,
    PresignParts,
    PresignUpload,
    PreviewBurn,
    PreviewComments,
)
from media_jobs.routing import Binary, Route
from media_jobs.wire import OutputObject
from orchestrator.archived import Archived
from orchestrator.call import Access, Call, Context, LinkCall
from orchestrator.preview import Side, make_peaks, preview_burn, preview_comments
from orchestrator.uploads import part_grants, upload_grant

PREVIEW_BYTES_MAX = 1024 * 1024


@cache
def _outputs() -> TypeAdapter[dict[str, OutputObject]]:
    return TypeAdapter(dict[str, OutputObject])


async def artifact(call: LinkCall, job_id: str, slot: str = "video") -> Reply:
    """Send an output of a job, with byte ranges; without a slot its video."""
    output = linked_output(call.link, job_id) or await _recorded_output(call.context, job_id, slot)
    return await serve(call.request, output, call.context.objects, call.link)


async def _recorded_output(context: Context, job_id: str, slot: str) -> Content:
    """Return the output that the job or, once it is forgotten, its archived status has.

    For links that do not say what they open. The app made them up to release 0.1.0, and each lives
    12 hours: a day after its app's upgrade this is no longer needed.
    """
    reply = context.unpack(await context.job(job_id).artifacts())
    outputs = _outputs().validate_json(str(reply.body))
    if not outputs and (final := await context.archived.get(job_id)) is not None:
        outputs = Archived.model_validate_json(final).outputs
    output = outputs.get(slot)
    if output is None:
        raise NotFound("artifact_not_ready")
    return Content(
        key=output.key,
        size_bytes=output.size_bytes,
        content_type=output.content_type,
        etag=output.etag,
    )


async def delete_artifacts(call: Call, job_id: str, body: DeleteArtifacts) -> Reply:
    """Delete the outputs of a job's attempts, except those to keep."""
    objects = call.context.objects
    deleted, errors = 0, []
    for prefix in job_prefixes(body.media_id, job_id):
        # What stays is at most a few keys, so a page of a thousand always has others.
        while keys := set(await objects.keys(prefix)).difference(body.keep or ()):
            for key in sorted(keys):
                try:
                    await objects.delete(key)
                    deleted += 1
                except UpstreamError as error:
                    errors.append({"key": key, "why": str(error)})
            if errors:
                break
    return json_reply({"ok": not errors, "deleted": deleted, "errors": errors})


async def presign_upload(call: Call, body: PresignUpload) -> Reply:
    """Presign a PUT of one input object."""
    return json_reply(upload_grant(body, call.context.settings(), call.context.now_ms()))


async def presign_parts(call: Call, body: PresignParts) -> Reply:
    """Presign PUTs of parts of one input object."""
    return json_reply(part_grants(body, call.context.settings(), call.context.now_ms()))


async def post_comments_preview(call: Call, body: PreviewComments) -> Reply:
    """Draw a frame of a comments video in the remotion container."""
    return await preview_comments(body, _side(call))


async def post_burn_preview(call: Call, body: PreviewBurn) -> Reply:
    """Draw the text of a burn, or a burned frame, in the burner; 202 while it fetches the video."""
    return await preview_burn(body, _side(call))


async def post_peaks(call: Call, body: MakePeaks) -> Reply:
    """Have the burner put the peaks of a video's sound into the bucket; 202 while it does so."""
    return await make_peaks(body, _side(call))


def _side(call: Call) -> Side:
    context = call.context
    return Side(
        settings=context.settings(),
        objects=context.objects,
        peers=context.peers,
        hosts=context.hosts,
        now_ms=context.now_ms(),
        nonce=context.token(),
        request_id=call.request.request_id,
    )


_ARTIFACTS = "/artifacts/{job_id}"
_OBJECT = Binary(types=("*/*",))
ROUTES: tuple[Route[Access], ...] = (
    Route(
        "POST",
        "/uploads",
        Access.SIGNED,
        presign_upload,
        answers={200: "{url, headers, expiresAt}"},
    ),
    Route(
        "POST", "/uploads/parts", Access.SIGNED, presign_parts, answers={200: "{parts, expiresAt}"}
    ),
    Route(
        "POST",
        "/preview",
        Access.SIGNED,
        post_comments_preview,
        answers={200: Binary(types=("image/png",))},
    ),
    Route(
        "POST",
        "/preview/burn",
        Access.SIGNED,
        post_burn_preview,
        body_bytes_max=PREVIEW_BYTES_MAX,
        answers={200: Binary(types=("image/png",)), 202: "{progress}"},
    ),
    Route(
        "POST",
        "/peaks",
        Access.SIGNED,
        post_peaks,
        answers={200: "{progress}", 202: "{progress}"},
    ),
    *(
        Route(
            method,
            pattern,
            Access.LINK,
            artifact,
            answers={200: _OBJECT, 206: _OBJECT, 304: None, 416: None},
        )
        for method in ("GET", "HEAD")
        for pattern in (_ARTIFACTS, _ARTIFACTS + "/{slot}")
    ),
    Route(
        "DELETE",
        _ARTIFACTS,
        Access.SIGNED,
        delete_artifacts,
        answers={200: "{ok, deleted, errors}"},
    ),
)
