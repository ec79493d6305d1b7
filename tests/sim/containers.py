"""Simulated container hosts. They keep the container contract, and fail in every way it allows.

Not the shipped engines: those are processes with FFmpeg inside. What matters here is what crosses
the network: start calls, uploads, reports, and the silence when something dies.
"""

import hmac
import json
from collections.abc import Callable
from typing import Any

from tests.sim import earlier
from tests.sim.kernel import Node
from tests.sim.network import Answer, HttpRequest, Reply
from tests.sim.outputs import Outputs
from tests.sim.split import KIT, Split, is_split

TOLERANCE_MS = 5 * 60_000
HEARTBEAT_MS = 8_000
GAP_MS = 500
REMADE_AFTER_MS = 4 * 60_000
CONTRACT, OLDER_CONTRACT = 2, 1
"""What a container says that it reads: since 2, a second track of subtitles."""

UNAUTHORIZED_TRIES_MAX = 5
UNAUTHORIZED_MS_MAX = 120_000
"""A work that has heard nothing but 401 for so long frees its slot."""

REFUSED_LIFE_MS = 300_000
"""How long its host then says that nothing can be done there."""

OFF_MS_MIN = 60_000
WAITS_MAX = 1200
"""How often a work looks for the answer without which it uploads nothing."""

WATCHDOG_MS = 10 * 60_000
"""When a host kills a work that does nothing."""

SILENCE = "silence"
"""In a plan: nothing is said for so many ms."""

LASTING_STEPS = 30
"""Reports of a work that outlives its URLs, `HEARTBEAT_MS` apart."""

REFUSALS = (400, 403, 404, 422, 500)

FIRST_REPORT = {"media-downloader": "fetching_metadata"}


def _signature(secret: str, message: bytes) -> str:
    return hmac.digest(secret.encode(), message, "sha256").hex()


