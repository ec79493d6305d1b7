"""The hosts of an engine: what is known of each, and which one gets the next job. Pure.

A host says in `/health` how many slots it has, what it can do and what it costs. A job goes to one
that can do what it needs and has a free slot: to one that also has what the job wishes for, then to
the one with the largest free share of its slots, divided by its cost weight.

Some needs are amounts (`AMOUNTS`). Where a host has enough, a job waits for one that does; where
none has, it goes to the one that has most.

A host that fails at a start comes after all others; from the second time on it is left out. Either
ends when it is asked after a while and answers. One that is draining gets nothing new.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict
from pydantic_core import from_json

from media_jobs.changed import changed
from media_jobs.engines.declaration import EARLIER_CONTRACT
from media_jobs.errors import UpstreamError
from media_jobs.outward import is_outward
from media_jobs.retry import Backoff

__all__ = [
    "AMOUNTS",
    "GONE",
    "NO_HOST",
    "UNKNOWN",
    "Fleet",
    "HostState",
    "contract_said",
    "engine_of",
    "host_id",
    "labelled",
    "missing",
    "read_health",
]

AMOUNTS = ("contract", "memory")
"""Needs that say how much at least: `contract:2`, and `memory:8192` in MiB."""

NO_HOST = "host"
"""What is missing where an engine has no host at all."""

HEALTH_LIFE_MS = 5 * 60_000
"""How long what a host has said is believed while a job waits."""

DRAINING_LIFE_MS = 30_000
"""How long that it is draining is believed: a new process may be there by then."""

SILENT = Backoff(first_ms=2_000, most_ms=60_000)
"""Between two questions to a host that does not answer, or fails at starts."""

UNSAID_MAX = 6
"""Questions without an answer, about a minute, after which nobody waits for what a host may have
that has said nothing yet: one that has just connected has said nothing since.
"""

FAILED_STARTS_MAX = 1
"""After how many failed starts a host still gets what no other has room for."""

WORDS_MAX, WORD_CHARS_MAX = 50, 100
"""Of what a host says in words: how many of a kind are kept, and how long each may be."""


class HostState(BaseModel):
    """What is known of a host. Times are Unix ms.

    *capacity*: its slots; None: not asked yet, no answer, or left out. *ask_ms*: when to ask next,
    if there are jobs then. *failures*: questions without an answer, in a row; *failed_starts*:
    starts without one since a job last came to its end there, *failing*: one since it was asked.
    *offers*: what it can do by kind, such as `model`; of a kind that it says nothing about, it is
    believed to have all. *amounts*: how much it has of what, by kind; as much as anybody needs,
    where it does not say. *weight*: the higher, the fewer of the jobs that others could do.
    """

    model_config = ConfigDict(defer_build=True, extra="ignore", frozen=True)

    capacity: int | None = None
    ask_ms: int = 0
    failures: int = 0
    failed_starts: int = 0
    failing: bool = False
    draining: bool = False
    version: str = ""
    region: str = ""
    weight: float = 1.0
    offers: dict[str, tuple[str, ...]] = {}
    amounts: dict[str, int] = {}

    def answered(self, said: "HostState", now_ms: int) -> "HostState":
        """Return the state after the host has *said* how it is."""
        life_ms = DRAINING_LIFE_MS if said.draining else HEALTH_LIFE_MS
        return changed(said, ask_ms=now_ms + life_ms, failed_starts=self.failed_starts)

    def silent(self, host: str, now_ms: int) -> "HostState":
        """Return the state after a question without an answer."""
        failures = self.failures + 1
        ask_ms = now_ms + SILENT.delay_ms(failures, host)
        return changed(self, capacity=None, failures=failures, ask_ms=ask_ms)

    def full(self, wait_ms: int, now_ms: int) -> "HostState":
        """Return the state after a start that it has put off: it says why when it is asked."""
        return changed(self, capacity=None, ask_ms=now_ms + wait_ms)

    def failed(self, host: str, now_ms: int) -> "HostState":
        """Return the state after a start that failed."""
        failed_starts = self.failed_starts + 1
        ask_ms = now_ms + SILENT.delay_ms(failed_starts, host)
        after = changed(self, failing=True, failed_starts=failed_starts, ask_ms=ask_ms)
        return after if failed_starts <= FAILED_STARTS_MAX else changed(after, capacity=None)

    def worked(self) -> "HostState":
        """Return the state after a job has given its slot back."""
        return changed(self, failing=False, failed_starts=0)

    @property
    def slots(self) -> int:
        """How many jobs it may have at once, now."""
        return 0 if self.draining or self.capacity is None else self.capacity

    @property
    def standing(self) -> str:
        """How it is, in a word: ok, failing, draining, left_out, silent or unknown."""
        if self.failures:
            return "silent"
        if self.draining:
            return "draining"
        if self.failing:
            return "left_out" if self.capacity is None else "failing"
        return "unknown" if self.capacity is None else "ok"

    @property
    def is_well(self) -> bool:
        """Whether it answers, and does not fail at starts, as far as is known."""
        return not (self.failures or self.failing)

    @property
    def may_say(self) -> bool:
        """Whether it has said what it has, or may do so: it was silent a few times alone."""
        return bool(self.amounts) or self.failures < UNSAID_MAX

    @property
    def is_out(self) -> bool:
        """Whether it gets less than its share, or nothing, until it is asked."""
        return self.failing or not self.slots

    def has(self, need: str) -> bool:
        """Whether it can do *need*, such as `model:large-v3`, as far as it says."""
        kind, _, word = need.partition(":")
        if kind in AMOUNTS:
            return self.share_of(need) == int(word)
        return word in self.offers.get(kind, (word,))

    def share_of(self, need: str) -> int:
        """Return how much it has of an amount, up to what is needed."""
        kind, _, word = need.partition(":")
        return min(int(word), self.amounts.get(kind, int(word)))


# Made without a validator, which a start would make for these alone.
UNKNOWN = HostState.model_construct()
"""Of a host that was not asked yet."""
GONE = HostState.model_construct(failures=1)
"""Of a host that connects outward, and is not connected."""


class Fleet:
    """The hosts of an engine at one moment. Its free slots become fewer as they are taken."""

    def __init__(self, hosts: Mapping[str, HostState], held: Mapping[str, int]) -> None:
        """*held*: how many slots of each host are; of before there were hosts, of the first."""
        self._hosts = hosts
        self.used: Counter[str] = Counter()
        """How many slots of each host are held."""
        self._first = next(iter(hosts), "")
        for host, count in held.items():
            self.used[host or self._first] += count

    def give_back(self, host: str) -> None:
        """Take note that a slot of *host* is held no more."""
        self.used[host or self._first] -= 1

    def has_room(self) -> bool:
        """Whether any slot is free."""
        return any(self.used[host] < state.slots for host, state in self._hosts.items())

    def can_do(self, needs: Collection[str]) -> bool:
        """Whether a host with a free slot can do a job that has these *needs*."""
        return bool(self._free(needs))

    def _free(self, needs: Collection[str]) -> list[str]:
        # The only one is asked all the same, and says better why it can't.
        able = self._hosts if _is_alone(self._hosts) else _able(self._hosts, needs)
        return [host for host in able if self.used[host] < self._hosts[host].slots]

    def take(self, needs: Collection[str], wishes: Collection[str]) -> str | None:
        """Return the host of the slot that a job gets, which is then taken; None: it waits."""
        free = self._free(needs)
        if not free:
            return None
        # Of equals the first in the setting's order.
        best = min(free, key=lambda host: self._rank(host, wishes))
        self.used[best] += 1
        return best

    def _rank(self, host: str, wishes: Collection[str]) -> tuple[bool, int, float]:
        state = self._hosts[host]
        share = (state.slots - self.used[host]) / state.slots
        return state.failing, -sum(map(state.has, wishes)), -share / state.weight


def _able(hosts: Mapping[str, HostState], needs: Collection[str]) -> list[str]:
    """Return the hosts that a job with these *needs* may go to: now, or when they have room."""
    able = [host for host, state in hosts.items() if all(map(state.has, _others(needs)))]
    for kind in AMOUNTS:
        for need in needs:
            if need.startswith(f"{kind}:"):
                able = _with_most(able, hosts, need)
    return able


def _with_most(able: list[str], hosts: Mapping[str, HostState], need: str) -> list[str]:
    """Return which of the hosts *able* have as much as is needed, or as the best of them.

    One that is not asked yet may have it. Where another would refuse the job, one that is down, or
    fails at its starts, is waited for; one that has not said yet what it has, for a minute.
    """
    is_refused = need.startswith("contract:")
    known = [hosts[host] for host in able]
    counted = [s for s in known if s.is_well or (is_refused and s.may_say)]
    most = max((state.share_of(need) for state in counted), default=0)
    return [host for host in able if hosts[host].share_of(need) >= most]


def _others(needs: Iterable[str]) -> tuple[str, ...]:
    """Return the *needs* that are no amounts."""
    return tuple(need for need in needs if need.partition(":")[0] not in AMOUNTS)


def missing(hosts: Mapping[str, HostState], needs: Collection[str]) -> tuple[str, ...]:
    """Return which *needs* keep a job waiting because no host that was asked can do them."""
    known = [state for state in hosts.values() if state.version or state.capacity is not None]
    wanted = _others(needs)
    if _is_alone(hosts) or not known or any(all(map(state.has, wanted)) for state in known):
        return ()
    nowhere = tuple(need for need in wanted if not any(state.has(need) for state in known))
    return nowhere or wanted


def _is_alone(hosts: Collection[str]) -> bool:
    """Whether there is one host; another may be about to connect, where one does so outward."""
    return len(hosts) == 1 and not any(map(is_outward, hosts))


def host_id(url: str) -> str:
    """Return the id of the host at *url*: its name, port and path, without what may be secret."""
    parts = urlsplit(url)
    return f"{parts.netloc.rpartition('@')[2].lower()}{parts.path.rstrip('/')}"


def labelled(name: str, urls: Iterable[str]) -> dict[str, str]:
    """Return the URLs of an engine's hosts by what people call them.

    That is the engine's *name*, with the host's id where there are several.
    """
    of = {host_id(url): url for url in urls}
    return {name if len(of) == 1 else f"{name}@{host}": url for host, url in of.items()}


def engine_of(label: str) -> str:
    """Return the engine's name in the label of a host."""
    return label.partition("@")[0]


