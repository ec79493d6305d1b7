"""How much of the database a job takes; docs/limits.md reckons with it."""

from collections.abc import Callable

import pytest

from tests.app.stage import Stage
from tests.conftest import TOLD

JOBS = 400
BYTES_MAX = 7000


@pytest.mark.heavy
def test_a_job_takes_less_than_seven_thousand_bytes_with_all_that_belongs_to_it(
    stage: Stage, record_property: Callable[[str, object], None]
) -> None:
    media_id = stage.media_with_inputs()
    before = _bytes(stage)

    for number in range(JOBS):
        _burn(stage, media_id, number)

    each = (_bytes(stage) - before) // JOBS
    record_property(TOLD, f"{each} bytes of D1 for a job")
    assert each < BYTES_MAX


def _burn(stage: Stage, media_id: str, number: int) -> None:
    stage.now_ms += 20_000
    wanted = {"mediaId": media_id, "engine": "burner-ffmpeg", "options": {}}
    key = {"idempotency-key": f"key-{number}"}
    job_id = stage.send("POST", "/api/jobs", wanted, headers=key).json["jobId"]
    for seq, status in enumerate(("preparing", "running", "uploading"), start=1):
        stage.tell(stage.event(job_id, seq, status))
    outputs = stage.outputs(job_id, "video.mp4")
    assert stage.tell(stage.event(job_id, 4, "completed", outputs=outputs)).status == 200


def _bytes(stage: Stage) -> int:
    (count,), (size,) = (
        stage.database.look(f"PRAGMA {name}")[0].values() for name in ("page_count", "page_size")
    )
    return int(count) * int(size)
