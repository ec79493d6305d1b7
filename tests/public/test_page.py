"""The static page: its words, and what its security headers and its markup promise."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from dev.stack_errors import node_path

PUBLIC = Path(__file__).resolve().parents[2] / "public"
NOW = 1_790_000_000_000


def words(expression: str) -> Any:
    """Evaluate *expression* with everything that words.js exports."""
    program = f"""
      const words = await import({json.dumps((PUBLIC / "words.js").as_uri())});
      const value = new Function(...Object.keys(words), "return {expression}");
      console.log(JSON.stringify(value(...Object.values(words))));
    """
    ended = subprocess.run(
        [node_path(), "--input-type=module", "--no-warnings", "-e", program],
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(ended.stdout)


def test_sizes_times_and_types_are_shown_as_people_write_them() -> None:
    shown = words(
        "[size(0), size(999), size(1500), size(1.5e6), size(9.99e9), size(123e9),"
        "duration(0), duration(59400), duration(61000), duration(3725000),"
        "fileType('video/mp4'), fileType('audio/x-matroska'), fileType('text/vtt; charset=utf-8')]"
    )

    assert [text.replace("\u00a0", " ") for text in shown] == [
        *("0 bytes", "999 bytes", "1.5 kB", "1.5 MB", "10 GB", "123 GB"),
        *("0 s", "59 s", "1 min 1 s", "1 h 2 min"),
        *("MP4", "MKA", "VTT"),
    ]


def test_times_past_are_told_in_the_largest_unit_that_fits() -> None:
    ages_s = (0, 44, 60, 44 * 60, 3600, 21 * 3600, 86400, 3 * 86400)

    shown = words(f"[{','.join(f'ago({NOW - age * 1000}, {NOW})' for age in ages_s)}]")

    assert shown == [
        *("just now", "just now", "1 minute ago", "44 minutes ago", "1 hour ago", "21 hours ago"),
        *("yesterday", "3 days ago"),
    ]


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("My holiday", "My holiday"),
        ("https://films.example/a/big%20film.mp4?sig=secret", "big film.mp4 – films.example"),
        ("https://films.example/", "films.example"),
        ("https://films.example/%E0%A4", "%E0%A4 – films.example"),
        ("note: this", "note: this"),
    ],
)
def test_a_title_that_is_an_address_is_shortened_to_its_file_and_host(
    title: str, shown: str
) -> None:
    assert words(f"shortTitle({json.dumps(title)})".replace('"', "'")) == shown


@pytest.mark.parametrize(
    ("job", "name", "sentence"),
    [
        ("{status: 'running', engine: 'burner-ffmpeg'}", "Burning subtitles", ""),
        ("{status: 'completed', engine: 'burner-ffmpeg'}", "Done", ""),
        ("{status: 'failed', error: {message: 'No space.'}}", "Failed", "No space."),
        ("{status: 'failed', error: null}", "Failed", "It failed without a reason."),
        (
            "{status: 'queued', accepted: true, error: {message: 'It died.'}}",
            "Waiting",
            "An attempt failed: It died. Trying again.",
        ),
        (
            "{status: 'queued', accepted: false, handoverError: 'x'}",
            "Waiting",
            "Not started yet: the orchestrator cannot be reached. Trying again.",
        ),
    ],
)
def test_a_job_is_told_in_words(job: str, name: str, sentence: str) -> None:
    assert words(f"[statusName({job}), trouble({job})]") == [name, sentence]


def policy() -> dict[str, list[str]]:
    headers = (PUBLIC / "_headers").read_text()
    found = re.search(r"Content-Security-Policy: (.*)", headers)
    assert found is not None
    directives = [part.split() for part in found[1].split(";")]
    return {name: values for name, *values in directives}


def test_the_policy_runs_our_own_scripts_only_and_plays_signed_links() -> None:
    assert policy() == {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'"],
        "connect-src": ["'self'"],
        "media-src": ["https:", "http://127.0.0.1:*", "http://localhost:*"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "require-trusted-types-for": ["'script'"],
        "trusted-types": ["'none'"],
    }


def test_the_page_has_nothing_inline_and_nothing_of_another_host() -> None:
    for file in sorted(PUBLIC.glob("*.[hcj]*")):
        text = file.read_text()
        markup = file.suffix == ".html"
        hosts = set(re.findall(r"(?:src|href)=\"(?:https?:)?//[^\"]*|url\([^)]*\)", text))
        assert hosts == set(), file.name
        assert "innerHTML" not in text, file.name
        assert not re.search(r"\.(outerHTML|insertAdjacentHTML)|document\.write", text), file.name
        if markup:
            assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)", text)
