"""The lines of README.md work as they stand."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

from dev.installation import ROOT
from tests.stack.api_client import ApiClient

README = (ROOT / "README.md").read_text(encoding="utf-8")


def block_below(heading: str) -> str:
    """Return the first block of shell lines below a heading of the README."""
    _, found, rest = README.partition(f"\n## {heading}\n")
    assert found
    return rest.partition("```sh\n")[2].partition("```")[0]


def test_the_curl_lines_go_from_a_link_to_a_burn_that_waits_for_it(
    client: ApiClient, tmp_path: Path
) -> None:
    url, token = client.stack.app_url, client.stack.admin_token
    # What `make dev` prints.
    settings = {"APP": url, "TOKEN": token, "PATH": os.environ["PATH"], "NO_PROXY": "*"}

    ended = subprocess.run(
        ["sh", "-e", "-c", block_below("The API in five lines")],
        cwd=tmp_path,
        env=settings,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert ended.returncode == 0, ended.stderr
    subtitles, burn, jobs = ended.stdout.splitlines()
    made = json.loads(jobs)["items"]
    assert json.loads(subtitles)["slot"] == "subtitles"
    assert json.loads(burn)["status"] == "waiting"
    assert [job["engine"] for job in made] == ["burner-ffmpeg", "media-downloader"]
    assert json.loads(burn)["waitsFor"][0]["fromJob"] == made[1]["jobId"]
    for job in made:
        client.api("POST", f"/api/jobs/{job['jobId']}/cancel")
