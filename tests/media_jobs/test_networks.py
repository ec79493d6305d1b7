"""Which addresses may be called; what follows from it is tested where it is used."""

import pytest

from media_jobs.networks import is_loopback, is_public, network_of, parse_address


@pytest.mark.parametrize(
    "text", ["8.8.8.8", "2606:4700::1111", "2001:4860:4860::8888", "::ffff:8.8.8.8"]
)
def test_a_public_address_may_be_called(text: str) -> None:
    assert is_public(text)


@pytest.mark.parametrize(
    "text",
    [
        *("10.0.0.1", "172.16.0.1", "192.168.0.1", "169.254.169.254", "100.64.0.1", "127.0.0.1"),
        *("0.0.0.0", "224.0.0.1", "255.255.255.255", "192.0.0.9", "192.88.99.1"),  # noqa: S104
        *("::", "::1", "::ffff:10.0.0.1", "::7f00:1", "fc00::1", "fec0::1", "fe80::1", "ff02::1"),
        *("64:ff9b::7f00:1", "64:ff9b:1::1", "2001::1", "2001:db8::1", "2002:7f00:1::", "3fff::1"),
        *("4000::1", "example.com", "", "2130706433", "0x7f.1"),
    ],
)
def test_what_leads_inside_or_is_no_address_may_not(text: str) -> None:
    assert not is_public(text)


def test_an_address_of_this_machine_is_known_in_each_form() -> None:
    assert [is_loopback(text) for text in ("127.8.8.8", "::1", "::ffff:127.0.0.1")] == [True] * 3
    assert not is_loopback("localhost")
    assert str(parse_address("::ffff:127.0.0.1")) == "127.0.0.1"


@pytest.mark.parametrize(
    "text",
    [
        *("168.63.129.16", "::ffff:168.63.129.16", "161.26.0.10", "166.9.14.1"),
        *("100.100.100.200", "100.100.2.136", "192.0.0.192", "169.254.170.2", "169.254.0.23"),
        *("fd00:ec2::254", "fd00:ec2::23", "fd20:ce::254", "fd00:42::42", "64:ff9b::a83f:8110"),
    ],
)
def test_d26_what_a_cloud_tells_its_own_machines_may_not_be_called(text: str) -> None:
    assert not is_public(text)


def test_d26_the_neighbours_of_those_addresses_may_be_called() -> None:
    assert is_public("168.63.129.15")
    assert is_public("168.63.129.17")
    assert is_public("161.25.255.255")
    assert is_public("161.27.0.0")


def test_a_caller_is_known_by_its_address_or_by_the_64_bits_that_its_provider_gave_it() -> None:
    assert network_of("203.0.113.7") == network_of("::ffff:203.0.113.7") == "203.0.113.7"
    assert network_of("2001:db8::1") == network_of("2001:db8:0:0:ffff::2")
    assert network_of("2001:db8::1") != network_of("2001:db8:0:1::1")
    assert network_of("") == ""
