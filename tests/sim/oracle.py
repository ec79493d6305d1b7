"""What must hold at every moment and at the end, judged from outside the shipped code.

Nothing here asks the machine what is right: statuses, their order, keys and numbers are written
down again, from the contract.
"""

import json
from dataclasses import dataclass, field
from typing import Any

from tests.sim.fleet_oracle import Placement
from tests.sim.line_oracle import Lines
from tests.sim.network import HttpRequest
from tests.sim.split import judge_rest, judge_sharing
from tests.sim.storage import end_of

ENDS = ("completed", "failed", "canceled")
RANK = {"queued": 0, "fetching_metadata": 1, "preparing": 2, "running": 3, "uploading": 4}
FOLDERS = {
    "burner-ffmpeg": "outputs",
    "renderer-remotion": "outputs",
    "media-downloader": "downloads",
    "asr-pipeline": "transcripts",
}
REQUIRED = {
    "burner-ffmpeg": {"video"},
    "renderer-remotion": {"video"},
    "media-downloader": {"video", "metadata"},
    "asr-pipeline": {"words", "metadata"},
}
ALARM_SLACK_MS = 11_000
"""After an alarm that failed, the next one may be this late."""

TURN_MS = 120_000
"""By a Durable Object's clock, after which an effect that has not ended may be begun again."""

TOLERANCE_MS = 5 * 60_000
MISTRUSTED = "signature of another secret or message"
"""Why a Worker refuses a message that was signed with a secret that it does not have."""

CAUGHT = ("crashed", "alarm_failed", "effects_failed", "cron_failed")
SIMULATED = ("OSError: simulated", "Gone: ", "UpstreamError: ")


@dataclass(frozen=True, eq=False)
class Begun:
    """An effect that an object performs, *at_ms* by its clock; *memory*: whose, of which life."""

    memory: tuple[str, int]
    entry_id: int
    kind: str
    at_ms: int

    def excludes(self, other: "Begun") -> bool:
        """Whether *other* may not begin before this has ended.

        A cancellation stops the container whatever goes on, and tells the app of it.
        """
        if self.entry_id == other.entry_id or self.kind == other.kind == "tell_app":
            return True
        return not {self.kind, other.kind} & {"stop_container", "tell_app"}


