"""Hosts that connect outward: names, keys, and the frames of their calls and answers."""

import json

import pytest

from media_jobs.errors import SettingError
from media_jobs.outward import (
    answer_frames,
    call_frame,
    handshake_target,
    is_name,
    name_of,
    outward_host,
    read_answer,
    read_call,
    read_host_key,
    show_host_key,
    signer_of,
    socket_parts,
    socket_url,
)

KEY = "0123456789abcdef" * 4


def test_a_host_key_says_engine_name_and_secrets_and_shows_no_secret() -> None:
    credential = read_host_key(f" burner@garage:{KEY},{KEY[::-1]}\n")

    assert (credential.engine_name, credential.name) == ("burner", "garage")
    assert credential.secrets == (KEY, KEY[::-1])
    assert (
        show_host_key("burner", "garage", credential.secrets) == f"burner@garage:{KEY},{KEY[::-1]}"
    )
    assert KEY not in repr(credential)


@pytest.mark.parametrize(
    "text",
    ["", KEY, f"garage:{KEY}", f"burner@:{KEY}", f"burner@garage:{KEY[1:]}", "burner@garage"],
)
def test_what_is_no_host_key_is_refused_and_not_shown(text: str) -> None:
    with pytest.raises(SettingError) as refused:
        read_host_key(text)

    assert "HOST_KEY" in refused.value.message
    assert KEY[1:] not in refused.value.message


@pytest.mark.parametrize(
    ("name", "good"),
    [("garage", True), ("gpu-2", True), ("a" * 63, True), ("a" * 64, False), ("", False)]
    + [(name, False) for name in ("-a", "A", "a.b", "a/b", "a@b", "a\n")],
)
def test_a_name_is_letters_digits_and_hyphens(name: str, good: bool) -> None:
    assert is_name(name) is good


def test_a_host_has_an_id_a_url_and_a_signer_of_its_own() -> None:
    assert outward_host("garage") == "socket:garage"
    assert name_of("socket:garage") == "garage"
    assert name_of("socket.example:8080") is None
    url = f"{socket_url('burner-ffmpeg', 'garage')}/jobs/job_1?ts=1"
    assert socket_parts(url) == ("burner-ffmpeg", "garage", "/jobs/job_1?ts=1")
    assert socket_parts("https://garage.burner-ffmpeg/health") is None
    assert signer_of("burner-ffmpeg", "socket:garage") == "burner-ffmpeg@socket:garage"
    assert signer_of("burner-ffmpeg", "b.example") == "burner-ffmpeg"
    assert handshake_target("burner", "garage", 7, "n0") == "/hosts/burner/garage?ts=7&nonce=n0"


def test_a_call_arrives_as_it_was_sent() -> None:
    frame = call_frame("c1", "POST", "/render", {"x-signature": "ab"}, '{"a":"ü\\n"}')

    assert json.loads(frame)["body"] == '{"a":"ü\\n"}'
    call = read_call(frame)
    assert (call.id, call.method, call.path) == ("c1", "POST", "/render")
    assert (call.headers, call.body) == ({"x-signature": "ab"}, '{"a":"ü\\n"}')


@pytest.mark.parametrize("body", [b"", b'{"ok":true}', bytes(range(256)), b"\x00\xff" * 400_000])
def test_an_answer_of_any_length_arrives_byte_by_byte_in_frames_that_a_worker_takes(
    body: bytes,
) -> None:
    frames = list(answer_frames("c1", 200, {"Content-Type": "image/png"}, body))
    parts = [read_answer(frame) for frame in frames]

    assert all(len(frame) < 1_048_576 for frame in frames)
    assert b"".join(part.body for part in parts) == body
    assert [part.more for part in parts] == [True] * (len(parts) - 1) + [False]
    assert (parts[0].status, parts[0].headers) == (200, {"content-type": "image/png"})


@pytest.mark.parametrize(
    "frame",
    [
        "",
        "[]",
        "{}",
        "[" * 5000,
        '{"id":"c","status":"200","body":""}',
        '{"id":"c","status":101,"body":""}',
        '{"id":"c","status":200}',
        '{"id":"c","status":200,"base64":"*"}',
        '{"id":1,"status":200,"body":""}',
        '{"id":"c","status":200,"body":1}',
    ],
)
def test_what_is_no_answer_is_refused(frame: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_answer(frame)
