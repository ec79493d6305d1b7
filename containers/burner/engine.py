"""Burns subtitles: read the cues, check the fonts, fetch the video, draw, look, hand over."""

import subprocess
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace

from engine_kit import fonts
from engine_kit.engine import DirectAnswer, EngineJob, Outputs, Program
from engine_kit.failures import EngineFailure, FailureCode
from engine_kit.ffmpeg import FfmpegProgress, ffmpeg_version, find_ffmpeg
from engine_kit.glyphs import missing_notice
from engine_kit.logs import log
from engine_kit.probe import ProbeResult, VideoStream
from engine_kit.sources import Sources
from engine_kit.timeline import Timeline, tracks_of
from engine_kit.together import meanwhile, together

from burner import encoding, helping, pieces, plan
from burner.checks import check_output, check_source
from burner.forks import FORKS
from burner.glyphs import places_of
from burner.inspection import Inspection, inspect
from burner.laid_out import LaidOut, lay_out
from burner.moments import CLOCK, clock_frame_argv, clock_text
from burner.peaks import PeakMaker
from burner.piecework import burn_in_pieces
from burner.preview import Previews
from burner.proof import Layers
from burner.reading import JobText, TrackFile, read_text
from burner.report import MissingGlyph, burn_notices, metadata_of
from burner.review import Result, Review, area_of
from burner.samples import Sample, key_frames_of, samples_of
from burner.scripts import write
from burner.stills import Stills, stills_of
from burner.styles import Frame
from burner.verdict import worst_of
from media_jobs.engines.burner import ENGINE
from media_jobs.engines.burner.options import BurnOptions
from media_jobs.errors import SettingError
from media_jobs.notices import Notice
from media_jobs.said import said
from media_jobs.status import Status
from media_jobs.wire import OutputClaim

SUBTITLES = "subtitles"
SUBTITLES_BYTES_MAX = 16 * 1024 * 1024
WATERMARK_BYTES_MAX = 8 * 1024 * 1024
METADATA = "metadata.json"

_NO_STILLS = Stills(poster_s=0.0, sheet_s=())

BurnJob = EngineJob[BurnOptions]


async def run(job: BurnJob) -> Outputs:
    """Burn one video; return the uploaded MP4 as "video", and what else has a URL."""
    # The small and cheap first: a bad subtitle file must not cost the download of a film.
    fetched = job.span(Status.PREPARING, "download", 0.0, 0.1)
    text = await _read_subtitles(job)
    job.drawn_with(text.fonts.files)
    environment = {**text.fonts.write(job.work_dir, job.cache_dir), **encoding.ENVIRONMENT}
    watermark = "inputWatermarkUrl" in job.links
    if watermark:
        await job.download(
            "inputWatermarkUrl",
            job.work_dir / plan.WATERMARK_SOURCE,
            size_bytes_max=WATERMARK_BYTES_MAX,
        )
    await job.download("inputVideoUrl", job.work_dir / plan.INPUT, on_progress=fetched)
    source = await job.source(job.work_dir / plan.INPUT)
    picture = plan.picture_of(plan.video_of(source))
    if watermark:
        await _scale_watermark(job, picture)
    (laid_out, inspection), timeline = await together(
        _drawn(job, text, plan.video_of(source), environment),
        job.timeline(job.work_dir / plan.INPUT, tracks_of(source)),
    )
    check_source(source, timeline)
    text = laid_out.text
    worst = worst_of(inspection.drawn, picture)
    samples = samples_of(
        inspection.drawn,
        inspection.standing_ms,
        timeline.shown_until_s,
        worst=[one.number for one in worst],
    )
    burn = plan.Burn(
        source=source,
        timeline=timeline,
        options=job.options,
        emoji=laid_out.emoji,
        watermark=watermark,
        fonts_dir=fonts.fonts_dir_option(),
        looked_at_s=key_frames_of(samples, timeline.shown_until_s),
        hardware=encoding.hardware_for(
            job.options,
            plan.colours_of(plan.video_of(source), job.options),
            job.settings.encoders,
        ),
    )
    if job.request.helps is not None:
        await helping.help_out(job, await _prepared(job, burn, _NO_STILLS), environment)
        return {}
    stills = stills_of(text.cues, timeline.shown_until_s, [one.cue for one in worst])
    burn = await _prepared(job, burn, stills)
    made, output = await _made(job, burn, inspection, samples, environment)
    notices = burn_notices(text, asked=burn, made=made)
    return await _upload_outputs(job, text, source, output, inspection, notices)


