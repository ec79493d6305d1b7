"""What hears in this container: a model of its own, or a server elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, get_args

from engine_kit.settings import whole_number

from media_jobs.errors import SettingError
from media_jobs.options import http_url
from media_jobs.validation import FieldRefused

Device = Literal["auto", "cpu", "cuda"]
MODELS_DIR = Path("/models")
"""Where an image has the models that it was built with (containers/Dockerfile)."""
PIECE_S = 300
"""Of sound that is heard at once. More would cost memory; less, a recogniser's windows of 30 s that
are half empty at the end of each piece.
"""

SHARED_S = 600
SHARED_PIECE_S = 180
"""Of sound that one host hears for another. Shorter ones cost more where nobody helps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearing:
    """*model*: what a job gets that names none; of a server always one, of our own where empty the
    only one in *models_dir*, else the packaged one. *server_url*: `…/v1` of an OpenAI-compatible
    server, which then hears instead of us. *piece_s*: seconds of sound heard at once. *shared_s*:
    how long a sound is at least of which other hosts may hear parts, 0: none is; *shared_piece_s*:
    of such parts.
    """

    model: str = ""
    models_dir: Path = MODELS_DIR
    device: Device = "auto"
    server_url: str | None = None
    server_key: str | None = field(default=None, repr=False)
    piece_s: int = PIECE_S
    shared_s: int = SHARED_S
    shared_piece_s: int = SHARED_PIECE_S


def hearing_from(env: Mapping[str, str]) -> Hearing:
    """Read the transcriber's own settings; raises SettingError, which never has a value in it."""
    wanted = env.get("TRANSCRIBER_DEVICE") or "auto"
    device: Device | None = next((one for one in get_args(Device) if one == wanted), None)
    if device is None:
        raise SettingError("TRANSCRIBER_DEVICE", "field.choice", choices="auto, cpu, cuda")
    url = env.get("TRANSCRIBER_SERVER_URL") or None
    if url is not None:
        try:
            http_url(url)
        except FieldRefused:
            raise SettingError("TRANSCRIBER_SERVER_URL", "setting.http_url") from None
    model = env.get("TRANSCRIBER_MODEL") or ""
    if url is not None and not model:
        raise SettingError("TRANSCRIBER_MODEL", "setting.missing")
    return Hearing(
        model=model,
        models_dir=Path(env.get("TRANSCRIBER_MODELS_DIR") or MODELS_DIR),
        device=device,
        server_url=url.rstrip("/") if url else None,
        server_key=env.get("TRANSCRIBER_SERVER_KEY") or None,
        piece_s=whole_number(env, "TRANSCRIBER_PIECE_SECONDS", PIECE_S, low=30, high=600),
        shared_s=whole_number(env, "TRANSCRIBER_SHARED_SECONDS", SHARED_S, low=0, high=86400),
        shared_piece_s=whole_number(
            env, "TRANSCRIBER_SHARED_PIECE_SECONDS", SHARED_PIECE_S, low=10, high=3600
        ),
    )
