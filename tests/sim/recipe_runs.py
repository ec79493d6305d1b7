"""Runs of a recipe in a simulated world: somebody starts one, looks after it, and reviews.

Whoever does knows the run's id alone: what its steps are and what waits for a person, the app says.
"""

import json
from random import Random
from typing import Any

from tests.sim.clients import Client
from tests.sim.network import Answer

RECIPE = "heard"
VIDEO = {"fromStep": "download", "output": "video"}
HEARD = {"fromStep": "transcribe", "output": "subtitles"}
STEPS = (
    {"step": "download", "engine": "media-downloader", "when": "url"},
    {"step": "transcribe", "engine": "asr-pipeline", "inputs": {"video": VIDEO}},
    {"step": "review", "review": [HEARD]},
    {
        "step": "burn",
        "engine": "burner-ffmpeg",
        "inputs": {"video": VIDEO, "subtitles": HEARD},
    },
)
LOOK_MS = 15_000
LOOKS_MAX = 800
THINKS_MS = 60 * 60_000
"""How long a person takes for a review, at most."""
ENDS = ("completed", "failed", "canceled")


class Runner(Client):
    """One who runs the recipe once, and decides its review."""

    jobs = 3

    def __init__(self, world: Any, number: int, seed: int) -> None:
        super().__init__(world, number, seed)
        self.run_id: str | None = None
        self.decided = "approve" if self.random.random() < 0.8 else "reject"
        share = self.random.random()
        self._thinks_ms = int(share**4 * THINKS_MS)
        self._looks, self._is_looking = 0, False
        self._thinks = False
        self.body = json.dumps({"url": "https://video.test/watch?v=2"}).encode()

    def submit(self) -> None:
        """Start the run, by the same key each time."""
        self.submits += 1
        self._post(f"/api/recipes/{RECIPE}/runs", self.body, self._submitted)

    def _submitted(self, answer: Answer | None) -> None:
        if self.run_id is not None:
            return
        if answer is not None and answer.status in (200, 201):
            document = json.loads(answer.text)
            self.run_id = document["runId"]
            for step in document["steps"]:
                if step["kind"] == "job":
                    self.world.acknowledged[step["jobId"]] = None
            self.look_after()
        else:
            # Without end: a run that nobody knows of is one whose review nobody decides.
            self.kernel.at(1000 << min(self.submits, 8), self.submit)

    def look_after(self) -> None:
        """Look how the run stands, again and again until it has ended."""
        if not self._is_looking:
            self._is_looking = True
            self._look()

    def _look(self) -> None:
        self._looks += 1
        if self._looks < LOOKS_MAX:
            self._ask("GET", "", b"", self._seen)

    def _seen(self, answer: Answer | None) -> None:
        document = None if answer is None or answer.status != 200 else json.loads(answer.text)
        self._is_looking = document is None or document["status"] not in ENDS
        if self._is_looking:
            self.kernel.at(LOOK_MS, self._look)
        if document is not None and document["status"] == "in_review" and not self._thinks:
            self._thinks = True
            (review,) = [step for step in document["steps"] if step["kind"] == "review"]
            body = json.dumps({"decision": self.decided}).encode()
            path = f"/reviews/{review['reviewId']}"
            self.kernel.at(self._thinks_ms, self._ask, "POST", path, body, self._reviewed)

    def _reviewed(self, answer: Answer | None) -> None:
        # Whatever was answered: if the run is still in review, it is decided once more.
        self._thinks, self._thinks_ms = False, 1000

    def cancel(self) -> None:
        """Cancel the run, if it is known by now."""
        self.cancels += 1
        if self.run_id is None:
            self._cancel_later()
        else:
            self._ask("POST", "/cancel", b"", self._canceled)

    def _canceled(self, answer: Answer | None) -> None:
        if answer is None or answer.status != 200:
            self._cancel_later()

    def retry(self) -> None:
        """Begin again what has failed or was canceled by now, and look after the run again."""
        self.retries += 1
        if self.run_id is None:
            self._retry_later()
        else:
            self._ask("POST", "/retry", b"", self._retried)

    def _retried(self, answer: Answer | None) -> None:
        super()._retried(answer)
        # Also without an answer: the run may have begun again all the same.
        self.decided = "approve"
        self.look_after()

    def _ask(self, method: str, path: str, body: bytes, done: Any) -> None:
        self.world.network.send(
            self,
            method,
            f"http://app.sim/api/runs/{self.run_id}{path}",
            body,
            {"authorization": "Bearer simulated-token"},
            30_000,
            done,
            lambda: done(None),
        )


def make_runner(world: Any, number: int, random: Random) -> Runner:
    """Return one who runs the recipe, which the workspace keeps from now on."""
    document = json.dumps({"title": {"en": "Heard"}, "source": "url", "steps": STEPS})
    world.database.sqlite.execute(
        "INSERT INTO recipes (recipe_id, owner_id, name, document, created_ms, updated_ms)"
        " VALUES ('rcp_1', 'ws_default', ?, ?, 0, 0)",
        (RECIPE, document),
    )
    return Runner(world, number, int(random.random() * (1 << 30)))


class Runs:
    """What must hold of the runs of one world."""

    def __init__(self, world: Any) -> None:
        self._world = world

    def submitted(self, job_id: str) -> None:
        """Look at a job that the app submits: what it reads was approved, and nothing else is."""
        look = self._world.database.look
        for wait in look("SELECT * FROM job_waits WHERE job_id = ?", (job_id,)):
            if wait["review_id"] is None:
                continue
            (review,) = look("SELECT * FROM reviews WHERE review_id = ?", (wait["review_id"],))
            if review["state"] != "approved":
                self._wrong(f"{job_id}: begins while its review is {review['state']}")
                continue  # What it is to read is not there yet.
            (item,) = look("SELECT * FROM inputs WHERE input_id = ?", (wait["input_id"],))
            found = self._world.bucket.stored.get(f"manifests/jobs/{job_id}.json")
            inputs = {} if found is None else json.loads(found.body)["inputs"]
            if inputs.get(wait["slot"], {}).get("key") != item["object_key"]:
                self._wrong(f"{job_id}: its manifest does not have what was approved")

    def at_rest(self) -> None:
        """Judge the world's runs after it came to rest: each has all of its steps, and an end."""
        look = self._world.database.look
        for run in look("SELECT * FROM runs"):
            steps = look("SELECT * FROM run_steps WHERE run_id = ?", (run["run_id"],))
            if len(steps) != len(STEPS):
                self._wrong(f"{run['run_id']}: has {len(steps)} steps")
            self._judge(run["run_id"], steps)

    def _judge(self, run_id: str, steps: list[dict[str, Any]]) -> None:
        look = self._world.database.look
        jobs = [
            look("SELECT * FROM jobs WHERE job_id = ?", (step["job_id"],))[0]
            for step in steps
            if step["job_id"]
        ]
        (review,) = look("SELECT * FROM reviews WHERE run_id = ?", (run_id,))
        burn = jobs[-1]
        if review["state"] == "requested":
            self._wrong(f"{run_id}: its review was never decided")
        if burn["status"] == "completed" and review["state"] != "approved":
            self._wrong(f"{run_id}: is burned, and its review is {review['state']}")
        if review["state"] == "rejected" and burn["status"] != "canceled":
            self._wrong(f"{run_id}: was rejected, and its burn is {burn['status']}")

    def _wrong(self, what: str) -> None:
        self._world.oracle.wrong(what)