@dataclass
class Oracle:
    """Watches one world. *broken* holds what was broken first; the kernel stops on it."""

    world: Any
    broken: list[str] = field(default_factory=list)
    accepted: dict[str, str] = field(default_factory=dict)
    applied: dict[str, int] = field(default_factory=dict)
    canceled: dict[str, int] = field(default_factory=dict)
    retired: dict[str, Any] = field(default_factory=dict)
    promised: dict[str, list[int]] = field(default_factory=dict)
    given_up: dict[str, set[int]] = field(default_factory=dict)
    begun: dict[str, str] = field(default_factory=dict)
    effects: dict[tuple[str, int], list[Begun]] = field(default_factory=dict)
    granted_on: dict[str, set[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.placement = Placement(self.world, self.wrong)
        self.lines = Lines(self.world, self.wrong)

    def wrong(self, what: str) -> None:
        """Note a broken promise; the world stops at once."""
        self.world.kernel.trace("ORACLE", what)
        self.broken.append(what)

    # --- the Durable Object's storage -----------------------------------------------------------

    def saved(self, owner: Any, before: Any, after: Any) -> None:
        """Compare what a Durable Object stores with what it had stored."""
        if self.world.kernel.traced is not None:
            self.world.kernel.trace(
                owner.name,
                f"stores {after.status} {after.phase or ''} {after.progress} seq {after.event_seq}"
                f" attempt {len(after.attempts)}"
                f" outbox {[entry.effect.kind for entry in after.outbox]}",
            )
        first = 1 if before is None else before.next_entry_id
        if after.next_entry_id != first:
            self._promise(after, first)
        self._uploads(after)
        self._dead(after)
        judge_sharing(self, owner, after)
        if before is None:
            return
        if after.event_seq < before.event_seq or after.next_entry_id < before.next_entry_id:
            self.wrong(f"{owner.name}: an update was lost")
        if after.generation != before.generation:
            self._generation(owner, before, after)
            return
        if before.status in ENDS and (
            after.status != before.status or after.outputs != before.outputs
        ):
            self.wrong(f"{owner.name}: {before.status} was followed by {after.status}")
        tries = [a for a in after.attempts if a.generation == after.generation]
        if len(tries) > after.max_attempts:
            self.wrong(f"{owner.name}: {len(tries)} attempts of {after.max_attempts}")
        self._attempts(owner, before, after)
        if after.status == "completed" and before.status != "completed":
            self._completed(owner, after)

    def _promise(self, job: Any, first: int) -> None:
        """Note the events that the app must be told; mere progress may give way."""
        seqs = self.promised.setdefault(job.job_id, [])
        for entry in job.outbox:
            new = entry.entry_id >= first and entry.effect.kind == "tell_app"
            if new and not entry.effect.progress_only:
                seqs.append(entry.effect.event.event_seq)

    def _uploads(self, job: Any) -> None:
        """Note the uploads in parts that a job knows of: each must come to an end."""
        if job.attempts and job.attempts[-1].uploads:
            for upload in job.attempts[-1].uploads.values():
                self.begun[upload.upload_id] = job.job_id

    def _dead(self, job: Any) -> None:
        """Note the events that were given up: a later one may overtake them."""
        for entry in job.outbox:
            if entry.dead:
                self.given_up.setdefault(job.job_id, set()).add(entry.effect.event.event_seq)

    def forgotten(self, owner: Any, job: Any) -> None:
        """Look at a job whose object deletes its storage, with what the app knows already alone."""
        if job.status not in ENDS or any(not entry.dead for entry in job.outbox):
            self.wrong(f"{owner.name}: is forgotten as {job.status}, with {len(job.outbox)} to do")
        elif job.outbox:
            told = self.world.database.look(
                "SELECT event_seq FROM jobs WHERE job_id = ?", (job.job_id,)
            )
            if told[0]["event_seq"] != job.event_seq:
                self.wrong(f"{owner.name}: is forgotten, and the app was not told its end")
            if job.outbox[-1].effect.event.event_seq != job.event_seq:
                self.wrong(f"{owner.name}: kept letters that others had overtaken")
        if job.helps is None and f"final/{job.job_id}" not in self.world.bucket.stored:
            self.wrong(f"{owner.name}: is forgotten without an archived status")
        self.retired[owner.name] = job

    def _generation(self, owner: Any, before: Any, after: Any) -> None:
        if after.generation < before.generation or before.status not in ("failed", "canceled"):
            self.wrong(f"{owner.name}: generation {before.generation} gave way as {before.status}")

    def _attempts(self, owner: Any, before: Any, after: Any) -> None:
        if len(after.attempts) < len(before.attempts):
            self.wrong(f"{owner.name}: an attempt is forgotten")
            return
        if len(after.attempts) > len(before.attempts) or not before.attempts:
            if any(a.state != "ended" for a in after.attempts[:-1]):
                self.wrong(f"{owner.name}: two attempts are open")
            return
        old, new = before.attempts[-1], after.attempts[-1]
        # Its pieces are dropped behind its end.
        if old.state == "ended" and new != old and new != old.model_copy(update={"sharing": None}):
            self.wrong(f"{owner.name}: an ended attempt changed")
        if after.status in RANK and before.status in RANK and new.state != "ended":
            if after.progress < before.progress:
                self.wrong(f"{owner.name}: progress went from {before.progress} back")
            if RANK[after.status] < RANK[before.status]:
                self.wrong(f"{owner.name}: {before.status} went back to {after.status}")

    def _completed(self, owner: Any, job: Any) -> None:
        winners = [a for a in job.attempts if a.verdict == "completed"]
        if len(winners) != 1 or winners[0] is not job.attempts[-1]:
            self.wrong(f"{owner.name}: completed by {len(winners)} attempts")
            return
        if job.helps is None and not set(job.outputs) >= REQUIRED[job.engine]:
            self.wrong(f"{owner.name}: completed with {sorted(job.outputs)} alone")
        folder = f"media/{job.media_id}/{FOLDERS[job.engine]}/{job.job_id}"
        for output in job.outputs.values():
            if not output.key.startswith(f"{folder}/{job.generation}-{winners[0].number}/"):
                self.wrong(f"{owner.name}: accepted {output.key}, which is another attempt's")
            found = self.world.bucket.stored.get(output.key)
            if found is None or found.size_bytes != output.size_bytes or not found.size_bytes:
                self.wrong(f"{owner.name}: accepted {output.key}, which is not there as recorded")
            self.accepted[output.key] = job.job_id

    def advanced(self, job: Any, event: Any, decision: Any) -> None:
        """Look at what the machine made of an event."""
        number = getattr(event, "attempt", None)
        if number is None or decision.refused is not None:
            return
        if not job.attempts or job.attempts[-1].number != number:
            self.wrong(f"{job.job_id}: attempt {number}, which was given up, moved the job")

    def effect_begins(self, owner: Any, entry: Any) -> Begun:
        """Look at an effect that an object begins: none may run twice at once."""
        memory, now_ms = (owner.name, owner.epoch), owner.now_ms()
        begun = Begun(memory, entry.entry_id, entry.effect.kind, now_ms)
        running = self.effects.setdefault(memory, [])
        for other in running:
            if now_ms < other.at_ms + TURN_MS and other.excludes(begun):
                self.wrong(f"{owner.name}: {begun.kind} begins while {other.kind} is performed")
        running.append(begun)
        return begun

    def effect_ends(self, begun: Begun) -> None:
        """Take note that an effect has ended, or its object."""
        self.effects[begun.memory].remove(begun)

    def idle(self, owner: Any) -> None:
        """Look at a Durable Object that waits for nothing but its alarm."""
        if not owner.is_needed():
            return
        due_ms = owner.due_ms()
        if owner.alarm_ms is None:
            self.wrong(f"{owner.name}: sleeps without an alarm")
        elif due_ms is not None:
            # Set in time by the clock of then, it comes later if that was set back.
            late_ms = owner.alarm_ms - max(owner.now_ms(), due_ms) - owner.set_back_ms
            if late_ms > ALARM_SLACK_MS:
                self.wrong(f"{owner.name}: sleeps {late_ms} ms too long")

    def ticketed(self, owner: Any, before: Any, ticket: Any) -> None:
        """Look at a ticket that a dispatcher stores in place of the one *before*."""
        if ticket.granted_ms is None:
            return
        self.placement.granted(owner, before, ticket)
        self.granted_on.setdefault(ticket.job_id, set()).add(ticket.host)
        tickets = owner.disk.tickets.values()
        held = sum(t.granted_ms is not None and t.host == ticket.host for t in tickets)
        most = self.world.capacity(ticket.host)
        if held > most:
            self.wrong(f"{owner.name}: {held} slots of {ticket.host} are granted, {most} are there")

    def same(self, stored: Any, read: Any) -> None:
        """Compare a record with what its document reads as."""
        if stored != read:
            self.wrong(f"{stored.job_id}: a stored document reads otherwise")

    # --- the bucket and the network -------------------------------------------------------------

    def understood(self, names: list[str]) -> None:
        """Look at what a container of the earlier system makes nothing of; it would say nothing."""
        if names:
            self.wrong(f"a container of the earlier system does not understand {names}")

    def put(self, work: Any, key: str) -> None:
        """Look at an upload. Containers of the earlier system ask nobody before they upload."""
        if key in self.accepted and not work.host.old:
            self.wrong(f"{self.accepted[key]}: the accepted {key} was overwritten")

    def sent(self, node: Any, host: str, request: HttpRequest) -> None:
        """Look at a request as it leaves its sender."""
        if self.world.chains:
            self._chained(request)
        if request.path == "/jobs":
            self.world.runs.submitted(json.loads(request.body)["jobId"])
        is_stop = request.path.endswith("/cancel") and node.name in self.world.jobs.objects
        if is_stop and host not in self.granted_on.get(node.name, ()):
            self.wrong(f"{node.name}: {host} is told to stop it, and never had it")
        if request.path != "/render":
            return
        self.placement.started(host, request)
        job = node.disk.written
        number = int(request.body.partition(b'"attempt":')[2].partition(b",")[0])
        attempt = job.attempts[-1]
        if job.status in ENDS or attempt.number != number or attempt.state == "ended":
            self.wrong(f"{node.name}: attempt {number} is started after its end")

    def _chained(self, request: HttpRequest) -> None:
        """Look at what is said in a world where jobs wait: the app keeps that to itself."""
        if b'"waiting"' in request.body:
            self.wrong(f"{request.path} is sent a job that waits")
        if request.path == "/jobs":
            self.world.chains.submitted(json.loads(request.body)["jobId"])
        elif request.path == "/api/render/cf-callback":
            self.world.heard(request)
        elif request.path == "/render":
            self.world.chains.started(json.loads(request.body))

    def granted(self, owner: Any, number: int, answer: str) -> None:
        """Look at what a job answers to a container that asks for URLs."""
        if not answer.startswith("200"):
            return
        job = owner.disk.written
        attempt = job.attempts[-1]
        if job.status in ENDS or attempt.number != number or attempt.state == "ended":
            self.wrong(f"{owner.name}: attempt {number} is given URLs after its end")
        if end_of(answer) <= owner.now_ms():
            self.wrong(f"{owner.name}: attempt {number} is given URLs that have expired")

    def mistrusted(self, host: Any, ts_ms: int) -> None:
        """Look at a message whose signature a container refuses: an old one may be of a secret
        that is gone.
        """
        if abs(host.now_ms() - ts_ms) <= TOLERANCE_MS:
            self.wrong(f"{host.name}: a message is refused for its signature")

    # --- logs and answers -----------------------------------------------------------------------

    def logged(self, node: Any, record: dict[str, Any]) -> None:
        """Look at a log line: entry points may only catch what was simulated."""
        event = record["event"]
        if event in CAUGHT:
            why = str(record["why"])
            if not why.startswith(SIMULATED):
                self.wrong(f"{node.name}: {event}: {why}")
        elif record.get("why") == MISTRUSTED:
            self.wrong(f"{node.name}: a message is refused for its signature")
        elif event == "event_applied":
            job_id, _, seq = str(record["eventId"]).rpartition(".")
            job_id = job_id.partition(".")[0]
            if int(seq) <= self.applied.get(job_id, 0):
                self.wrong(f"{job_id}: event {seq} was applied again, or out of order")
            self.applied[job_id] = int(seq)

    # --- the end --------------------------------------------------------------------------------

    def at_rest(self) -> None:
        """Judge the world after it came to rest."""
        rows = {row["job_id"]: row for row in self.world.database.look("SELECT * FROM jobs")}
        self._accepted(rows)
        for job_id, row in rows.items():
            self._agrees(job_id, row)
            counted_open = row["finished_ms"] is None or row["check_ms"] is not None
            if counted_open and row["status"] in ENDS:
                self.wrong(f"{job_id}: has ended, and is counted among those that have not")
        if self.world.chains:
            self.world.chains.at_rest(rows)
        self.world.runs.at_rest()
        judge_rest(self)
        for dispatcher in self.world.dispatchers.objects.values():
            # If its alarm was lost when nobody waited any more, it looks when somebody does.
            if dispatcher.disk.tickets and not dispatcher.alarm_lost:
                self.wrong(f"{dispatcher.name}: {len(dispatcher.disk.tickets)} tickets are left")
        for key, job_id in self.accepted.items():
            if key not in self.world.bucket.stored:
                self.wrong(f"{job_id}: the accepted {key} is gone")
        for upload_id, job_id in self.begun.items():
            if upload_id in self.world.bucket.uploads and not self._sleeps(job_id):
                self.wrong(f"{job_id}: the parts of {upload_id} are left")

    def _accepted(self, rows: dict[str, dict[str, Any]]) -> None:
        most = sum(client.jobs for client in self.world.clients)
        if len(rows) > most:
            self.wrong(f"{len(rows)} jobs are there where {most} were asked for")
        for job_id in self.world.acknowledged:
            if job_id not in rows:
                self.wrong(f"{job_id}: was accepted and is not there")

    def _sleeps(self, job_id: str) -> bool:
        """Whether a job's alarm was lost after the app knew its end: nobody asks any more, and
        nobody needs to. What it would have dropped, the bucket's own rule drops.
        """
        owner = self.world.jobs.objects[job_id]
        return bool(owner.alarm_lost and owner.disk.written and owner.disk.written.outbox)

    def _forgot_first(self, job_id: str, row: dict[str, Any]) -> bool:
        """Whether a retry was first heard of after the object had forgotten its job: it is not
        started.
        """
        return job_id in self.retired and '"job_forgotten"' in (row["error"] or "")

    def _agrees(self, job_id: str, row: dict[str, Any]) -> None:
        owner = self.world.jobs.objects.get(job_id)
        job = None if owner is None else owner.disk.written or self.retired.get(job_id)
        if row["status"] not in ENDS:
            there = "unknown" if job is None else job.status
            self.wrong(f"{job_id}: never ended; the app says {row['status']}, the object {there}")
            return
        if job is None:
            if row["event_seq"]:
                self.wrong(f"{job_id}: the app was told of a job that no object has")
            return
        if row["generation"] == self.canceled.get(job_id) and row["status"] != "canceled":
            self.wrong(f"{job_id}: was canceled, and {row['status']} in the end")
        here = (row["status"], row["generation"], row["event_seq"], row["attempt"])
        generation = row["generation"] if self._forgot_first(job_id, row) else job.generation
        there = (job.status, generation, job.event_seq, len(job.attempts))
        if here != there:
            self.wrong(f"{job_id}: the app has {here}, the object {there}")
        if job.outbox and owner.disk.written is not None and not self._sleeps(job_id):
            self.wrong(f"{job_id}: left undone: {[e.effect.kind for e in job.outbox]}")
        told = self.world.database.look(
            "SELECT event_seq, status FROM job_events WHERE job_id = ? ORDER BY event_seq",
            (job_id,),
        )
        if not told or told[-1]["status"] != row["status"]:
            self.wrong(f"{job_id}: the timeline does not end as the job did")
        if row["dead_letters"]:
            self.wrong(f"{job_id}: {row['dead_letters']} dead letters are shown that are delivered")
        missing = set(self.promised.get(job_id, ())) - {event["event_seq"] for event in told}
        missing -= self.given_up.get(job_id, set())
        if missing:
            self.wrong(f"{job_id}: the app was never told events {sorted(missing)}")
