"""The orphan report on the real bucket and the real D1."""

from __future__ import annotations

from tests.stack.api_client import ApiClient
from tests.stack.fake_container import FakeContainers


def _report(client: ApiClient) -> set[tuple[str, str]]:
    items, cursor = [], ""
    while cursor is not None:
        answer = client.api("GET", "/api/orphans" + (f"?cursor={cursor}" if cursor else ""))
        assert answer.status_code == 200, answer.text
        items += answer.json()["items"]
        cursor = answer.json()["nextCursor"]
    return {(item["kind"], item["key"]) for item in items}


def test_the_report_names_what_bucket_and_records_do_not_share(
    client: ApiClient, containers: FakeContainers
) -> None:
    media_id = client.media_with_inputs()
    render = containers.render(client.new_job(media_id=media_id))
    render.finish()
    job = client.job_in(render.job_id, "completed")
    kept, lost = render.payload["outputVideoKey"], f"media/{media_id}/outputs/job_0/1-1/video.mp4"
    client.put_object(lost, b"nobody's")
    before = _report(client)
    metadata = render.payload["outputMetadataKey"]
    assert client.get_signed(f"/jobs/{render.job_id}").status_code == 200
    client.delete_object(metadata)

    after = _report(client)

    assert ("object_without_row", lost) in before
    assert not any(kept in key for _, key in before | after)
    assert after - before == {("row_without_object", metadata)}
    assert set(job["artifacts"]) == {"video", "metadata"}
