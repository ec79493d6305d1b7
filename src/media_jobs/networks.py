"""Which IP addresses are public: the one list for webhooks, downloads and all else that is called
by the will of others.

`ipaddress.is_global` follows the IANA special-purpose registries of the Python release it comes
with; the networks below are refused by every release alike.
"""

import ipaddress

__all__ = ["is_loopback", "is_public", "network_of", "parse_address"]

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# What `is_global` calls global, or did in some release, and what leads inside: protocol
# assignments, documentation, 6to4 and its relays, and IPv6 that wraps an IPv4 address.
#
# Clouds tell their machines what they are, with credentials, from addresses that only those reach.
# Nearly all lie in networks that nobody calls global (169.254.169.254, 100.100.100.200,
# fd00:ec2::254); the last three do not: Azure's host agent
# (https://learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16) and IBM
# Cloud's service network (https://cloud.ibm.com/docs/vpc?topic=vpc-service-endpoints-for-vpc).
_REFUSED = tuple(
    ipaddress.ip_network(text)
    for text in (
        "192.0.0.0/24",
        "192.88.99.0/24",
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "2001::/23",
        "2002::/16",
        "3fff::/20",
        "168.63.129.16/32",
        "161.26.0.0/16",
        "166.8.0.0/14",
    )
)
_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
"""All of public IPv6. `is_global` also lets `fec0::/10` and `::127.0.0.1` through, for example."""


def parse_address(text: str) -> Address | None:
    """Return the address that *text* is, an IPv4-mapped one as IPv4; None: it is a name."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def is_loopback(text: str) -> bool:
    """Whether *text* is an address of this machine."""
    address = parse_address(text)
    return address is not None and address.is_loopback


def is_public(text: str) -> bool:
    """Whether *text* is an address that anybody on the Internet may call. A name never is."""
    address = parse_address(text)
    if address is None or address.is_multicast or not address.is_global:
        return False
    if address.version == 6 and address not in _GLOBAL_UNICAST:
        return False
    return not any(address in network for network in _REFUSED)


def network_of(text: str) -> str:
    """Return what one caller has: an IPv4 address, or an IPv6 one's /64; *text* if it is none."""
    address = parse_address(text)
    if isinstance(address, ipaddress.IPv6Address):
        return address.packed[:8].hex()
    return text if address is None else str(address)
