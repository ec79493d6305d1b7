"""What the orchestrator relies on of archived jobs. Runs on the fake, and on KV."""

from typing import TYPE_CHECKING

from media_jobs.errors import UpstreamError

if TYPE_CHECKING:
    from orchestrator.ports import ArchivedJobs

KEY_BYTES_MAX = 512
"""Of a key of KV; a longer one is refused."""


async def what_was_put_comes_back(records: "ArchivedJobs") -> None:
    await records.put("job_1", '{"title":"字幕"}')

    assert await records.get("job_1") == '{"title":"字幕"}'
    assert await records.get("job_2") is None


async def what_kv_refuses_is_an_upstream_error(records: "ArchivedJobs") -> None:
    refused = []
    for call in (records.put("j" * KEY_BYTES_MAX, "{}"), records.get("j" * KEY_BYTES_MAX)):
        try:
            await call
        except UpstreamError as error:
            refused.append(error.message)

    assert len(refused) == 2
