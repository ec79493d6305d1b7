"""What an engine is to the kit, and what the kit is to a running engine.

An engine's package makes one `Program` and hands it to `engine_kit.serve.main`. Its `run` gets a
`EngineJob`: the parsed request, a folder of its own, and everything it may do to the outside. `run`
returns the uploaded outputs by slot name; it raises `EngineFailure` for what it can explain. When
the attempt is canceled, `asyncio.CancelledError` is raised inside `run`; the processes started
through the `EngineJob` are then already being ended, and the folder is removed afterwards.
"""

import asyncio
import shutil
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Any, Generic, TypeVar

import httpx
from pydantic import BaseModel, Field, create_model

from engine_kit import tool_log
from engine_kit.callbacks import Outputs, Reporter
from engine_kit.ffmpeg import FfmpegProgress, run_ffmpeg
from engine_kit.font_versions import font_versions
from engine_kit.fork_server import ForkServer
from engine_kit.links import Links
from engine_kit.logs import log
from engine_kit.metrics import Metrics
from engine_kit.piecework import Piecework
from engine_kit.prepared import PreparedProgram
from engine_kit.probe import ProbeResult, probe
from engine_kit.settings import ContainerSettings
from engine_kit.steady_picture import can_change, give_one_size, read_shapes
from engine_kit.steady_sound import give_one_format
from engine_kit.timeline import Timeline, Tracks, read_timeline
from engine_kit.transfer import Transfers, file_size
from media_jobs.diagnosis import Check
from media_jobs.engines import Engine, OutputSlot
from media_jobs.options import HttpUrl
from media_jobs.status import Status
from media_jobs.wire import Evidence, OutputClaim, RenderRequest

__all__ = ["Answer", "Desk", "DirectAnswer", "EngineJob", "Outputs", "Program", "render_model"]

