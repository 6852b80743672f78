"""Which address a request counts for, by the connection and the header of the proxies."""

from __future__ import annotations

import pytest

from bot.client_address import client_address

PROXY = "10.0.0.1"


@pytest.mark.parametrize(
    ("forwarded_for", "proxies", "address"),
    [
        (["203.0.113.7"], 0, PROXY),
        (["203.0.113.7"], 1, "203.0.113.7"),
        (["198.51.100.1, 203.0.113.7"], 1, "203.0.113.7"),
        (["198.51.100.1", "203.0.113.7"], 1, "203.0.113.7"),
        (["198.51.100.1, 203.0.113.7, 10.0.0.2"], 2, "203.0.113.7"),
        (["203.0.113.7"], 2, PROXY),
        ([], 1, PROXY),
        (["not an address"], 1, PROXY),
        (["2001:db8:1:2::3"], 1, "2001:db8:1:2::/64"),
        (["[2001:db8:1:2::4]"], 1, "2001:db8:1:2::/64"),
        (["::ffff:203.0.113.7"], 1, "203.0.113.7"),
        # Azure's gateways and IIS add the client's port.
        (["198.51.100.1:50312, 203.0.113.7:41234"], 1, "203.0.113.7"),
        (["[2001:db8:1:2::4]:41234"], 1, "2001:db8:1:2::/64"),
        (['"[2001:db8:1:2::4]:41234"'], 1, "2001:db8:1:2::/64"),
        (["[::ffff:203.0.113.7]:41234"], 1, "203.0.113.7"),
        (["203.0.113.7:port"], 1, PROXY),
        (["unknown"], 1, PROXY),
        (["203.0.113.7:1, 10.0.0.3, [2001:db8::1]:2"], 3, "203.0.113.7"),
    ],
)
def test_only_the_entry_of_a_trusted_proxy_counts(
    forwarded_for: list[str], proxies: int, address: str
) -> None:
    assert client_address(PROXY, forwarded_for, proxies) == address


def test_a_connection_without_an_address_keeps_its_name() -> None:
    assert client_address("testclient", [], 0) == "testclient"
