"""`vidgen verify`: a file, its receipt and the published keys, each of which may be another."""

from __future__ import annotations

import base64
import hashlib
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from vidgen.cli import main

# RFC 8032, section 7.1, tests 1 and 2; X and KID as RFC 8037, appendix A, has them of the first.
SEED = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
OTHER_SEED = bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
X = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
KID = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
JOB = "job_01M8CJK295QT76VTYJD7E4A8CE"
FILM = b"a burned film"
KEYS = {"keys": [{"kty": "OKP", "crv": "Ed25519", "x": X, "kid": KID}]}


def statement(**digests: str) -> dict[str, Any]:
    said = {name: "container" if name == "sha256" else "bucket" for name in digests}
    return {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": "video", "digest": digests, "annotations": {"saidBy": said}}],
        "predicateType": "https://slsa.dev/provenance/v1",
        "predicate": {
            "buildDefinition": {"internalParameters": {"jobId": JOB}},
            "runDetails": {
                "builder": {"id": "https://orchestrator.example"},
                "metadata": {"finishedOn": "2026-11-29T21:00:00.000Z"},
            },
        },
    }


def envelope(told: dict[str, Any], seed: bytes = SEED, kid: str = KID) -> dict[str, Any]:
    payload = json.dumps(told).encode()
    signed = b"DSSEv1 28 application/vnd.in-toto+json " + f"{len(payload)} ".encode() + payload
    signature = Ed25519PrivateKey.from_private_bytes(seed).sign(signed)
    return {
        "payloadType": "application/vnd.in-toto+json",
        "payload": base64.b64encode(payload).decode(),
        "signatures": [{"keyid": kid, "sig": base64.b64encode(signature).decode()}],
    }


WHOLE = statement(sha256=hashlib.sha256(FILM).hexdigest(), md5=hashlib.md5(FILM).hexdigest())  # noqa: S324


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """A film with its receipt beside it, and the keys."""
    (tmp_path / "film.mp4").write_bytes(FILM)
    (tmp_path / "film.mp4.receipt.json").write_text(json.dumps(envelope(WHOLE)))
    (tmp_path / "keys.json").write_text(json.dumps(KEYS))
    return tmp_path / "film.mp4"


def verify(film: Path, monkeypatch: pytest.MonkeyPatch, *more: str) -> int:
    """Run `vidgen verify` without a server; return its exit code."""
    for name in ("VIDGEN_URL", "VIDGEN_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(film.parent))
    keys = str(film.parent / "keys.json")
    monkeypatch.setattr(sys, "argv", ["vidgen", "verify", str(film), "--keys", keys, *more])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(str(ended.value.code))


def rewrite(film: Path, document: dict[str, Any]) -> None:
    film.with_name("film.mp4.receipt.json").write_text(json.dumps(document))


Run = pytest.MonkeyPatch
Shown = pytest.CaptureFixture[str]


def test_a_file_is_verified_without_a_server(film: Path, monkeypatch: Run, capsys: Shown) -> None:
    assert verify(film, monkeypatch) == 0

    assert capsys.readouterr().out == (
        f"{film} is the video of {JOB}, made 2026-11-29T21:00:00.000Z\n"
        "hashes    sha256 (said by the container), md5 (said by the bucket)\n"
        f"signed    https://orchestrator.example, key {KID}\n"
    )


def test_a_file_that_changed_by_one_bit_is_refused(
    film: Path, monkeypatch: Run, capsys: Shown
) -> None:
    film.write_bytes(b"b burned film")

    assert verify(film, monkeypatch) == 6

    said = capsys.readouterr().err
    assert f"{film} is not what {JOB} made: its sha256 is " in said
    assert hashlib.sha256(FILM).hexdigest() in said


def test_a_collision_of_md5_alone_does_not_pass(
    film: Path, monkeypatch: Run, capsys: Shown
) -> None:
    rewrite(film, envelope(statement(sha256="0" * 64, md5=hashlib.md5(FILM).hexdigest())))  # noqa: S324

    assert verify(film, monkeypatch) == 6


def test_the_buckets_word_alone_is_enough_and_is_told(
    film: Path, monkeypatch: Run, capsys: Shown
) -> None:
    rewrite(film, envelope(statement(md5=hashlib.md5(FILM).hexdigest())))  # noqa: S324

    assert verify(film, monkeypatch) == 0

    assert "hashes    md5 (said by the bucket)\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (envelope(WHOLE, OTHER_SEED), "changed after it was signed"),
        (envelope(WHOLE, OTHER_SEED, "another-key"), "not published here: another-key"),
        ({**envelope(WHOLE), "payload": base64.b64encode(b"{}").decode()}, "changed after"),
        ({**envelope(WHOLE), "payload": "no base64!"}, "no valid base64"),
        ({**envelope(WHOLE), "payloadType": "text/plain"}, "'text/plain'"),
        ({**envelope(WHOLE), "signatures": []}, "not published here: none"),
        (envelope({"subject": 1}), "of a kind that this version does not know"),
        ({"hello": 1}, "is no receipt"),
    ],
)
def test_a_receipt_that_cannot_be_trusted_says_why(
    film: Path, monkeypatch: Run, capsys: Shown, changed: dict[str, Any], said: str
) -> None:
    rewrite(film, changed)

    assert verify(film, monkeypatch) == 6

    assert said in capsys.readouterr().err


def test_a_key_that_calls_itself_by_anothers_name_is_not_believed(
    film: Path, monkeypatch: Run, capsys: Shown
) -> None:
    # The public key of RFC 8032's second test, under the id of the first.
    x = "PUAXw-hDiVqStwqnTRt-vJyYLM8uxJaMwM1V8Sr0Zgw"
    keys = {"keys": [{"kty": "OKP", "crv": "Ed25519", "x": x, "kid": KID}]}
    film.with_name("keys.json").write_text(json.dumps(keys))
    rewrite(film, envelope(WHOLE, OTHER_SEED))

    assert verify(film, monkeypatch) == 6

    assert f"not published here: {KID}" in capsys.readouterr().err


def test_the_receipt_of_another_job_is_refused(film: Path, monkeypatch: Run, capsys: Shown) -> None:
    receipt = str(film.with_name("film.mp4.receipt.json"))

    assert verify(film, monkeypatch, "--receipt", receipt, "--job", "job_2") == 6

    assert f"The receipt is of {JOB}, not of job_2." in capsys.readouterr().err


def test_a_file_of_which_no_job_is_known_asks_for_one(
    film: Path, monkeypatch: Run, capsys: Shown
) -> None:
    film.with_name("film.mp4.receipt.json").unlink()

    assert verify(film, monkeypatch) == 2

    assert "whose result is" in capsys.readouterr().err