OptionsT = TypeVar("OptionsT", bound=BaseModel)
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineJob(Generic[OptionsT]):
    """One attempt, as its engine sees it.

    *work_dir* is empty at the start, belongs to this attempt alone and is removed at its end;
    *cache_dir* is shared by the attempts of this process. *evidence* fills with what is read and
    used, and is reported with the end. *kit*: the word that hosts share which draw alike.
    """

    engine: Engine
    request: RenderRequest
    options: OptionsT
    work_dir: Path
    cache_dir: Path
    settings: ContainerSettings
    links: Links
    transfers: Transfers
    reporter: Reporter
    evidence: Evidence = field(default_factory=Evidence)
    kit: str = ""

    def report(self, status: Status, phase: str | None, progress: float | None) -> None:
        """Say what is being done; sent when it may be. *progress* is 0..1 of the whole attempt.

        Neither status nor progress ever goes back: an earlier status or a lower figure is ignored.
        """
        if phase is not None and (status, phase) != (self.reporter.status, self.reporter.phase):
            tool_log.note(f"[{status}] {phase}")
        self.reporter.report(status, phase, progress)

    def span(self, status: Status, phase: str, start: float, end: float) -> Callable[[float], None]:
        """Return a function that reports 0..1 of one phase as *start*..*end* of the attempt."""
        self.report(status, phase, start)

        def advance(share: float) -> None:
            self.report(status, phase, start + (end - start) * min(max(share, 0.0), 1.0))

        return advance

    async def download(
        self,
        field: str,
        path: Path,
        *,
        size_bytes_max: int | None = None,
        on_progress: Callable[[float], None] | None = None,
    ) -> int:
        """Fetch the input whose URL is the request's *field* ("inputVideoUrl") into *path*.

        Returns the size in bytes. Resumed by Range after a broken connection, with a fresh URL
        once the first has expired. Raises EngineFailure (input_missing, input_forbidden,
        input_unsupported when over *size_bytes_max*, transfer_failed, disk_full).
        """
        read = await self.transfers.download(
            field, path, size_bytes_max=size_bytes_max, on_progress=on_progress
        )
        slots = {slot.url_field: slot.name for slot in self.engine.inputs}
        self.evidence.inputs[slots.get(field, field)] = read
        log("downloaded", path=path.name, sizeBytes=read.size_bytes)
        return read.size_bytes

    @property
    def piecework(self) -> Piecework | None:
        """The way to its pieces, where the orchestrator divides them among hosts."""
        url = self.request.pieces_url
        if url is None:
            return None
        return Piecework(links=self.links, transfers=self.transfers, url=url)

    def drawn_with(self, files: Iterable[Path]) -> None:
        """Note the font *files* that text was drawn with."""
        self.evidence.fonts.update(font_versions(files))

    def wants(self, slot: str) -> bool:
        """Whether the request has a URL for the output *slot* of this engine."""
        return self._slot(slot).put_field in self.links

    def language_of(self, slot: str) -> str | None:
        """Return the language of the input *slot* (BCP 47), if it is known."""
        return self.request.input_languages.get(slot)

    async def upload(
        self, slot: str, path: Path, *, on_progress: Callable[[float], None] | None = None
    ) -> OutputClaim:
        """PUT the file as the output *slot* ("video"), as signed; return the claim to report.

        A large one goes in parts where the orchestrator takes them. Nothing is sent before it has
        taken a report of this attempt: one that was started anew after its end must not write over
        what was accepted. Raises EngineFailure (output_forbidden, transfer_failed).
        """
        output = self._slot(slot)
        await self.reporter.confirmed()
        size = file_size(path)
        above = self.request.in_parts_above
        if above is not None and size > above and self.links.give_parts:
            sent = await self.transfers.upload_in_parts(path, slot, on_progress=on_progress)
        else:
            sent = await self.transfers.upload(
                path, output.put_field, content_type=output.content_type, on_progress=on_progress
            )
        fields = self.request.model_dump(by_alias=True)
        key = fields.get(output.key_field) or fields.get(output.also_key or "")
        log("uploaded", key=key, sizeBytes=size)
        return OutputClaim(
            key=key,
            size_bytes=size,
            content_type=output.content_type,
            md5=sent.md5,
            sha256=sent.sha256,
            part_etags=sent.part_etags,
        )

    def _slot(self, slot: str) -> OutputSlot:
        output = self.engine.output(slot)
        assert output is not None, f"{self.engine.id} has no output {slot}"
        return output

    async def run_ffmpeg(
        self,
        argv: Sequence[str],
        *,
        on_progress: Callable[[FfmpegProgress], None] | None = None,
        env: Mapping[str, str] | None = None,
    ) -> str:
        """Run ffmpeg in *work_dir*; *argv* is what follows the binary and the standing options.

        Returns the last lines of what it wrote to its standard error.
        Raises EngineFailure: `tool_failed` unless it exits 0, `timeout` when it stalls.
        """
        began_at = asyncio.get_running_loop().time()
        errors = await run_ffmpeg(
            argv,
            ffmpeg=self.settings.ffmpeg,
            cwd=self.work_dir,
            on_progress=on_progress,
            env=env,
            no_progress_s=self.settings.no_progress_s,
        )
        seconds = asyncio.get_running_loop().time() - began_at
        log("ffmpeg_ended", tookMs=round(seconds * 1000))
        return errors

    async def probe(self, path: Path) -> ProbeResult:
        """Examine a media file; raises EngineFailure(input_unreadable)."""
        return await probe(path, ffprobe=self.settings.ffprobe)

    async def source(self, path: Path, *, shown: bool = True) -> ProbeResult:
        """Examine a video that came from people, in *work_dir*.

        Its sound is of one format then, and its picture of one size if it is *shown*.
        Raises EngineFailure.
        """
        found = await self.probe(path)
        if await give_one_format(path, found, self.run_ffmpeg):
            log("sound_made_steady")
            found = await self.probe(path)
        if not shown or found.video is None or not can_change(found, found.video):
            return found
        shapes = await read_shapes(
            path,
            found.video,
            ffmpeg=self.settings.ffmpeg,
            no_progress_s=self.settings.no_progress_s,
        )
        size = await give_one_size(path, found, shapes, self.run_ffmpeg)
        if size is None:
            return found
        log("picture_made_steady", width=size[0], height=size[1])
        return replace(await self.probe(path), one_size=True)

    async def timeline(self, path: Path, tracks: Tracks) -> Timeline:
        """Read when a file has frames and sound; raises EngineFailure(input_unreadable)."""
        return await read_timeline(
            path,
            tracks,
            ffmpeg=self.settings.ffmpeg,
            no_progress_s=self.settings.no_progress_s,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What direct answers are made with. *cache_dir*: shared with attempts, as in `EngineJob`."""

    cache_dir: Path
    settings: ContainerSettings
    client: httpx.AsyncClient
    metrics: Metrics

    def disk_free_bytes(self) -> int:
        """Return the free space where attempts work, and files are kept."""
        return shutil.disk_usage(self.cache_dir).free


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A body and its headers, which name the content type."""

    content: bytes
    headers: Mapping[str, str]
    status: int = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectAnswer:
    """What an engine answers at once: to signed messages of this *type*, with *make*.

    *make* raises InvalidInput, or RateLimited when it has enough to do. What blocks it has to do in
    a process that ends when *make* is canceled: when the caller has gone.
    """

    type: str
    make: Callable[[bytes, Desk], Awaitable[Answer]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Program(Generic[OptionsT]):
    """What a container does for the engine that it serves.

    *tools* is asked once at the start for the versions to show in `/health`, and may raise
    SettingError to refuse to start. *answers*: further routes, by path. *more_urls*: fields of
    `/render` beside the engine's slots, which a sender may leave out. *forks*: where it works on
    what strangers wrote, started with the program. *checks*: run when the doctor asks, in a few
    seconds; what one that is called `engine.…` says is shown to the operator. *hardware*: whether
    its jobs use the host's encoders. *models* returns the names of those that jobs may ask for.
    """

    engine: Engine
    run: Callable[[EngineJob[OptionsT]], Awaitable[Outputs]]
    tools: Callable[[], Mapping[str, str]] | None = None
    answers: Mapping[str, DirectAnswer] = field(default_factory=dict)
    more_urls: Sequence[str] = ()
    forks: ForkServer | PreparedProgram | None = None
    checks: Callable[[Desk], Awaitable[list[Check]]] | None = None
    hardware: bool = False
    models: Callable[[], Sequence[str]] | None = None


def render_model(program: Program[OptionsT]) -> type[RenderRequest]:
    """Return the model of `/render`: what all engines get, and the URLs and keys of the slots.

    A request that does not fit is answered 400 before anything starts. Without the URL of an
    optional output, that output is not made.
    """
    engine, optional = program.engine, (HttpUrl | None, None)
    # Any: as `create_model` takes them, a type and a default.
    fields: dict[str, Any] = {"callback_url": (HttpUrl, ...), "urls_url": optional}
    fields["pieces_url"] = optional
    fields |= {
        slot.url_field: (HttpUrl, ...) if slot.required and not slot.modes else optional
        for slot in engine.inputs
    }
    fields |= dict.fromkeys(program.more_urls, optional)
    if (kept := engine.checkpoint) is not None:
        fields |= {kept.put_field: optional, kept.get_field: optional}
    key = (Annotated[str, Field(max_length=1024)] | None, None)
    for slot in engine.outputs:
        # Which of them a mode needs is known with the options; a helper makes none.
        needed = slot.required and not (engine.modes or engine.in_pieces)
        fields[slot.put_field] = (HttpUrl, ...) if needed else optional
        fields |= {name: key for name in (slot.key_field, slot.also_key) if name}
    return create_model(f"Render_{engine.name}", __base__=RenderRequest, **fields)
