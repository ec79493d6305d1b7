"""Which key signs what."""

import itertools

import pytest

from media_jobs.derivation import derive
from media_jobs.errors import SettingError
from media_jobs.keyring import (
    Keyring,
    Purpose,
    RootSignatures,
    parse_host_keys,
    read_keyring,
    show_host_keys,
)

ROOTS = ("new-root", "old-root")


def test_no_two_purposes_and_no_two_hosts_share_a_key() -> None:
    keys = Keyring(ROOTS, RootSignatures.REFUSED)
    texts = [
        *itertools.chain.from_iterable(keys.accepting(purpose) for purpose in Purpose),
        *itertools.chain.from_iterable(
            keys.of_host(name, (generation,))
            for name in ("burner", "downloader")
            for generation in (1, 2)
        ),
    ]

    assert len(set(texts)) == len(texts) == len(ROOTS) * (len(Purpose) + 4)
    assert not set(texts) & set(ROOTS)


@pytest.mark.parametrize("purpose", Purpose)
def test_without_the_setting_messages_are_signed_as_before_and_both_are_accepted(
    purpose: Purpose,
) -> None:
    keys = read_keyring({"JOB_CALLBACK_HMAC_SECRET": "new-root,old-root"}.get)
    derived = tuple(derive(root, purpose).hex() for root in ROOTS)

    assert keys.signing(purpose) == ROOTS
    assert keys.accepting(purpose) == (*ROOTS, *derived)


@pytest.mark.parametrize("purpose", Purpose)
@pytest.mark.parametrize("chosen", ["accepted", "refused"])
def test_derived_keys_sign_before_the_root_secret_is_refused(chosen: str, purpose: Purpose) -> None:
    given = {"JOB_CALLBACK_HMAC_SECRET": "new-root,old-root", "ROOT_SIGNATURES": chosen}
    keys = read_keyring(given.get)
    derived = tuple(derive(root, purpose).hex() for root in ROOTS)

    assert keys.signing(purpose) == derived
    assert keys.accepting(purpose) == ((*ROOTS, *derived) if chosen == "accepted" else derived)


def test_each_step_of_the_setting_understands_its_neighbours() -> None:
    made, accepted, refused = (Keyring(ROOTS, chosen) for chosen in RootSignatures)

    for purpose in Purpose:
        for one, other in ((made, accepted), (accepted, refused)):
            if other is not refused:
                assert one.signing(purpose)[0] in other.accepting(purpose)
            assert other.signing(purpose)[0] in one.accepting(purpose)
        assert accepted.signing(purpose)[0] in refused.accepting(purpose)


def test_a_host_holds_the_root_secret_until_it_is_given_a_generation() -> None:
    keys = Keyring(ROOTS)

    assert keys.of_host("burner") == ROOTS
    assert keys.of_host("burner", (2, None))[-2:] == ROOTS
    assert keys.of_host("burner", (2, 1)) == (
        *(derive(root, "host/burner/2").hex() for root in ROOTS),
        *(derive(root, "host/burner/1").hex() for root in ROOTS),
    )


def test_host_keys_are_read_and_shown() -> None:
    text = "burner=2+1, remotion=root, downloader=7"

    assert parse_host_keys(text) == {"burner": (2, 1), "remotion": (None,), "downloader": (7,)}
    assert show_host_keys(parse_host_keys(text)) == text
    assert parse_host_keys(None) == parse_host_keys(" ") == {}


def test_keys_of_hosts_that_connect_are_read_and_shown() -> None:
    text = "burner=1, burner@garage=2+1"

    assert parse_host_keys(text) == {"burner": (1,), "burner@garage": (2, 1)}
    assert show_host_keys(parse_host_keys(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "burner",
        "burner=",
        "burner=01",
        "=1",
        "burner=1;x=2",
        "b=1,b=1",
        "burner=none",
        "burner@garage=root",
        "burner@garage=none",
        "burner@Garage=1",
        "burner@a@b=1",
    ],
)
def test_host_keys_that_make_no_sense_are_refused(text: str) -> None:
    with pytest.raises(SettingError, match="HOST_KEYS"):
        parse_host_keys(text)