class ContainerHost(Node):
    """One engine's container: takes work up to its capacity, and may die, freeze or be stopped."""

    def __init__(self, world: Any, name: str, capacity: int) -> None:
        super().__init__(world.kernel, name)
        self.world = world
        self.capacity = capacity
        self.old = False
        self.earlier = ""
        self.draining = False
        self.version = "0.7.0"
        self.contract = CONTRACT
        self.models: tuple[str, ...] | None = None
        self.down_until_ms = 0
        self.frozen_until_ms = 0
        self.corrected_ms = 0
        self.refused_until_ms = 0
        self.works: dict[tuple[str, int], Work] = {}
        self.secrets = world.secrets

    def has_model(self, name: str) -> bool:
        """Return whether it can work with a model; of most engines nothing is said."""
        return self.models is None or name in self.models

    def has(self, need: str) -> bool:
        """Return whether it has what a job needs of its host."""
        kind, _, word = need.partition(":")
        if kind == "contract":
            return self.contract >= int(word)
        return self.says_kit() if kind == "kit" else self.has_model(word)

    def says_kit(self) -> bool:
        """Return whether it says with what it makes pieces; else it helps nobody."""
        return bool(self.world.shared and not self.old)

    def is_of_before(self) -> None:
        """Be of a version that does not read a second track."""
        self.contract, self.version = OLDER_CONTRACT, "0.2.0"

    def is_updated(self) -> None:
        """Be of the newest version from the next process on."""
        self.contract, self.version = CONTRACT, "0.7.1"

    def sign(self, message: bytes) -> str:
        """Sign with the first of this host's secrets."""
        return _signature(self.secrets[0], message)

    def clock_ms(self) -> int:
        """Return the time by this host's clock, as the orchestrator's answers put it right."""
        return self.now_ms() + self.corrected_ms

    def correct(self, date_ms: int) -> bool:
        """Take the time of a refusal; return whether the clock was off. No host of old does."""
        off_ms = date_ms - self.clock_ms()
        if self.old or abs(off_ms) < OFF_MS_MIN:
            return False
        self.kernel.trace(self.name, f"puts its clock right by {off_ms} ms")
        self.corrected_ms += off_ms
        return True

    def _is_signed(self, request: HttpRequest, message: bytes) -> bool:
        signature = request.headers.get("x-signature")
        return any(_signature(secret, message) == signature for secret in self.secrets)

    @property
    def active(self) -> int:
        """How many works are not at their end."""
        return sum(not work.over for work in self.works.values())

    def kill(self, down_ms: int) -> None:
        """SIGKILL: everything is gone, and the host stays away for a while."""
        self.epoch += 1
        self.kernel.trace(self.name, f"is killed, and back in {down_ms} ms")
        works, self.works = self.works, {}
        for work in works.values():
            # A proxy that lost its connection asks the new process for what the old one has done.
            if self.world.faults.hit("start comes late"):
                late_ms = down_ms + self.world.faults.between(1, 120_000)
                self.kernel.at(late_ms, self._come_late, work.request)
        self.down_until_ms = self.kernel.now_ms + down_ms

    def _come_late(self, request: HttpRequest) -> None:
        self.kernel.trace(self.name, "gets a start call late")
        self.receive(request, lambda answer: None)

    def freeze(self, duration_ms: int) -> None:
        """Hang: nothing moves for a while; then everything goes on as if nothing had been."""
        self.kernel.trace(self.name, f"hangs for {duration_ms} ms")
        self.frozen_until_ms = max(self.frozen_until_ms, self.kernel.now_ms + duration_ms)

    def stop(self, down_ms: int) -> None:
        """SIGTERM: each work reports `interrupted` once; the host stays away for a while."""
        for work in self.works.values():
            if not work.over:
                work.interrupt()
        self.kernel.at(200, self.kill, down_ms)

    def soon(self, delay_ms: int, epoch: int, work: Callable[[], None]) -> None:
        """Call *work* later, unless this process is dead by then; a frozen one does it later."""
        self.kernel.at(delay_ms, self._wake, epoch, work)

    def _wake(self, epoch: int, work: Callable[[], None]) -> None:
        if epoch != self.epoch:
            return
        frozen_ms = self.frozen_until_ms - self.kernel.now_ms
        if frozen_ms > 0:
            self.kernel.at(frozen_ms, self._wake, epoch, work)
        else:
            work()

    def is_silent(self) -> bool:
        """Return whether it hangs: it may be killed before it gets to what it receives."""
        return self.kernel.now_ms < self.frozen_until_ms

    def receive(self, request: HttpRequest, reply: Reply) -> None:
        now_ms = self.kernel.now_ms
        if now_ms < self.down_until_ms:
            reply(None)
        elif now_ms < self.frozen_until_ms:
            self.soon(0, self.epoch, lambda: self.receive(request, reply))
        else:
            reply(self._answer(request))

    def _answer(self, request: HttpRequest) -> Answer:
        if request.path == "/health" and self.earlier:
            return Answer(200, earlier.HEALTH)
        if request.path == "/health":
            is_refused = self.kernel.now_ms < self.refused_until_ms
            error = {"error": "reports_refused"} if is_refused else {}
            says: dict[str, object] = {
                "contract": self.contract,
                "capacity": self.capacity,
                "version": self.version,
            }
            says["draining"] = self.draining
            if self.models is not None:
                says["models"] = self.models
            if self.says_kit():
                says["kit"] = KIT
            health = {"ok": not is_refused, **says, **error}
            return Answer(200, json.dumps(health))
        return self._state(request) if request.method == "GET" else self._told(request)

    def _told(self, request: HttpRequest) -> Answer:
        message = json.loads(request.body)
        if not self._is_signed(request, request.body):
            self.world.oracle.mistrusted(self, message["ts"])
            return Answer(401, '{"error":"unauthorized"}')
        if abs(message["ts"] - self.clock_ms()) > TOLERANCE_MS:
            return Answer(401, '{"error":"unauthorized"}')
        known = self.works.get((message["jobId"], message["attempt"]))
        if self.earlier and request.path != "/render":
            return Answer(404, earlier.NO_SUCH_ROUTE)
        if message["type"] == "container.cancel":
            if known is None:
                return Answer(404, '{"error":"not_found"}')
            known.kill()
            return Answer(200, '{"ok":true}')
        assert message["type"] == "container.render"
        return self._start(request, message, known)

    def _state(self, request: HttpRequest) -> Answer:
        """Answer what the newest work of a job would report; a host of old knows no such route."""
        line = f"container GET {request.path}?{request.query}"
        if not self._is_signed(request, line.encode()):
            self.world.oracle.mistrusted(self, int(request.query.removeprefix("ts=")))
            return Answer(401, '{"error":"unauthorized"}')
        if self.earlier:
            return Answer(404, earlier.NO_SUCH_ROUTE)
        works = [w for (job_id, _), w in self.works.items() if request.path.endswith(job_id)]
        # One that hangs says nothing of its work either.
        if self.old or not works or works[-1].hangs or (works[-1].dead and not works[-1].last):
            return Answer(404, '{"error":"not_found"}')
        work = works[-1]
        state = {name: value for name, value in work.state.items() if value is not None}
        return Answer(200, json.dumps({"jobId": work.job_id, "attempt": work.attempt, **state}))

    def _start(self, request: HttpRequest, message: dict[str, Any], known: "Work | None") -> Answer:
        if known is not None:
            return Answer(202)
        faults = self.world.faults
        if faults.hit("container 4xx"):
            return Answer(REFUSALS[faults.between(0, len(REFUSALS) - 1)], "no")
        if "helps" in message and (self.old or not self.world.shared):
            return Answer(400, '{"error":"bad_request"}')
        if self.draining or self.active >= self.capacity:
            return Answer(503, '{"error":"full"}', retry_after_s=5)
        work = Work(self, request, message)
        self.works[message["jobId"], message["attempt"]] = work
        # As the engines do: who is fenced out learns it from its first report, before it uploads.
        if self.earlier:
            self.world.oracle.understood(earlier.not_understood(self.earlier, message))
            work.report("preparing", 0.05)
        else:
            work.report(FIRST_REPORT.get(message["engine"], "preparing"), 0.0)
        self.soon(work.pause_ms(), self.epoch, work.go_on)
        return Answer(202)


