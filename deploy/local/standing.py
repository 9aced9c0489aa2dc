"""What the services of one machine stand on."""

from __future__ import annotations

from typing import Protocol


class Standing(Protocol):
    """What services stand on."""

    @property
    def is_alive(self) -> bool:
        """Whether it was started, and runs still."""
        ...


class Broker(Standing, Protocol):
    """Anything that serves Kafka's protocol with the catalogue's topics in it once it is started."""

    @property
    def bootstrap_servers(self) -> str:
        """`host:port` for our own Kafka clients, while it runs."""
        ...

    @property
    def servers_for_others(self) -> str:
        """`host:port` for any Kafka client, while it runs."""
        ...

    def start(self) -> object:
        """Start and return once clients can connect."""
        ...

    def stop(self) -> None:
        """Stop; harmless when stopped."""
        ...