async def _read_subtitles(job: BurnJob) -> JobText:
    slots = [slot for slot in ENGINE.inputs if slot.takes == SUBTITLES]
    given = {slot.name: slot.url_field for slot in slots if slot.url_field in job.links}
    for name, field in given.items():
        path = job.work_dir / f"{name}.input"
        await job.download(field, path, size_bytes_max=SUBTITLES_BYTES_MAX)
    files = [
        TrackFile(
            data=(job.work_dir / f"{name}.input").read_bytes(), language=job.language_of(name)
        )
        for name in given
    ]
    text = await FORKS.run(read_text, files, job.options)
    log(
        "subtitles_read",
        kind=" ".join(track.kind for track in text.tracks),
        cues=len(text.cues),
        notices=[notice.message for notice in text.notices] or None,
        missingGlyphs=len(text.missing) or None,
    )
    return text


async def _scale_watermark(job: BurnJob, picture: Frame) -> None:
    try:
        await job.run_ffmpeg(plan.watermark_argv(picture, job.options.watermark_image))
    except EngineFailure as failure:
        if failure.code is not FailureCode.TOOL_FAILED:
            raise
        raise EngineFailure(
            FailureCode.INPUT_UNSUPPORTED,
            said("failure.watermark_unreadable"),
            tool_tail=failure.tool_tail,
        ) from None


async def _drawn(
    job: BurnJob, text: JobText, video: VideoStream, environment: Mapping[str, str]
) -> tuple[LaidOut, Inspection]:
    """Lay out, write the scripts and the emoji, and look at what the script draws."""
    options = job.options
    laid_out = await FORKS.run(lay_out, job.work_dir, text, options, video)
    text = laid_out.text
    picture = plan.picture_of(video)
    if job.request.helps is not None:  # Who leads looks at it.
        return laid_out, Inspection(script=laid_out.measures.script)
    inspection = await inspect(job, laid_out.measures, text, picture, environment)
    notices = (*laid_out.notices, *inspection.notices)
    unknown = [character for character in inspection.unmapped if character not in text.missing]
    if unknown:
        notices = (*notices, missing_notice(unknown, places_of(unknown, text.cues, options)))
    return laid_out, replace(inspection, notices=notices)


async def _prepared(job: BurnJob, burn: plan.Burn, stills: Stills) -> plan.Burn:
    """Return *burn* with its scripts and stills, and with the clock of its added frames written."""
    scripts = [name for name in (plan.SCRIPT, plan.OVERLAY) if (job.work_dir / name).is_file()]
    burn = replace(
        burn,
        scripts=tuple(scripts),
        poster=stills if job.wants("poster") else None,
        sheet=stills if job.wants("contactSheet") and stills.sheet_s else None,
    )
    drawn = [(job.work_dir / name).read_text(encoding="utf-8") for name in scripts]
    added_s = await FORKS.run(plan.added_moments, burn, drawn) if burn.has_long_gaps else []
    if added_s:
        await job.run_ffmpeg(clock_frame_argv())
        write(job.work_dir / CLOCK, clock_text(added_s))
        log("frames_added", count=len(added_s))
    return replace(burn, added_s=tuple(added_s))


async def _made(
    job: BurnJob,
    burn: plan.Burn,
    inspection: Inspection,
    samples: Sequence[Sample],
    environment: Mapping[str, str],
) -> tuple[plan.Burn, ProbeResult]:
    """Burn and look at the result; in software where what the hardware has made is no good."""
    if burn.hardware is not None:
        try:
            return await _burned_well(job, burn, inspection, samples, environment)
        except EngineFailure as failure:
            if failure.code is FailureCode.DISK_FULL:
                raise
            why = failure.tool_tail or failure.message
            log("hardware_failed", encoder=burn.hardware.name, code=failure.code, why=why)
            burn = replace(burn, hardware=None)
    return await _burned_well(job, burn, inspection, samples, environment)


