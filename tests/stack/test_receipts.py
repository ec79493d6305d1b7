"""Receipts on the real runtime, and the command that checks them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dev.stack.stack import Stack
from tests.media.pictures import ffmpeg
from tests.stack.api_client import VTT, ApiClient
from tests.stack.fake_container import FakeContainers
from tests.stack.test_vidgen import environment, ran


def finished(client: ApiClient, containers: FakeContainers, body: bytes) -> str:
    """Return the id of a burn whose container has made *body*, and says nothing of its bytes."""
    job_id = client.new_job("burner-ffmpeg", client.media_with_inputs())
    render = containers.render(job_id)
    render.upload("video", body)
    render.report("completed")
    client.job_in(job_id, "completed")
    return job_id


def test_a_container_of_the_earlier_contract_has_a_receipt_of_the_buckets_word(
    client: ApiClient, containers: FakeContainers, tmp_path: Path
) -> None:
    env, made = environment(client), tmp_path / "made.mp4"
    made.write_bytes(b"made by hand")
    job_id = finished(client, containers, b"made by hand")

    verified, out, err = ran(env, "verify", str(made), "--job", job_id)
    made.write_bytes(b"made by Hand")
    changed, _, told = ran(env, "verify", str(made), "--job", job_id)
    unknown, _, nothing = ran(env, "verify", str(made), "--job", "job_00000000000000000000000000")

    assert (verified, err) == (0, "")
    assert "hashes    md5 (said by the bucket)\n" in out
    assert (changed, "is not what" in told) == (6, True)
    assert (unknown, "not_found" in nothing) == (4, True)


@pytest.mark.long
@pytest.mark.timeout(400)
def test_a_burned_film_is_verified_from_its_receipt_to_its_bytes(tmp_path: Path) -> None:
    clip, film = tmp_path / "clip.mp4", tmp_path / "film.mp4"
    ffmpeg(
        *("-f", "lavfi", "-i", "testsrc2=s=320x180:r=10:d=1"),
        *("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", str(clip)),
    )
    with Stack(state_dir=tmp_path / "stack", containers=("burner",)) as stack:
        client = ApiClient(stack)
        env = environment(client)
        media_id = client.new_media()
        client.upload(media_id, clip.read_bytes())
        client.api("PUT", f"/api/media/{media_id}/subtitles", VTT)
        job_id = client.new_job("burner-ffmpeg", media_id)
        client.job_in(job_id, "completed")
        assert ran(env, "save", job_id, "-o", str(film))[0] == 0
        kept = str(film.with_name("film.mp4.receipt.json"))
        assert ran(env, "receipt", job_id, "-o", kept) == (0, f"{kept}\n", "")
        keys = client.http.get(f"{stack.app_url}/.well-known/receipt-keys.json")
        (tmp_path / "keys.json").write_bytes(keys.content)
        client.http.close()

    # Nothing runs any more: what was kept is enough.
    known = ("--keys", str(tmp_path / "keys.json"))
    verified, out, err = ran(env, "verify", str(film), *known, "--json")
    statement = json.loads(out)
    with film.open("r+b") as file:
        file.seek(-1, 2)
        file.write(b"\x00" if film.read_bytes()[-1] else b"\x01")
    changed, _, told = ran(env, "verify", str(film), *known)

    assert (verified, err) == (0, "")
    definition = statement["predicate"]["buildDefinition"]
    assert definition["internalParameters"]["containerHashes"] == ["inputs", "outputs"]
    assert "manimgx-fonts" in definition["internalParameters"]["fonts"]
    assert {"burner", "ffmpeg"} < set(statement["predicate"]["runDetails"]["builder"]["version"])
    assert (changed, "is not what" in told) == (6, True)
