"""What can be a token, and what is refused without asking the database."""

import zlib

import pytest

from media_jobs.tokens import can_be_token, new_token

TOKEN = new_token(bytes(range(32)))


def test_a_token_ends_in_the_checksum_of_the_rest() -> None:
    digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    number = 0
    for character in TOKEN[-6:]:
        number = number * 62 + digits.index(character)

    assert TOKEN[:-6] == "vg_" + bytes(range(32)).hex()
    assert number == zlib.crc32(TOKEN[:-6].encode())
    assert can_be_token(TOKEN)


def test_a_token_whose_checksum_begins_with_noughts_is_whole() -> None:
    tokens = [new_token(number.to_bytes(32)) for number in range(2000)]

    assert any(token[-6] == "0" for token in tokens)
    assert {len(token) for token in tokens} == {73}
    assert all(map(can_be_token, tokens))


@pytest.mark.parametrize("at", range(3, 73))
def test_a_typing_error_is_noticed_wherever_it_is(at: int) -> None:
    other = "1" if TOKEN[at] != "1" else "2"

    assert not can_be_token(TOKEN[:at] + other + TOKEN[at + 1 :])


@pytest.mark.parametrize(
    "text",
    ["", "vg_", "vg_x", TOKEN[:-1], TOKEN + "0", "vg_" + TOKEN[3:].upper(), "x" * 201],
)
def test_garbage_is_no_token(text: str) -> None:
    assert not can_be_token(text)


@pytest.mark.parametrize(
    "text", ["mj_" + "0" * 64, "0" * 48, "token-of-another-program", "x" * 200]
)
def test_tokens_of_before_have_no_checksum(text: str) -> None:
    assert can_be_token(text)
