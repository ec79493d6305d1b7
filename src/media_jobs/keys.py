"""R2 object keys. Every key is built here and nowhere else.

The folders are fixed by the deployment manual. Output keys carry generation and attempt, so that a
container that was given up can never overwrite the accepted result.
"""

import re

from media_jobs.engines import ENGINES, FOLDERS, Engine, OutputSlot
from media_jobs.ids import ID

__all__ = [
    "DEBUG_PREFIX",
    "MANIFEST_PREFIX",
    "MEDIA_PREFIX",
    "PEAKS_TYPE",
    "RECEIPT_KEYS_PREFIX",
    "RECEIPT_PREFIX",
    "attempt_prefix",
    "checkpoint_key",
    "comments_key",
    "is_input_key",
    "is_key",
    "is_media_key",
    "is_output_key",
    "job_document_key",
    "job_prefixes",
    "manifest_key",
    "media_prefix",
    "output_key",
    "peaks_key",
    "picture_key",
    "piece_key",
    "receipt_key",
    "subtitles_key",
    "video_key",
]

DEBUG_PREFIX = "debug/"
MANIFEST_PREFIX = "manifests/jobs/"
MEDIA_PREFIX = "media/"
RECEIPT_PREFIX = "receipts/jobs/"
PEAKS_TYPE = "application/octet-stream"
RECEIPT_KEYS_PREFIX = "receipts/keys/"
"""Of the public keys that receipts were ever signed with; what follows is a key, as hex."""
_SEGMENT = r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}"
_KEY = re.compile(rf"{_SEGMENT}(?:/{_SEGMENT}){{0,15}}", re.ASCII)
# Uploads, and the outputs that became inputs.
_INPUT_FOLDERS = (
    "inputs",
    *sorted({e.folder for e in ENGINES.values() if any(slot.becomes for slot in e.outputs)}),
)
_MEDIA_KEY = re.compile(rf"media/({ID})/(?:{_SEGMENT}/)*{_SEGMENT}", re.ASCII)
_OUTPUT_KEY = re.compile(
    rf"media/{ID}/(?:{'|'.join(FOLDERS)})/({ID})/(?:{_SEGMENT}/)*{_SEGMENT}", re.ASCII
)


def is_key(value: str) -> bool:
    """Whether *value* is a key of this project's grammar: no empty, dotted or odd segments."""
    return _KEY.fullmatch(value) is not None


def is_media_key(value: str, media_id: str) -> bool:
    """Whether *value* is a key in the folder of *media_id*."""
    match = _MEDIA_KEY.fullmatch(value)
    return match is not None and match[1] == media_id and is_key(value)


def is_input_key(value: str, media_id: str) -> bool:
    """Whether *value* is a key where an input of *media_id* may be."""
    folders = tuple(f"{media_prefix(media_id)}{folder}/" for folder in _INPUT_FOLDERS)
    return is_media_key(value, media_id) and value.startswith(folders)


def is_output_key(value: str, job_id: str) -> bool:
    """Whether *value* is a key among the outputs of *job_id*."""
    match = _OUTPUT_KEY.fullmatch(value)
    return match is not None and match[1] == job_id and is_key(value)


def manifest_key(job_id: str) -> str:
    """Return where the manifest of a job is."""
    return f"{MANIFEST_PREFIX}{job_id}.json"


def receipt_key(job_id: str) -> str:
    """Return where the receipt of a job's result is; it stays when the outputs are deleted."""
    return f"{RECEIPT_PREFIX}{job_id}.json"


def video_key(media_id: str, upload_id: str) -> str:
    """Return where an uploaded video goes."""
    return f"media/{media_id}/inputs/{upload_id}/video"


def media_prefix(media_id: str) -> str:
    """Return the folder of everything that belongs to a media, with its trailing slash."""
    return f"{MEDIA_PREFIX}{media_id}/"


def subtitles_key(media_id: str, version_id: str, extension: str = "vtt") -> str:
    """Return where one version of a media's subtitles is."""
    return f"media/{media_id}/inputs/{version_id}/subtitles.{extension}"


def comments_key(media_id: str, version_id: str) -> str:
    """Return where one version of a media's comments is."""
    return f"media/{media_id}/inputs/{version_id}/comments.json"


def peaks_key(media_id: str, version_id: str) -> str:
    """Return where the peaks of a version of a media's video are; another kind has another name."""
    return f"media/{media_id}/inputs/{version_id}/peaks.bin"


def picture_key(media_id: str, version_id: str, extension: str) -> str:
    """Return where one version of a media's picture is."""
    return f"media/{media_id}/inputs/{version_id}/thumbnail.{extension}"


def job_document_key(media_id: str, job_id: str, generation: int, slot: str) -> str:
    """Return where an input is that the app writes for one generation of a job."""
    return f"media/{media_id}/inputs/{job_id}/{generation}/{slot}.json"


def job_prefixes(media_id: str, job_id: str) -> tuple[str, ...]:
    """Return the folders in which a job's attempts may have written, each with a trailing slash."""
    return tuple(f"{media_prefix(media_id)}{folder}/{job_id}/" for folder in FOLDERS)


def attempt_prefix(
    engine: Engine, media_id: str, job_id: str, generation: int, attempt: int
) -> str:
    """Return the folder of one attempt's outputs, with its trailing slash."""
    return f"media/{media_id}/{engine.folder}/{job_id}/{generation}-{attempt}/"


def checkpoint_key(engine: Engine, media_id: str, job_id: str, generation: int) -> str:
    """Return where the attempts of a generation keep what the next one goes on from.

    It is in the job's folder, so that it is deleted with the job's outputs if it is ever left.
    """
    return f"media/{media_id}/{engine.folder}/{job_id}/{generation}-kept/checkpoint"


def piece_key(
    engine: Engine, media_id: str, job_id: str, generation: int, attempt: int, name: str
) -> str:
    """Return where a helper puts a piece for an attempt; it is deleted at the attempt's end."""
    return f"{attempt_prefix(engine, media_id, job_id, generation, attempt)}pieces/{name}"


def output_key(
    engine: Engine, slot: OutputSlot, media_id: str, job_id: str, generation: int, attempt: int
) -> str:
    """Return where one attempt's output goes."""
    prefix = attempt_prefix(engine, media_id, job_id, generation, attempt)
    return prefix + slot.file_name
