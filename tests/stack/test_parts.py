"""Large outputs in parts, on the real bucket: presigned parts, the binding completes or drops."""

from __future__ import annotations

import hashlib

import httpx

from tests.stack.api_client import ApiClient, eventually
from tests.stack.fake_container import FakeContainers, Render

MIB = 1024 * 1024
PART = 32 * MIB
CONTENT = bytes(range(256)) * (33 * MIB // 256)


def _parts(render: Render, *numbers: int) -> httpx.Response:
    wanted = {"slot": "video", "sizeBytes": len(CONTENT), "partNumbers": list(numbers)}
    return render.http.post(render.payload["urlsUrl"], json={"upload": wanted})


def _put(render: Render, url: str, number: int) -> httpx.Response:
    body = CONTENT[(number - 1) * PART : number * PART]
    headers = {"x-amz-content-sha256": "UNSIGNED-PAYLOAD"}
    return render.http.put(url, content=body, headers=headers)


def _finish(render: Render, etags: list[str]) -> httpx.Response:
    key = render.payload["outputVideoKey"]
    video = {"key": key, "sizeBytes": len(CONTENT), "partEtags": etags}
    outputs = {"video": video, "metadata": render.upload("metadata", b"{}")}
    return render.report("completed", outputs=outputs)


def test_an_output_in_parts_resumed_and_put_out_of_order_is_completed_and_served(
    client: ApiClient, containers: FakeContainers
) -> None:
    render = containers.render(client.new_job())
    first = _parts(render, 1, 2).json()["upload"]
    second_etag = _put(render, first["parts"]["2"], 2).headers["etag"].strip('"')
    again = _parts(render, 1).json()["upload"]
    first_etag = _put(render, again["parts"]["1"], 1).headers["etag"].strip('"')

    assert _finish(render, [first_etag, second_etag]).status_code == 200

    job = client.job_in(render.job_id, "completed")
    served = client.http.get(job["artifacts"]["video"]["url"])
    assert first["partBytes"] == PART
    assert served.headers["content-type"] == "video/mp4"
    assert hashlib.sha256(served.content).digest() == hashlib.sha256(CONTENT).digest()
    assert job["attempt"] == 1


def test_a_canceled_job_drops_its_parts_and_takes_no_more(
    client: ApiClient, containers: FakeContainers
) -> None:
    render = containers.render(client.new_job())
    urls = _parts(render, 1, 2).json()["upload"]["parts"]
    assert _put(render, urls["1"], 1).status_code == 200

    client.api("POST", f"/api/jobs/{render.job_id}/cancel")
    containers.wait_for_cancel(render.job_id)

    def refused() -> bool:
        return _put(render, urls["2"], 2).status_code == 404

    client.job_in(render.job_id, "canceled")
    eventually(refused, "the upload is dropped")
    assert _parts(render, 2).status_code == 410