async def _burned_well(
    job: BurnJob,
    burn: plan.Burn,
    inspection: Inspection,
    samples: Sequence[Sample],
    environment: Mapping[str, str],
) -> tuple[plan.Burn, ProbeResult]:
    """Burn and look at the result; return what was burned, and OUTPUT as it was probed."""
    if not samples:
        made, errors = await _burn(job, burn, environment)
        output, _ = await _checked(job, made, errors)
        return made, output
    review = _review_of(job, burn, inspection, samples, environment)
    (made, errors), _ = await together(_burn(job, burn, environment), review.draw())
    has_key_frames = bool(made.looked_at_s)
    async with meanwhile(review.read(plan.OUTPUT, has_key_frames=has_key_frames)) as reading:
        output, shown = await _checked(job, made, errors)
        await review.judge(_result(made, shown), await reading)
    return made, output


async def _checked(job: BurnJob, made: plan.Burn, errors: str) -> tuple[ProbeResult, Timeline]:
    """Return OUTPUT as it was probed, and its frames; raises EngineFailure(output_invalid)."""
    output, shown = await together(
        job.probe(job.work_dir / plan.OUTPUT),
        job.timeline(job.work_dir / plan.OUTPUT, plan.output_tracks(made)),
    )
    check_output(made, output, shown, errors=errors)
    return output, shown


async def _burn(
    job: BurnJob, burn: plan.Burn, environment: Mapping[str, str]
) -> tuple[plan.Burn, str]:
    """Burn, and return what was burned, without stills if those are what fails, and ffmpeg's last
    lines of errors.
    """
    # Once more after the hardware has failed: from where that was, as who watches wants movement.
    burned = job.span(Status.RUNNING, "burn", max(0.1, job.reporter.progress), 0.9)

    whole = pieces.with_stills(burn)
    shared = helping.shared_pieces(job, whole)
    parts = shared or pieces.pieces_of(burn, job.settings.pieces, job.settings.piece_s_min)
    if parts:
        among = helping.plan_of(job, whole, parts) if shared else None
        try:
            await burn_in_pieces(job, whole, parts, environment, burned, among)
        except EngineFailure as failure:
            if failure.code is FailureCode.DISK_FULL:
                raise
            log("pieces_failed", code=failure.code, why=failure.tool_tail or failure.message)
            burned = job.span(Status.RUNNING, "burn", max(0.1, job.reporter.progress), 0.9)
        else:
            return await _with_stills(job, whole), ""

    def follow(progress: FfmpegProgress) -> None:
        burned(plan.burned_share(burn, progress.frame))

    try:
        argv = plan.burn_argv(burn)
        return burn, await job.run_ffmpeg(argv, on_progress=follow, env=environment)
    except EngineFailure as failure:
        bare = replace(burn, poster=None, sheet=None)
        blamed = _blamed(failure)
        if burn.hardware or bare == burn or blamed.code is not FailureCode.TOOL_FAILED:
            raise blamed from None
        log("stills_failed", why=failure.tool_tail)
        return await _burn(job, bare, environment)


async def _with_stills(job: BurnJob, burn: plan.Burn) -> plan.Burn:
    """Take the stills from OUTPUT; return what was burned, without stills if they fail."""
    if not (burn.poster or burn.sheet):
        return burn
    try:
        await job.run_ffmpeg(pieces.stills_argv(burn))
    except EngineFailure as failure:
        if failure.code is FailureCode.DISK_FULL:
            raise
        log("stills_failed", why=failure.tool_tail or failure.message)
        for name in (plan.POSTER, plan.SHEET):
            (job.work_dir / name).unlink(missing_ok=True)
        return replace(burn, poster=None, sheet=None)
    return burn


_INPUT_FAULTS = ("Invalid data found", "moov atom not found", "could not find codec parameters")