def read_health(status: int, text: str) -> HostState:
    """Return what a host says of itself; one that answers without saying has one slot.

    Raises UpstreamError for one that is down or reports an `error`. Every container that there has
    been answers 200; anything else is of something in between, which knows nothing of the host.
    """
    if status != 200:
        raise UpstreamError("upstream_failed.status", part="part.container", status=status)
    try:
        document = from_json(text)
    except ValueError:
        document = None
    said = document if isinstance(document, dict) else {}
    if error := said.get("error"):
        raise UpstreamError("upstream_failed", part="part.container", why=str(error)[:100])
    capacity, weight = said.get("capacity"), said.get("costWeight")
    return HostState(
        capacity=max(1, capacity) if isinstance(capacity, int) else 1,
        draining=said.get("draining") is True,
        version=_word(said.get("version")),
        region=_word(said.get("region")),
        weight=min(1000.0, max(0.001, weight)) if isinstance(weight, int | float) else 1.0,
        offers=_offers(said),
        amounts=_amounts(said) if said else {},
    )


def contract_said(said: Mapping[str, object]) -> int:
    """Return the contract that a container speaks, by what it says in `/health`.

    Ours of 0.1 say their capacity alone; the earlier system's say neither.
    """
    contract = said.get("contract")
    if isinstance(contract, int) and not isinstance(contract, bool):
        return contract
    return 1 if "contract" in said or "capacity" in said else EARLIER_CONTRACT


def _amounts(said: Mapping[str, object]) -> dict[str, int]:
    """Return how much a host says that it has."""
    amounts = {"contract": contract_said(said)}
    memory = said.get("memoryBytes")
    if isinstance(memory, int) and memory > 0:
        amounts["memory"] = memory >> 20
    return amounts


def _offers(said: Mapping[str, object]) -> dict[str, tuple[str, ...]]:
    """Return what a host says it has: models, codecs of its hardware's encoders, GPUs, its kit."""
    # One that does not name its kit helps nobody.
    offers: dict[str, tuple[str, ...]] = {"kit": (_word(said.get("kit")),)}
    if isinstance(models := said.get("models"), list):
        offers["model"] = tuple(map(_word, models[:WORDS_MAX]))
    if isinstance(gpus := said.get("gpus"), list):
        offers["gpu"] = tuple(map(_word, gpus[:WORDS_MAX]))
    if isinstance(encoders := said.get("encoders"), list):
        offers["encoder"] = tuple(_word(one).partition("_")[0] for one in encoders[:WORDS_MAX])
    return offers


def _word(value: object) -> str:
    return value[:WORD_CHARS_MAX] if isinstance(value, str) else ""
