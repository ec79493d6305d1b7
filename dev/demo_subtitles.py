"""The demo's last step: from a link to subtitles in two languages, by one recipe.

What is read in the clip is known, so what was heard can be held beside it. The review is a
person's: here the script corrects a line and approves, through the same API.
"""

from pathlib import Path

from vidgen.client import Client
from vidgen.errors import RunFailed
from vidgen.recipe_models import Run, RunReview

from dev.fixtures.demo_material import serve
from dev.fixtures.speech_clip import speech_clip, words_read

RECIPE = "subtitle-two-languages"
CORRECTED = "No era un joven de mal carácter,"
"""What a person makes of the first line: the machine takes "ill disposed" for an illness."""
BURN = {"secondaryStyle": {"highlight": "word"}}
"""Words are timed in what was heard, which is the second track; a translation has other words."""
FRAME_AT_S = 1.6
"""While "disposed" is said."""
SHOWN = {"running", "completed", "failed", "canceled", "requested", "approved"}
RUN_TIMEOUT_S = 300


class Steps:
    """Prints each step of a run when its status changes."""

    def __init__(self) -> None:
        self._shown: dict[str, str] = {}

    def progress(self, run: Run) -> None:
        """Show what is new of *run*."""
        for step in run.steps:
            status = step.state if isinstance(step, RunReview) else step.status
            if status == self._shown.get(step.step) or status not in SHOWN:
                continue
            self._shown[step.step] = status
            took = step.took_ms if not isinstance(step, RunReview) else None
            after = f" after {took / 1000:.1f} s" if took is not None else ""
            print(f"  {step.step:<19} {status.replace('_', ' ')}{after}", flush=True)


def subtitled(client: Client, out: Path) -> tuple[Path, float]:
    """Run the recipe on a clip with speech; return the video, and when there is something to see.

    Where this machine can't translate, what was heard is burned alone, and it says what is missing.
    Raises VidgenError.
    """
    steps = Steps()
    clip = speech_clip(out / "talk.mp4")
    with serve(clip.parent) as base:
        run = client.start_run(
            RECIPE, f"{base}/{clip.name}", {"to": "es", "from": "en"}, {"burn": BURN}
        )
        print(f"  {run.run_id}: {' > '.join(step.step for step in run.steps)}", flush=True)
        try:
            run = client.wait_run(
                run.run_id, timeout_s=RUN_TIMEOUT_S, until_review=True, on_run=steps.progress
            )
        except RunFailed as error:
            return _untranslated(client, error, out)
    _review(client, run)
    run = client.wait_run(run.run_id, timeout_s=RUN_TIMEOUT_S, on_run=steps.progress)
    client.save(run.jobs[-1].job_id, "video", out / "4-two-languages.mp4")
    return out / "4-two-languages.mp4", FRAME_AT_S


def _review(client: Client, run: Run) -> None:
    """Look at both tracks, correct a line of the translation as a person would, and approve."""
    review = run.requested
    assert review is not None and review.tracks is not None
    newest = {track.track: track.newest_id for track in review.tracks}
    heard, made = newest["transcribe.subtitles"], newest["translate.subtitles"]
    _tell("read in the clip", words_read())
    _tell("heard in it", _words(client, run, heard))
    _tell("translated", _words(client, run, made))
    translation = client.export_subtitles(run.media_id, "vtt", input_id=made).text
    edited = _with_first_line(translation, CORRECTED)
    stored = client.add_subtitles(run.media_id, edited, language="es", parent=made)
    _tell("corrected", f"{CORRECTED} ({stored.pairs_learned} learned for the next translation)")
    client.review(run.run_id, review.review_id)


def _tell(what: str, words: str) -> None:
    print(f"  {what:<19} {words}", flush=True)


def _words(client: Client, run: Run, input_id: str | None) -> str:
    text = client.export_subtitles(run.media_id, "txt", input_id=input_id).text
    return " ".join(text.split())


def _with_first_line(subtitles: str, text: str) -> str:
    """Return WebVTT whose first cue says *text*."""
    head, first, *others = subtitles.strip().split("\n\n")
    lines = first.splitlines()
    timing = next(place for place, line in enumerate(lines) if "-->" in line)
    return "\n\n".join([head, "\n".join([*lines[: timing + 1], text]), *others]) + "\n"


def _untranslated(client: Client, error: RunFailed, out: Path) -> tuple[Path, float]:
    """Burn what was heard, where nothing translates; raises *error* where something else failed."""
    failed = next((step for step in error.run.jobs if step.status == "failed"), None)
    why = failed.error if failed is not None else None
    if why is None or why.code != "language_pair_unsupported":
        raise error
    print(f"  Nothing translates here: {why.message}")
    print("  On Debian, apt-get install apertium-eng-spa adds it. What was heard is burned alone.")
    job = client.burn(error.run.media_id, options={"style": {"highlight": "word"}})
    client.wait(job.job_id, timeout_s=RUN_TIMEOUT_S)
    client.save(job.job_id, "video", out / "4-one-language.mp4")
    return out / "4-one-language.mp4", FRAME_AT_S