def _blamed(failure: EngineFailure) -> EngineFailure:
    """Return the failure with the input blamed where ffmpeg says that it is at fault."""
    tail = failure.tool_tail or ""
    if failure.code is not FailureCode.TOOL_FAILED or not any(
        fault.lower() in tail.lower() for fault in _INPUT_FAULTS
    ):
        return failure
    return EngineFailure(
        FailureCode.INPUT_UNREADABLE, "The video is damaged.", tool_tail=failure.tool_tail
    )


def _review_of(
    job: BurnJob,
    burn: plan.Burn,
    inspection: Inspection,
    samples: Sequence[Sample],
    environment: Mapping[str, str],
) -> Review:
    picture = plan.picture_of(plan.video_of(burn.source))
    layers = Layers(
        scripts=burn.scripts,
        picture=picture,
        area=area_of(inspection.drawn, samples, picture),
        colours=burn.colours,
        fonts_dir=burn.fonts_dir,
    )
    return Review(job, samples, inspection, layers, environment, burn.planned)


def _result(burn: plan.Burn, shown: Timeline) -> Result:
    return Result(
        file=plan.OUTPUT,
        timeline=shown,
        has_key_frames=bool(burn.looked_at_s),
        source_file=plan.INPUT,
        source=plan.video_of(burn.source),
        source_timeline=burn.timeline,
    )


async def _upload_outputs(
    job: BurnJob,
    text: JobText,
    source: ProbeResult,
    output: ProbeResult,
    inspection: Inspection,
    notices: tuple[Notice, ...],
) -> Outputs:
    if job.wants("metadata"):
        metadata = metadata_of(
            source=source,
            output=output,
            text=text,
            missing=_named(sorted({*text.missing, *inspection.unmapped})),
            inspection=inspection,
            notices=notices,
            ffmpeg=ffmpeg_version(job.settings.ffmpeg),
        )
        path = job.work_dir / METADATA
        path.write_text(metadata.model_dump_json(by_alias=True, indent=1), encoding="utf-8")
    uploaded = job.span(Status.UPLOADING, "upload", 0.9, 0.99)
    claim, extras = await together(
        job.upload("video", job.work_dir / plan.OUTPUT, on_progress=uploaded), _extras(job)
    )
    width, height = output.videos[0].shown_size
    duration_ms = round((output.duration_s or 0) * 1000)
    known = {"duration_ms": duration_ms, "width": width, "height": height}
    return {"video": claim.model_copy(update=known), **extras}


async def _extras(job: BurnJob) -> dict[str, OutputClaim]:
    """Upload what there is beside the video."""
    files = (("poster", plan.POSTER), ("contactSheet", plan.SHEET), ("metadata", METADATA))
    return {
        slot: await job.upload(slot, job.work_dir / name)
        for slot, name in files
        if job.wants(slot) and (job.work_dir / name).is_file()
    }


def _named(characters: Sequence[str]) -> tuple[MissingGlyph, ...]:
    return tuple(
        MissingGlyph(code_point=f"U+{ord(c):04X}", name=unicodedata.name(c, "unnamed"))
        for c in characters
    )


def tools() -> Mapping[str, str]:
    """Return ffmpeg's version; raises SettingError when it can't draw subtitles or encode H.264."""
    ffmpeg = find_ffmpeg()
    for option, needed in (("-filters", " ass "), ("-encoders", " libx264 ")):
        if needed not in _output([ffmpeg, "-hide_banner", option]):
            raise SettingError("IMAGEIO_FFMPEG_EXE", f"is an ffmpeg without{needed}")
    return {"ffmpeg": ffmpeg_version(ffmpeg)}


def _output(argv: list[str]) -> str:
    return subprocess.run(argv, capture_output=True, text=True, check=True, timeout=30).stdout


_SOURCES = Sources()
PROGRAM = Program(
    engine=ENGINE,
    run=run,
    tools=tools,
    answers={
        "/preview": DirectAnswer(type="container.preview", make=Previews(_SOURCES).answer),
        "/peaks": DirectAnswer(type="container.peaks", make=PeakMaker(_SOURCES).answer),
    },
    more_urls=("inputWatermarkUrl",),
    forks=FORKS,
    hardware=True,
)
