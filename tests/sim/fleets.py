"""Engines with several hosts: one drains, one is new, one is taken out, as deployments do it."""

from random import Random
from typing import Any

SEVERAL = 0.4
"""In how many worlds some engines have several hosts."""

HOSTS_MAX = 3
DRAIN_MS_MAX = 10 * 60_000
MODEL, OTHER_MODEL = "large", "base"
"""What some transcripts need, and what the host has that can't do them."""

TRANSCRIBER = "CONTAINER_BASE_URL_TRANSCRIBER"
TRANSCRIBED = 0.3
"""How many clients want a transcript with that model, where one of several hosts lacks it."""

MIXED = 0.4
"""In how many worlds burners are of two versions."""

TWO_TRACKS = 0.3
"""How many clients want two tracks of subtitles there, which older burners don't read."""

BOTH = {"subtitles": "in_subtitles", "subtitles-secondary": "in_another"}
UPDATED_MS = 40 * 60_000
"""By then all have been updated."""

OBJECT_MS = 60_000
"""Within this a deployment of the orchestrator has reached its living objects."""


class Fleets:
    """Which hosts each engine has: by the setting that names them, all and those named now.

    By a source of its own: a world without several hosts is the same as before there were any.
    """

    def __init__(self, world: Any, settings: dict[str, str], share: float, mixed: float) -> None:
        self._world = world
        self._random = Random(f"fleet {world.seed}")  # noqa: S311 - a seed must give the same again.
        self.several = self._random.random() < share
        self.named = {
            setting: [url.removeprefix("http://")]
            for setting, url in settings.items()
            if setting.startswith("CONTAINER_BASE_URL")
        }
        if self.several:
            for hosts in self.named.values():
                name = hosts[0].removesuffix(".sim")
                hosts += [f"{name}-{n}.sim" for n in range(2, 1 + self._below(HOSTS_MAX) + 1)]
        self.models = self._draw_models()
        # By a source of its own, as above.
        self._versions = Random(f"versions {world.seed}")  # noqa: S311 - as above.
        self.is_mixed = self._versions.random() < mixed
        self._deployed_ms = -OBJECT_MS

    def set_versions(self, hosts: list[Any]) -> None:
        """Let some burners be of a version before, until they are updated one after the other."""
        burners = [host for host in hosts if "burner" in host.name]
        if not self.is_mixed:
            return
        for host in burners:
            if self._versions.random() < 0.5:
                host.is_of_before()
                at_ms = int(self._versions.random() * UPDATED_MS)
                for_ms = int(self._versions.random() * 60_000)
                self._world.kernel.at(at_ms, self.drain, host, for_ms)

    def _draw_models(self) -> dict[str, tuple[str, ...]]:
        """Return the models of each transcriber; one of three has not the one that is needed."""
        hosts = self.named[TRANSCRIBER]
        if len(hosts) < HOSTS_MAX:
            return {}
        lacking = hosts[self._below(HOSTS_MAX)]
        both = OTHER_MODEL, MODEL
        return {host: (OTHER_MODEL,) if host == lacking else both for host in hosts}

    def wished(self) -> dict[str, Any]:
        """Return the engine and the options of the next client; nothing: it chooses."""
        if self.is_mixed and self._versions.random() < TWO_TRACKS:
            return {"engine": "burner-ffmpeg", "inputs": dict(BOTH)}
        if self.models and self._random.random() < TRANSCRIBED:
            return {"engine": "asr-pipeline", "options": {"model": MODEL}}
        return {}

    def is_named(self, host: str) -> bool:
        """Whether a host is in a setting now."""
        return any(host in hosts for hosts in self.named.values())

    def is_deploying(self) -> bool:
        """Whether some living objects may not have read the settings as they are now."""
        return bool(self._world.kernel.now_ms <= self._deployed_ms + OBJECT_MS)

    def _below(self, limit: int) -> int:
        return int(self._random.random() * limit)

    def setting(self, name: str) -> str:
        """Return the value of the orchestrator's setting *name*."""
        return ",".join(f"http://{host}" for host in self.named[name])

    def plan(self, faulty_ms: int) -> None:
        """Plan what operators do to hosts."""
        at = self._world.kernel.at
        for setting, hosts in self.named.items():
            if len(hosts) == 1:
                continue
            for host in list(hosts):
                if self._random.random() < 0.4:
                    node = self._world.network.hosts[host]
                    at(self._below(faulty_ms), self.drain, node, self._below(DRAIN_MS_MAX))
            if len(hosts) == HOSTS_MAX:
                at(self._below(faulty_ms), self._name, setting, hosts.pop())
            # Nobody takes out what alone has a model.
            is_kept = setting == TRANSCRIBER and self.models
            if self._random.random() < 0.4 and not is_kept:
                at(self._below(faulty_ms), self._take_out, setting, hosts[self._below(len(hosts))])

    def drain(self, node: Any, for_ms: int) -> None:
        """Have a host take nothing new, and replace it after that."""
        self._world.kernel.trace(node.name, f"drains for {for_ms} ms")
        node.draining = True
        self._world.kernel.at(for_ms, self._replace, node)

    def _replace(self, node: Any) -> None:
        """Stop a host that has drained; the next process is of another version."""
        node.draining = False
        node.is_updated()
        node.stop(5_000)

    def _take_out(self, setting: str, host: str) -> None:
        self._world.kernel.trace(host, "is taken out")
        self.named[setting].remove(host)
        self.deploy()

    def _name(self, setting: str, host: str) -> None:
        self._world.kernel.trace(host, "is new")
        self.named[setting].insert(self._below(len(self.named[setting]) + 1), host)
        self.deploy()

    def deploy(self) -> None:
        """Have the orchestrator read its settings anew, its living objects one by one."""
        world = self._world
        self._deployed_ms = world.kernel.now_ms
        world.forget_settings("orchestrator")
        for node in (*world.jobs.objects.values(), *world.dispatchers.objects.values()):
            world.kernel.at(self._below(OBJECT_MS), node.crash)
