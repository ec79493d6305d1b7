import base64
import json

from media_jobs.keys import receipt_key
from media_jobs.receipt import (
    Made,
    Seen,
    envelope,
    key_set,
    pre_authentication,
    statement,
    thumbprint,
)

# RFC 8037, appendix A: a public key as hex, as a JWK's `x`, and its thumbprint (A.3).
PUBLIC = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
X = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
THUMBPRINT = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"

VIDEO = Seen(
    slot="video",
    key="media/med_1/outputs/job_1/1-2/video.mp4",
    size_bytes=8,
    etag="0123456789abcdef0123456789abcdef",
    sha256="a" * 64,
)
IN_PARTS = Seen(slot="poster", key="k", size_bytes=9, etag="0123-2")
MADE = Made(
    job_id="job_1",
    media_id="med_1",
    engine="burner-ffmpeg",
    generation=1,
    attempt=2,
    options={"preset": "bold", "hint": "字幕"},
    languages={"subtitles": "en"},
    tools={"burner": "0.3.0", "ffmpeg": "7.1"},
    fonts={"manimgx-fonts": "0.1"},
    inputs=(Seen(slot="subtitles", key="in", size_bytes=6, etag="e" * 32),),
    outputs=(VIDEO, IN_PARTS),
    started_ms=1_790_000_000_000,
    finished_ms=1_790_000_001_500,
    signer="https://orchestrator.example",
    version="0.3.0",
)


def test_a_receipt_is_an_in_toto_statement_with_slsa_provenance() -> None:
    told = json.loads(statement(MADE))

    assert told["_type"] == "https://in-toto.io/Statement/v1"
    assert told["predicateType"] == "https://slsa.dev/provenance/v1"
    definition = told["predicate"]["buildDefinition"]
    assert definition["externalParameters"] == {
        "engine": "burner-ffmpeg",
        "options": {"preset": "bold", "hint": "字幕"},
        "languages": {"subtitles": "en"},
    }
    assert told["predicate"]["runDetails"]["builder"] == {
        "id": "https://orchestrator.example",
        "version": {"media-orchestrator": "0.3.0", "burner": "0.3.0", "ffmpeg": "7.1"},
    }
    assert told["predicate"]["runDetails"]["metadata"] == {
        "invocationId": "job_1/1-2",
        "startedOn": "2026-09-21T14:13:20.000Z",
        "finishedOn": "2026-09-21T14:13:21.500Z",
    }


def test_each_hash_says_whose_word_it_is() -> None:
    told = json.loads(statement(MADE))

    (subject,) = told["subject"]
    assert subject == {
        "name": "video",
        "uri": "r2:media/med_1/outputs/job_1/1-2/video.mp4",
        "digest": {"sha256": "a" * 64, "md5": "0123456789abcdef0123456789abcdef"},
        "annotations": {
            "sizeBytes": 8,
            "etag": "0123456789abcdef0123456789abcdef",
            "saidBy": {"sha256": "container", "md5": "bucket"},
        },
    }
    (given,) = told["predicate"]["buildDefinition"]["resolvedDependencies"]
    assert given["digest"] == {"md5": "e" * 32}
    assert given["annotations"]["saidBy"] == {"md5": "bucket"}
    assert told["predicate"]["buildDefinition"]["internalParameters"]["containerHashes"] == []


def test_an_output_without_any_hash_is_no_subject() -> None:
    told = json.loads(statement(MADE))

    assert [item["name"] for item in told["subject"]] == ["video"]
    assert [item["name"] for item in told["predicate"]["runDetails"]["byproducts"]] == ["poster"]


def test_what_is_signed_is_the_pre_authentication_encoding_of_dsse() -> None:
    assert pre_authentication(b"{}") == b"DSSEv1 28 application/vnd.in-toto+json 2 {}"


def test_a_key_is_named_by_its_thumbprint() -> None:
    assert thumbprint(PUBLIC) == THUMBPRINT
    assert key_set((PUBLIC,)) == {
        "keys": [
            {
                "crv": "Ed25519",
                "kty": "OKP",
                "x": X,
                "alg": "EdDSA",
                "use": "sig",
                "kid": THUMBPRINT,
            }
        ]
    }


def test_the_envelope_carries_the_payload_and_names_its_key() -> None:
    document = json.loads(envelope(b'{"a":1}', PUBLIC, b"\x01" * 64))

    assert document == {
        "payloadType": "application/vnd.in-toto+json",
        "payload": "eyJhIjoxfQ==",
        "signatures": [{"keyid": THUMBPRINT, "sig": base64.b64encode(b"\x01" * 64).decode()}],
    }


def test_a_receipt_has_a_place_of_its_own() -> None:
    assert receipt_key("job_1") == "receipts/jobs/job_1.json"