class Work:
    """One attempt in a container: a few reports, the uploads, the last report.

    What it has made is uploaded by `Outputs`.

    Reports as the engines' own reporter does: one in flight, the latest wins, the last one until it
    is answered, a repetition unchanged unless it grew too old.
    """

    def __init__(self, host: ContainerHost, request: HttpRequest, message: dict[str, Any]) -> None:
        self.host = host
        self.request = request
        self.world = host.world
        self.job_id: str = message["jobId"]
        self.attempt: int = message["attempt"]
        self.message = message
        self.over = False
        self.dead = False
        self.hangs = False
        self.confirmed = host.old
        self.waits = 0
        random = self.world.random
        self.plan = random.plan()
        self.large = random.large()
        self.lasting = self.world.short_lived and self.world.faults.hit("work lasts")
        if self.lasting:
            self.plan = [("running", n / 100) for n in range(1, LASTING_STEPS)]
        self.outputs: Outputs | None = None
        self.split: Split | None = None
        self.place = 0
        self.state: dict[str, Any] = {"status": "preparing", "progress": 0.0}
        self.last = False
        self.fresh = False
        self.in_flight = False
        self.body = b""
        self.body_made_ms = 0
        self.body_last = False
        self.failures = 0
        self.unauthorized = 0
        self.unauthorized_since_ms: int | None = None
        self.fate, self.fate_at = self._choose_fate()

    def _choose_fate(self) -> tuple[str | None, int]:
        faults = self.world.faults
        for kind in ("hangs", "crashes", "fails", "fails for good", "lies", "stalls"):
            if faults.hit(f"work {kind}"):
                self.trace(f"will come to this: {kind}")
                return kind, faults.between(0, len(self.plan))
        return None, -1

    def pause_ms(self) -> int:
        """Return how long until the next step."""
        pause: int = HEARTBEAT_MS if self.lasting else self.world.random.pause_ms()
        return pause

    # --- work -----------------------------------------------------------------------------------

    def go_on(self) -> None:
        """Do the next step of the plan."""
        self.hangs = False
        if self.over:
            return
        if self.place == self.fate_at and self._meet_fate():
            return
        if self.place < len(self.plan):
            status, progress = self.plan[self.place]
            self.place += 1
            pause_ms = self.pause_ms()
            if status == SILENCE:
                pause_ms = int(progress)
            else:
                self.report(status, progress)
            self.host.soon(pause_ms, self.host.epoch, self.go_on)
        else:
            self._finish()

    def _meet_fate(self) -> bool:
        """Let happen what was chosen; return whether the plan ends here."""
        host, faults = self.host, self.world.faults
        self.fate_at = -1
        if self.fate == "hangs":
            self.hangs = True
            if faults.between(0, 1):
                # A zombie: given up by then, it goes on as if nothing had been.
                host.soon(faults.between(30_000, 1_800_000), host.epoch, self.go_on)
            else:
                host.soon(WATCHDOG_MS, host.epoch, self.kill)
            return True
        if self.fate == "crashes":
            self.kill()
            return True
        if self.fate == "stalls":
            self._stall()
            return True
        if self.fate in ("fails", "fails for good"):
            retryable = self.fate == "fails"
            self._end("failed", error={"code": "simulated", "retryable": retryable})
            return True
        return False

    def _stall(self) -> None:
        """Say again and again that nothing is new."""
        if not self.over and not self.dead:
            self.report(self.state["status"], self.state["progress"])
            self.host.soon(HEARTBEAT_MS, self.host.epoch, self._stall)

    def _finish(self) -> None:
        if self.dead:
            return
        if not self.confirmed:
            # Nothing is uploaded before a report was answered: the attempt may have ended long ago.
            self.waits += 1
            later = self._finish if self.waits < WAITS_MAX else self.kill
            self.host.soon(GAP_MS, self.host.epoch, later)
            return
        if self.split is None and is_split(self):
            self.split = Split(self, self._joined)
            self.split.go_on()
        elif self.split is None:
            self._joined()

    def _joined(self) -> None:
        if "helps" in self.message:
            self._end("completed", outputs={})
            return
        if self.outputs is None:
            self.outputs = Outputs(self, self._uploaded)
        self.outputs.go_on()

    def _uploaded(self, claims: dict[str, Any] | None) -> None:
        if self.host.earlier:
            end = earlier.end(self.host.earlier, self.message)
            if end is None:
                self.kill()
            else:
                self._end("completed", **end)
        elif claims is None:
            self._end("failed", error={"code": "upload_failed", "retryable": True})
        else:
            self._end("completed", outputs=None if self.host.old else claims)

    def interrupt(self) -> None:
        """Report that the process is being stopped, once."""
        self._end("failed", error={"code": "interrupted", "retryable": True})

    def kill(self) -> None:
        """Stop at once and say nothing more."""
        self.over = self.dead = True

    # --- reports --------------------------------------------------------------------------------

    def report(self, status: str, progress: float) -> None:
        """Set the state to send next."""
        if not self.last:
            self.state = {"status": status, "progress": progress}
            self.fresh = True
            self._send()

    def _end(self, status: str, **more: Any) -> None:
        if self.last:
            return
        self.over = self.last = self.fresh = True
        self.state = {"status": status, "progress": self.state["progress"], **more}
        self._send()

    def _send(self) -> None:
        if self.in_flight or self.dead:
            return
        host = self.host
        now_ms = host.kernel.now_ms
        stale = now_ms - self.body_made_ms > REMADE_AFTER_MS
        if not self.body or stale or (self.fresh and not self.body_last):
            self.body = self._made()
            self.body_made_ms, self.body_last, self.fresh = now_ms, self.last, False
        self.in_flight = True
        epoch, last = host.epoch, self.body_last
        self.world.network.send(
            host,
            "POST",
            self.message["callbackUrl"],
            self.body,
            {"x-signature": host.sign(self.body)},
            10_000 if last else 5_000,
            lambda answer: host.soon(0, epoch, lambda: self._answered(answer, last)),
            lambda: host.soon(0, epoch, self._unanswered),
        )

    def _made(self) -> bytes:
        state = {name: value for name, value in self.state.items() if value is not None}
        document = {"jobId": self.job_id, **state, "ts": self.host.clock_ms()}
        document["nonce"] = self.world.nonce()
        if not self.host.old:
            document |= {"type": "container.callback", "attempt": self.attempt}
        return json.dumps(document).encode()

    def _answered(self, answer: Answer, last: bool) -> None:
        self.in_flight = False
        if answer.status == 401 and self._is_given_up():
            self.trace("is refused again and again, and stops")
            self.host.refused_until_ms = self.host.kernel.now_ms + REFUSED_LIFE_MS
            self.kill()
        elif answer.status == 401 and self.host.correct(answer.date_ms):
            self.body, self.body_last, self.fresh = b"", False, True
            self.host.soon(GAP_MS, self.host.epoch, self._send)
        elif answer.status == 410:
            self.trace("is fenced out, and stops")
            self.kill()
        elif answer.status in (408, 429) or answer.status >= 500:
            self.in_flight = True
            self._unanswered()
        elif answer.status == 401 and last and self.unauthorized < UNAUTHORIZED_TRIES_MAX:
            self.unauthorized += 1
            self.in_flight = True
            self.body, self.body_last = b"", False
            self._unanswered()
        else:
            self.body, self.failures = b"", 0
            if answer.status == 200:
                if '"ignored"' not in answer.text:
                    self.world.oracle.placement.reported(self)
                self.confirmed, self.unauthorized_since_ms = True, None
                self.host.refused_until_ms = 0
            if last:
                self.dead = True
            elif self.fresh:
                self.host.soon(GAP_MS, self.host.epoch, self._send)

    def _is_given_up(self) -> bool:
        """Take note of a 401; return whether there was nothing else for too long."""
        now_ms = self.host.kernel.now_ms
        if self.unauthorized_since_ms is None:
            self.unauthorized_since_ms = now_ms
        return not self.host.old and now_ms - self.unauthorized_since_ms >= UNAUTHORIZED_MS_MAX

    def _unanswered(self) -> None:
        self.failures += 1
        delay_ms = min(30_000, 500 << min(self.failures, 10))
        self.host.soon(delay_ms, self.host.epoch, self._again)

    def _again(self) -> None:
        self.in_flight = False
        self._send()

    def trace(self, what: str) -> None:
        """Note what this work does."""
        if self.world.kernel.traced is not None:
            self.world.kernel.trace(self.host.name, f"{self.job_id} #{self.attempt} {what}")
