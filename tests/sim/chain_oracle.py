"""What must hold of jobs that wait for others, judged from outside the shipped code.

Who reads what from whom is what the people asked for (`chains.py`), not what the app has stored.
"""

import json
from typing import Any

from tests.sim.chains import Member

ENDS = ("completed", "failed", "canceled")
URLS = {
    "video": "inputVideoUrl",
    "subtitles": "inputVttUrl",
    "subtitles-secondary": "inputSecondaryVttUrl",
}
"""By input slot, the field of a start call with the URL to read it from."""

REFUSALS = ("bad_request", "manifest_gone", "missing_inputs", "missing_job_manifest")
"""What no job fails of whose manifest says in time what it reads."""


class Chains:
    """Watches the chains of one world; its other jobs are looked at for what they tell webhooks."""

    def __init__(self, world: Any) -> None:
        self._world = world
        self._members: dict[int, Member] = {}
        self._of_job: dict[str, Member | None] = {}
        self._failed: set[tuple[str, int]] = set()
        self.begun_ms: dict[str, int] = {}

    def watch(self, members: list[Member]) -> None:
        """Watch these, and let an endpoint be told of everything."""
        self._members = {member.number: member for member in members}
        self._world.database.sqlite.execute(
            "INSERT INTO webhooks (webhook_id, url, events, description, secret, created_ms)"
            " VALUES ('wh_1', 'https://hooks.test/', '[\"job.*\"]', '', 'whsec_', 0)"
        )

    def __bool__(self) -> bool:
        return bool(self._members)

    # --- while the world runs -------------------------------------------------------------------

    def submitted(self, job_id: str) -> None:
        """Look at a job that the app submits: what it reads is made, and its manifest says so."""
        member = self._member(job_id)
        if member is None:
            return
        self.begun_ms.setdefault(job_id, self._world.kernel.now_ms)
        found = self._world.bucket.stored.get(f"manifests/jobs/{job_id}.json")
        inputs = {} if found is None else json.loads(found.body)["inputs"]
        for slot, key in self._keys(job_id, member).items():
            if inputs.get(slot, {}).get("key") != key:
                self._wrong(f"{job_id}: its manifest does not have {slot} from {key}")

    def started(self, message: dict[str, Any]) -> None:
        """Look at a start call: the container reads what was made, and nothing else."""
        member = self._member(message["jobId"])
        if member is None:
            return
        for slot, key in self._keys(message["jobId"], member).items():
            if f"/{key}?" not in message.get(URLS[slot], ""):
                self._wrong(f"{message['jobId']}: reads other {slot} than {key}")

    def failed(self) -> None:
        """Look at the jobs that a batch fails for their inputs: a source has just ended so."""
        look = self._world.database.look
        for row in look(
            "SELECT * FROM jobs WHERE status = 'failed' AND error LIKE '%input_failed%'"
        ):
            life = (row["job_id"], row["generation"])
            member = None if life in self._failed else self._member(row["job_id"])
            if member is None:
                continue
            self._failed.add(life)
            if all(self._may_come(source, output) for source, output in member.sources.values()):
                self._wrong(f"{row['job_id']}: fails for inputs that may come: {row['error']}")

    def refused(self, member: Member) -> None:
        """Look at a job that was not accepted: one that it reads from has ended without that."""
        if all(self._may_come(source, output) for source, output in member.sources.values()):
            self._wrong(f"client {member.number}: is refused what may come")

    def _keys(self, job_id: str, member: Member) -> dict[str, str]:
        """Return where the outputs are that a job reads, by slot; none may be lacking."""
        keys = {}
        for slot, (source, output) in member.sources.items():
            made = self._made(source.job_id, output)
            if made is None:
                self._wrong(f"{job_id}: begins before {source.job_id} has made {output}")
            else:
                keys[slot] = made
        return keys

    def _made(self, job_id: str | None, output: str) -> str | None:
        """Return where an output of a completed job is, by its object; None: nowhere yet."""
        owner = self._world.jobs.objects.get(job_id)
        job = None if owner is None else owner.disk.written or self._retired(job_id)
        if job is None or job.status != "completed" or output not in job.outputs:
            return None
        key: str = job.outputs[output].key
        found = self._world.bucket.stored.get(key)
        is_whole = found is not None and found.size_bytes == job.outputs[output].size_bytes
        return key if is_whole else None

    def _retired(self, job_id: str | None) -> Any:
        return self._world.oracle.retired.get(job_id)

    def _may_come(self, source: Member, output: str) -> bool:
        rows = self._world.database.look("SELECT * FROM jobs WHERE job_id = ?", (source.job_id,))
        return bool(rows) and (
            rows[0]["status"] not in ENDS or self._made(source.job_id, output) is not None
        )

    def _member(self, job_id: str) -> Member | None:
        """Return who has asked for a job, whether or not the answer has arrived."""
        if job_id not in self._of_job:
            rows = self._world.database.look(
                "SELECT idempotency_key FROM idempotency WHERE job_id = ?", (job_id,)
            )
            number = int(rows[0]["idempotency_key"].removeprefix("key-")) if rows else -1
            self._of_job[job_id] = self._members.get(number)
        return self._of_job[job_id]

    # --- the end --------------------------------------------------------------------------------

    def at_rest(self, rows: dict[str, dict[str, Any]]) -> None:
        """Judge the world's jobs after it came to rest."""
        told = self._told()
        for job_id, row in rows.items():
            for generation in range(1, row["generation"] + 1):
                ends = told[job_id, generation]
                if len(ends) != 1:
                    self._wrong(f"{job_id}: the end of generation {generation} was told as {ends}")
            if (member := self._member(job_id)) is not None and member.sources:
                self._agrees(job_id, row, member, rows)

    def _told(self) -> "_Told":
        """Return which ends webhooks were told of, by job and generation."""
        told = _Told()
        for row in self._world.database.look("SELECT body FROM webhook_messages"):
            data = json.loads(row["body"])["data"]
            if data["status"] in ENDS:
                told[data["jobId"], data["generation"]].append(data["status"])
        return told

    def _agrees(
        self,
        job_id: str,
        row: dict[str, Any],
        member: Member,
        rows: dict[str, dict[str, Any]],
    ) -> None:
        if row["status"] == "completed":
            for of, _ in member.sources.values():
                source = rows[str(of.job_id)]
                if source["status"] != "completed":
                    self._wrong(f"{job_id}: is made of {source['job_id']}, {source['status']}")
            self._read(job_id, member)
        if row["status"] == "failed" and json.loads(row["error"])["code"] in REFUSALS:
            self._wrong(f"{job_id}: was refused: {row['error']}")

    def _read(self, job_id: str, member: Member) -> None:
        """Compare the versions that a completed job is said to have read with what was made."""
        read = {
            row["slot"]: row["object_key"]
            for row in self._world.database.look(
                "SELECT r.slot, i.object_key FROM job_inputs AS r JOIN inputs AS i"
                " ON i.input_id = r.input_id WHERE r.job_id = ?",
                (job_id,),
            )
        }
        for slot, key in self._keys(job_id, member).items():
            if read.get(slot) != key:
                self._wrong(f"{job_id}: is said to have read {read.get(slot)} as {slot}, not {key}")

    def _wrong(self, what: str) -> None:
        self._world.oracle.wrong(what)


class _Told(dict[tuple[str, int], list[str]]):
    def __missing__(self, key: tuple[str, int]) -> list[str]:
        self[key] = []
        return self[key]
