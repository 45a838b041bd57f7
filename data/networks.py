"""What one visitor has to himself of the internet's addresses."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address


def network_of(address: str) -> str:
    """An IPv4 address, or the first half of an IPv6 one: the other half is the visitor's to choose.

    An IPv4 address that is written as an IPv6 one is the IPv4 address. What is no address stays as
    it is.
    """
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return parsed.exploded[:19]
    return str(parsed)
