"""Telling the app: events, which it stores, and progress, which it shows to those who look.

An event goes again until the app has taken it. Mere progress is an event every ten minutes; in
between it is shown, at most once a second and only while somebody looks, and lost if it does not
arrive: newer progress follows.
"""

from functools import partial

from media_jobs.changed import changed
from media_jobs.deadlines import next_due_ms
from media_jobs.errors import UpstreamError
from media_jobs.keyring import Purpose
from media_jobs.live import JobProgress
from media_jobs.ports import PeerAnswer
from media_jobs.record import (
    JobRecord,
    OutboxEntry,
    TellApp,
    next_progress_ms,
    remove_entry,
    shown,
    watched,
)
from media_jobs.retry import EVENT
from media_jobs.signing import signed_headers
from media_jobs.wire import JobEvent, Message
from orchestrator.jobs.outcome import Outcome, document_of, later
from orchestrator.ports import JobPorts

EVENT_TIMEOUT_MS = 15_000
SHOW_TIMEOUT_MS = 5_000
WATCH_MS = 5 * 60_000
"""For how long an answer that somebody looks is good."""


async def tell_app(job: JobRecord, effect: TellApp, tries: int, ports: JobPorts) -> Outcome:
    """Deliver an event, or show mere progress that is not yet to be stored."""
    if effect.progress_only and job.brief and ports.now_ms() < next_progress_ms(job):
        return await _show(job, effect.event, ports)
    event = changed(effect.event, ts=ports.now_ms(), nonce=ports.token(), wants_version=True)
    answer = await _post("/api/render/cf-callback", event, EVENT_TIMEOUT_MS, job, ports)
    said = document_of(answer.text)
    if 200 <= answer.status < 300:
        return Outcome(settled=partial(_remove_told, brief=is_brief(said)))
    code = said.get("code") or said.get("error")
    return later(EVENT, tries, job, "app", answer, str(code)[:64] if code else "")


def _remove_told(job: JobRecord, entry: OutboxEntry, now_ms: int, *, brief: bool) -> JobRecord:
    return remove_entry(job, entry, now_ms, brief=brief)


def is_brief(said: dict[str, object]) -> bool:
    """Whether an app that answers an event with this shows progress and takes lists: from 0.7."""
    numbers = str(said.get("version", "")).split(".")[:2]
    return all(n.isdecimal() for n in numbers) and [int(n) for n in numbers] >= [0, 7]


async def _show(job: JobRecord, event: JobEvent, ports: JobPorts) -> Outcome:
    """Show progress if somebody looks; the entry stays, to be told in its time."""
    if job.watched_until_ms <= ports.now_ms():
        return Outcome(settled=shown)
    fields = JobProgress.model_fields.keys() - {"type", "ts", "nonce"}
    progress = JobProgress(
        type="job.progress",
        ts=ports.now_ms(),
        nonce=ports.token(),
        **{name: getattr(event, name) for name in fields},
    )
    try:
        answer = await _post("/api/render/progress", progress, SHOW_TIMEOUT_MS, job, ports)
    except UpstreamError:
        return Outcome(settled=shown)
    if answer.status != 200:
        return Outcome(settled=partial(shown, until_ms=0) if answer.status == 404 else shown)
    looks = document_of(answer.text).get("watched") is True
    until_ms = ports.now_ms() + WATCH_MS if looks else 0
    return Outcome(settled=partial(shown, until_ms=until_ms))


async def _post(
    path: str, message: Message, timeout_ms: int, job: JobRecord, ports: JobPorts
) -> PeerAnswer:
    body = message.to_json()
    headers = signed_headers(body, ports.settings.keys.signing(Purpose.TO_APP), job.request_id)
    return await ports.peers.call(
        "POST", f"{ports.settings.app_base_url}{path}", body, headers, timeout_ms
    )


def watch(for_s: int, ports: JobPorts) -> bool:
    """Show progress for the next *for_s*, what is known now at once; False: the job has ended."""
    job = ports.store.load()
    if job is None or job.ended:
        return False
    looked_at = watched(job, for_s * 1000, ports.now_ms())
    ports.store.save(looked_at)
    ports.alarm.arm(next_due_ms(looked_at))
    return True
