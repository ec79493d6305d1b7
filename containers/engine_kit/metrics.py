"""What a container counts, in Prometheus' text format 0.0.4
(https://prometheus.io/docs/instrumenting/exposition_formats/).

Few labels of few values: no job, no URL, no text of a user's ever becomes one.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

__all__ = ["CONTENT_TYPE", "Metrics"]

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
BOUNDS_S = (1, 5, 15, 60, 300, 900, 3600, 4 * 3600)

Labels = tuple[tuple[str, str], ...]
Sample = tuple[str, Labels, float]
"""What is added to the name of its family, labels beside the engine, value."""
Family = tuple[str, str, str, Sequence[Sample]]
"""Name, type, help, samples."""


class Metrics:
    """The counts of one container since its start. *engine* is a label of each."""

    def __init__(self, engine: str) -> None:
        self._engine = engine
        self._started = 0
        self._refused: Counter[str] = Counter()
        self._ended: Counter[tuple[str, str]] = Counter()
        self._moved: Counter[str] = Counter()
        self._seconds: dict[str, _Histogram] = {}

    def started(self) -> None:
        """Count an accepted attempt."""
        self._started += 1

    def refused(self, reason: str) -> None:
        """Count a refused start: "full", "disk", "stopping" or "superseded"."""
        self._refused[reason] += 1

    def ended(self, status: str, code: str, seconds: float) -> None:
        """Count an attempt's end; *code* is the failure's, or empty. *seconds*: how long it ran."""
        self._ended[status, code] += 1
        self._seconds.setdefault(status, _Histogram()).observe(seconds)

    def received(self, count: int) -> None:
        """Count bytes that came from the store; those of broken tries are among them."""
        self._moved["in"] += count

    def sent(self, count: int) -> None:
        """Count bytes that went to the store; as `received`."""
        self._moved["out"] += count

    def text(
        self, *, active: int, capacity: int, disk_free_bytes: int, tools: Mapping[str, str]
    ) -> str:
        """Return the exposition: what was counted, and the present figures."""
        families: list[Family] = [
            *self._counted(),
            ("active", "gauge", "Attempts at work.", [("", (), active)]),
            ("capacity", "gauge", "The maximum number of attempts at once.", [("", (), capacity)]),
            ("disk_free_bytes", "gauge", "Free space of WORK_DIR.", [("", (), disk_free_bytes)]),
            (
                "tool_info",
                "gauge",
                "Versions of the tools; always 1.",
                [("", (("tool", tool), ("version", v)), 1) for tool, v in sorted(tools.items())],
            ),
        ]
        lines: list[str] = []
        for name, kind, text, samples in families:
            lines.append(f"# HELP media_jobs_{name} {text}")
            lines.append(f"# TYPE media_jobs_{name} {kind}")
            for suffix, labels, value in samples:
                lines.append(self._sample(name + suffix, labels, value))
        return "".join(f"{line}\n" for line in lines)

    def _counted(self) -> Iterator[Family]:
        refused, ended = sorted(self._refused.items()), sorted(self._ended.items())
        yield "attempts_started_total", "counter", "Attempts accepted.", [("", (), self._started)]
        yield (
            "starts_refused_total",
            "counter",
            "Starts that were not accepted, by reason.",
            [("", (("reason", reason),), count) for reason, count in refused],
        )
        yield (
            "attempts_ended_total",
            "counter",
            "Attempts by their last status and failure code.",
            [("", (("status", status), ("code", code)), count) for (status, code), count in ended],
        )
        yield (
            "attempt_seconds",
            "histogram",
            "How long attempts ran, by their last status.",
            [
                (suffix, (("status", status), *labels), value)
                for status, histogram in sorted(self._seconds.items())
                for suffix, labels, value in histogram.samples()
            ],
        )
        yield (
            "transferred_bytes_total",
            "counter",
            "Bytes from (in) and to (out) the bucket.",
            [("", (("direction", way),), self._moved[way]) for way in ("in", "out")],
        )

    def _sample(self, name: str, labels: Labels, value: float) -> str:
        named = ",".join(
            f'{label}="{_escaped(text)}"' for label, text in (("engine", self._engine), *labels)
        )
        return f"media_jobs_{name}{{{named}}} {value!r}"


class _Histogram:
    def __init__(self) -> None:
        self._counts = [0] * (len(BOUNDS_S) + 1)
        self._sum_s = 0.0

    def observe(self, seconds: float) -> None:
        self._counts[bisect_left(BOUNDS_S, seconds)] += 1
        self._sum_s += seconds

    def samples(self) -> Iterator[Sample]:
        below = 0
        for bound, count in zip((*map(str, BOUNDS_S), "+Inf"), self._counts, strict=True):
            below += count
            yield "_bucket", (("le", bound),), below
        yield "_sum", (), self._sum_s
        yield "_count", (), below


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
