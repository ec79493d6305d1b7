"""The counts of a container, in the text that Prometheus reads."""

from pathlib import Path

import pytest
from engine_kit.engine import Outputs
from engine_kit.failures import EngineFailure, FailureCode
from engine_kit.metrics import Metrics

from tests.engine_kit.bench import Bench, CopyJob, ends, played, render_body


def text_of(metrics: Metrics) -> str:
    """Return the exposition of an idle container."""
    return metrics.text(active=0, capacity=1, disk_free_bytes=5, tools={})


def test_the_whole_text_of_a_container_that_has_done_two_attempts() -> None:
    metrics = Metrics("burner-ffmpeg")
    metrics.started()
    metrics.started()
    metrics.ended("completed", "", 4.5)
    metrics.ended("failed", "disk_full", 70)
    metrics.refused("full")
    metrics.received(3_000_000_000_001)
    metrics.sent(7)

    text = metrics.text(active=1, capacity=2, disk_free_bytes=99, tools={"ffmpeg": '7.1 "x"'})

    engine = 'engine="burner-ffmpeg"'
    buckets = {1: 0, 5: 1, 15: 1, 60: 1, 300: 1, 900: 1, 3600: 1, 14400: 1, "+Inf": 1}
    late = {1: 0, 5: 0, 15: 0, 60: 0, 300: 1, 900: 1, 3600: 1, 14400: 1, "+Inf": 1}
    name = "media_jobs_attempt_seconds"
    assert text.split("\n") == [
        "# HELP media_jobs_attempts_started_total Attempts accepted.",
        "# TYPE media_jobs_attempts_started_total counter",
        f"media_jobs_attempts_started_total{{{engine}}} 2",
        "# HELP media_jobs_starts_refused_total Starts that were not accepted, by reason.",
        "# TYPE media_jobs_starts_refused_total counter",
        f'media_jobs_starts_refused_total{{{engine},reason="full"}} 1',
        "# HELP media_jobs_attempts_ended_total Attempts by their last status and failure code.",
        "# TYPE media_jobs_attempts_ended_total counter",
        f'media_jobs_attempts_ended_total{{{engine},status="completed",code=""}} 1',
        f'media_jobs_attempts_ended_total{{{engine},status="failed",code="disk_full"}} 1',
        f"# HELP {name} How long attempts ran, by their last status.",
        f"# TYPE {name} histogram",
        *(
            f'{name}_bucket{{{engine},status="completed",le="{bound}"}} {count}'
            for bound, count in buckets.items()
        ),
        f'{name}_sum{{{engine},status="completed"}} 4.5',
        f'{name}_count{{{engine},status="completed"}} 1',
        *(
            f'{name}_bucket{{{engine},status="failed",le="{bound}"}} {count}'
            for bound, count in late.items()
        ),
        f'{name}_sum{{{engine},status="failed"}} 70.0',
        f'{name}_count{{{engine},status="failed"}} 1',
        "# HELP media_jobs_transferred_bytes_total Bytes from (in) and to (out) the bucket.",
        "# TYPE media_jobs_transferred_bytes_total counter",
        f'media_jobs_transferred_bytes_total{{{engine},direction="in"}} 3000000000001',
        f'media_jobs_transferred_bytes_total{{{engine},direction="out"}} 7',
        "# HELP media_jobs_active Attempts at work.",
        "# TYPE media_jobs_active gauge",
        f"media_jobs_active{{{engine}}} 1",
        "# HELP media_jobs_capacity The maximum number of attempts at once.",
        "# TYPE media_jobs_capacity gauge",
        f"media_jobs_capacity{{{engine}}} 2",
        "# HELP media_jobs_disk_free_bytes Free space of WORK_DIR.",
        "# TYPE media_jobs_disk_free_bytes gauge",
        f"media_jobs_disk_free_bytes{{{engine}}} 99",
        "# HELP media_jobs_tool_info Versions of the tools; always 1.",
        "# TYPE media_jobs_tool_info gauge",
        f'media_jobs_tool_info{{{engine},tool="ffmpeg",version="7.1 \\"x\\""}} 1',
        "",
    ]


def test_no_value_of_a_label_breaks_out_of_its_line() -> None:
    metrics = Metrics("e")
    metrics.ended("failed", 'x"} 9\nevil 1\\', 1)

    ended = [line for line in text_of(metrics).split("\n") if "x" in line and "ended" in line]

    assert ended == [
        'media_jobs_attempts_ended_total{engine="e",status="failed",code="x\\"} 9\\nevil 1\\\\"} 1'
    ]


@pytest.mark.parametrize(
    ("failure", "line"),
    [
        (None, 'attempts_ended_total{engine="burner-ffmpeg",status="completed",code=""} 1'),
        (
            EngineFailure(FailureCode.INPUT_MISSING, "Gone."),
            'attempts_ended_total{engine="burner-ffmpeg",status="failed",code="input_missing"} 1',
        ),
    ],
)
def test_metrics_are_open_and_count_what_the_container_did(
    tmp_path: Path, failure: EngineFailure | None, line: str
) -> None:
    async def run(job: CopyJob) -> Outputs:
        if failure is not None:
            raise failure
        return await ends(job)

    async def scenario(made: Bench) -> tuple[str, str]:
        await made.post("/render", render_body())
        await made.last_callback()
        response = await made.client.get("/metrics")
        return response.headers["content-type"], response.text

    kind, text = played(run, tmp_path, scenario)
    assert kind == "text/plain; version=0.0.4; charset=utf-8"
    assert f"media_jobs_{line}\n" in text
    assert 'media_jobs_tool_info{engine="burner-ffmpeg",tool="ffmpeg",version="7"} 1\n' in text


def test_a_start_without_disk_is_refused_as_full_and_counted(tmp_path: Path) -> None:
    async def scenario(made: Bench) -> str:
        response = await made.post("/render", render_body())
        assert (response.status_code, response.json()) == (503, {"error": "full"})
        assert int(response.headers["retry-after"]) > 0
        return (await made.client.get("/metrics")).text

    text = played(ends, tmp_path, scenario, disk_free_bytes_min=1 << 60)
    assert 'media_jobs_starts_refused_total{engine="burner-ffmpeg",reason="disk"} 1\n' in text
    assert 'media_jobs_attempts_started_total{engine="burner-ffmpeg"} 0\n' in text
