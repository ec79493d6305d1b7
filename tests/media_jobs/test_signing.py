"""Expected signatures are `openssl dgst -sha256 -hmac <secret>` of the same bytes."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media_jobs.errors import SettingError, SignatureError
from media_jobs.signing import (
    check_age,
    parse_secrets,
    sign,
    sign_link,
    sign_request_line,
    verify,
    verify_link,
    verify_request_line,
)

BODY = (Path(__file__).parents[1] / "vectors/signing/callback.json").read_bytes()
FIRST = "ef52a56356783b8542f8dd6dc2abe8c7f5b033e0c48656aac3e0a765372f2672"
SECOND = "599c5989a296846ae1033ccc71706d371a4f05c34a6b6632c8360e0816e4b8d3"
NOT_ASCII = "2369d7d7e9092d1dca731b9ae95e3f6a48e208982478ae1bd605904afd788750"
TARGET = "/jobs/job_01?ts=1790000000000"
REQUEST_LINE = "367c4f17cd94251c972656c87b4d99d3fe2d4669a7d837c7764b3c127b43c33f"
LINK = "74f6a109407087a2b0c490b7bf1ede9010485c2d3d14ba9804c389f43d97db31"
NOW_MS = 1_790_000_000_000
MINUTES_5 = 300_000


@pytest.mark.parametrize(
    ("body", "secret", "signature"),
    [
        (BODY, "first-secret", FIRST),
        (BODY, "sécret-第一", NOT_ASCII),  # The key is the UTF-8 of the secret.
        # RFC 4231, test case 2.
        (
            b"what do ya want for nothing?",
            "Jefe",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
        ),
    ],
)
def test_a_body_is_signed_with_the_hmac_sha256_of_its_exact_bytes(
    body: bytes, secret: str, signature: str
) -> None:
    assert sign(body, (secret,)) == signature


def test_during_a_rotation_the_first_secret_signs_and_any_is_accepted_until_it_is_taken_out() -> (
    None
):
    secrets = ("first-secret", "second-secret")

    assert sign(BODY, secrets) == FIRST
    verify(BODY, FIRST, secrets)
    verify(BODY, SECOND, secrets)
    verify(BODY, FIRST, ("second-secret", "first-secret"))
    with pytest.raises(SignatureError):
        verify(BODY, FIRST, ("second-secret",))


def test_secrets_are_separated_by_commas_and_trimmed() -> None:
    assert parse_secrets("new, old ,") == ("new", "old")
    assert parse_secrets("one") == ("one",)


@pytest.mark.parametrize("value", [None, "", " ", ",", " , ,"])
def test_a_missing_secret_is_a_fault_of_the_setting_and_never_means_unsigned(
    value: str | None,
) -> None:
    with pytest.raises(SettingError) as caught:
        parse_secrets(value)

    assert caught.value.setting == "JOB_CALLBACK_HMAC_SECRET"


@pytest.mark.parametrize(
    "signature",
    [
        None,
        "",
        " ",
        FIRST.upper(),
        FIRST[:-1],
        FIRST + "0",
        FIRST + "\n",
        " " + FIRST,
        "g" * 64,
        "é" * 64,
        "٣" * 64,
        "\ud800" * 64,
        "\x00" * 64,
        "0x" + FIRST[2:],
        f"v1,{FIRST}",
        f"sha256={FIRST}",
        f"{FIRST},{FIRST}",
        "a" * 1_000_000,
        SECOND,
        "0" * 64,
    ],
)
def test_every_wrong_signature_is_the_same_refusal(signature: str | None) -> None:
    with pytest.raises(SignatureError) as caught:
        verify(BODY, signature, ("first-secret",))

    assert (caught.value.status, caught.value.code) == (401, "unauthorized")
    assert caught.value.details == {}


@given(st.text() | st.text(alphabet="0123456789abcdef", min_size=64, max_size=64))
def test_no_text_but_the_signature_is_accepted(signature: str) -> None:
    with pytest.raises(SignatureError):
        verify(BODY, signature, ("first-secret",))


@given(st.integers(min_value=0, max_value=len(BODY) - 1), st.integers(min_value=1, max_value=255))
def test_a_change_of_any_byte_of_the_body_is_noticed(position: int, flip: int) -> None:
    changed = bytearray(BODY)
    changed[position] ^= flip

    with pytest.raises(SignatureError):
        verify(bytes(changed), FIRST, ("first-secret",))


@pytest.mark.parametrize("ts", [NOW_MS, NOW_MS - MINUTES_5, NOW_MS + MINUTES_5])
def test_a_message_of_the_last_or_next_five_minutes_is_taken(ts: int) -> None:
    check_age(ts, NOW_MS)


@pytest.mark.parametrize(
    "ts", [NOW_MS - MINUTES_5 - 1, NOW_MS + MINUTES_5 + 1, 0, 10**14, NOW_MS - 86_400_000]
)
def test_a_message_from_further_away_is_refused_in_both_directions(ts: int) -> None:
    with pytest.raises(SignatureError):
        check_age(ts, NOW_MS)


def test_a_request_line_is_signed_as_method_and_target() -> None:
    assert sign_request_line("GET", TARGET, ("first-secret",)) == REQUEST_LINE
    verify_request_line("GET", TARGET, REQUEST_LINE, ("first-secret",), NOW_MS)


@pytest.mark.parametrize(
    ("method", "target"),
    [
        ("HEAD", TARGET),
        ("DELETE", TARGET),
        ("GET", "/jobs/job_02?ts=1790000000000"),
        ("GET", "/jobs/job_01?ts=1790000000001"),
        ("GET", "/jobs/job_01?ts=1790000000000&key=secret"),
    ],
)
def test_the_signature_of_one_request_opens_no_other(method: str, target: str) -> None:
    with pytest.raises(SignatureError):
        verify_request_line(method, target, REQUEST_LINE, ("first-secret",), NOW_MS)


@pytest.mark.parametrize("now_ms", [NOW_MS + MINUTES_5 + 1, NOW_MS - MINUTES_5 - 1])
def test_a_signed_request_line_ages(now_ms: int) -> None:
    with pytest.raises(SignatureError):
        verify_request_line("GET", TARGET, REQUEST_LINE, ("first-secret",), now_ms)


@pytest.mark.parametrize(
    "query", ["", "?", "?ts=", "?ts=now", "?ts=-1", "?ts=1e12", "?ts=٣", "?ts=" + "9" * 16]
)
def test_a_request_line_without_a_time_is_refused_though_its_signature_is_right(query: str) -> None:
    target = f"/jobs/job_01{query}"
    signature = sign_request_line("GET", target, ("first-secret",))

    with pytest.raises(SignatureError):
        verify_request_line("GET", target, signature, ("first-secret",), NOW_MS)


def test_a_link_carries_its_expiry_and_the_signature_of_path_and_parameters() -> None:
    params = {"filename": "a b.mp4"}
    link = sign_link("/artifacts/job_01/video", params, 1_790_000_600, ("first-secret",))

    assert link == f"/artifacts/job_01/video?exp=1790000600&filename=a+b.mp4&sig={LINK}"


def test_a_link_gives_its_parameters_back_until_it_expires() -> None:
    query = f"sig={LINK}&filename=a%20b.mp4&exp=1790000600"
    path = "/artifacts/job_01/video"

    last = verify_link(path, query, ("second-secret", "first-secret"), 1_790_000_599_999)
    assert last == {"filename": "a b.mp4"}

    with pytest.raises(SignatureError):
        verify_link(path, query, ("first-secret",), 1_790_000_600_000)


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/artifacts/job_02/video", f"exp=1790000600&filename=a+b.mp4&sig={LINK}"),
        ("/artifacts/job_01", f"exp=1790000600&filename=a+b.mp4&sig={LINK}"),
        ("/artifacts/job_01/video", f"exp=1790009999&filename=a+b.mp4&sig={LINK}"),
        ("/artifacts/job_01/video", f"exp=1790000600&filename=b.mp4&sig={LINK}"),
        ("/artifacts/job_01/video", f"exp=1790000600&sig={LINK}"),
        ("/artifacts/job_01/video", f"exp=1790000600&filename=a+b.mp4&x=&sig={LINK}"),
        ("/artifacts/job_01/video", f"exp=1790000600&filename=a+b.mp4&filename=x&sig={LINK}"),
        ("/artifacts/job_01/video", f"exp=1790000600&filename=a+b.mp4&sig={LINK}&sig={LINK}"),
        ("/artifacts/job_01/video", "exp=1790000600&filename=a+b.mp4"),
        ("/artifacts/job_01/video", "exp=1790000600&filename=a+b.mp4&sig="),
        ("/artifacts/job_01/video", ""),
    ],
)
def test_a_link_that_was_changed_opens_nothing(path: str, query: str) -> None:
    with pytest.raises(SignatureError):
        verify_link(path, query, ("first-secret",), NOW_MS)


@given(st.text(max_size=200))
def test_any_query_at_all_ends_in_the_one_refusal(query: str) -> None:
    with pytest.raises(SignatureError):
        verify_link("/artifacts/job_01/video", query, ("first-secret",), NOW_MS)


def test_a_signed_link_without_an_expiry_is_refused() -> None:
    signature = sign(b"artifact /artifacts/job_01?", ("first-secret",))

    with pytest.raises(SignatureError):
        verify_link("/artifacts/job_01", f"sig={signature}", ("first-secret",), NOW_MS)


def test_the_three_kinds_of_message_cannot_stand_in_for_each_other() -> None:
    secrets = ("first-secret",)
    link = sign_link("/jobs/job_01", {"ts": str(NOW_MS)}, 1_790_000_600, secrets)
    target, _, link_signature = link.partition("&sig=")

    with pytest.raises(SignatureError):
        verify_request_line("GET", target, link_signature, secrets, NOW_MS)
    with pytest.raises(SignatureError):
        verify(target.encode(), link_signature, secrets)
    line_signature = sign_request_line("GET", target, secrets)
    with pytest.raises(SignatureError):
        query = f"{target.partition('?')[2]}&sig={line_signature}"
        verify_link("/jobs/job_01", query, secrets, NOW_MS)
