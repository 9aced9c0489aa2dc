"""A wire between two network namespaces: each packet goes through our hands, so it can be late, lost or swallowed.

The services' end has no loopback of its own: what it sends to 127.0.0.0/8 goes over the wire to the servers on this
end, which need not know. The kernels on both ends do what they always do: send again, wait longer, give up.
"""

from __future__ import annotations

import ctypes
import fcntl
import heapq
import os
import random
import select
import socket
import struct
import subprocess
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Final, Self, TypeAlias

SERVICES: Final = "services"
SERVICES_ADDRESS: Final = "192.0.2.2"
"""What servers see services come from: an address for documents, which leads nowhere else."""

SEEN_ADDRESS: Final = "198.51.100.2"
"""Where operators reach a service: over another wire, which has no faults."""

INSIDE: Final = ("ip", "netns", "exec", SERVICES)
"""What a command begins with that runs at the services' end."""

_SERVERS_ADDRESS: Final = "192.0.2.1"
_NAME: Final = "wire"
_CLONE_NEWNET: Final = 0x40000000
_TUNSETIFF: Final = 0x400454CA
_IFF_TUN: Final = 0x0001
_IFF_NO_PI: Final = 0x1000
_LARGEST_PACKET: Final = 65_536
_IPV4: Final = 4
_TCP: Final = 6

Place: TypeAlias = tuple[str, int]
"""An address and a port."""


class Wire:
    """Both directions of one wire; without faults set it passes on what comes."""

    def __init__(self) -> None:
        self.swallowed: frozenset[Place] = frozenset()
        """Servers to and from which nothing comes through, without a word to anybody."""
        self.late_seconds = 0.0
        """How long each packet takes in each direction."""
        self.loss = 0.0
        """The share of packets that are lost."""
        self._chance = random.Random(1)
        self._connections: set[frozenset[Place]] = set()
        self._forgotten: frozenset[frozenset[Place]] = frozenset()
        self._ends: tuple[int, int] = (-1, -1)
        self._thread = threading.Thread(target=self._carry, name=_NAME, daemon=True)
        self._ended = os.pipe()

    def __enter__(self) -> Self:
        _ip("link set lo up")
        # Names of networks are files: of this run alone, which other runs do not see.
        Path("/run/netns").mkdir(exist_ok=True)
        subprocess.run(["mount", "-t", "tmpfs", "networks", "/run/netns"], check=True)
        _ip(f"netns add {SERVICES}")
        with ThreadPoolExecutor(max_workers=1) as inside:  # a thread may live in another network than its process
            self._ends = _end(), inside.submit(_end_inside).result()
        _set_up()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.write(self._ended[1], b"!")
        self._thread.join()
        for descriptor in (*self._ends, *self._ended):
            os.close(descriptor)
        _ip(f"netns delete {SERVICES}")
        subprocess.run(["umount", "/run/netns"], check=True)

    @contextmanager
    def swallowing(self, *servers: Place) -> Iterator[None]:
        """Lets nothing through to or from these servers while the block runs."""
        self.swallowed |= {*servers}
        try:
            yield
        finally:
            self.swallowed -= {*servers}

    def forget_connections(self) -> None:
        """Swallows from now on all that belongs to a connection that is there now, as a firewall that was restarted."""
        self._forgotten = frozenset(self._connections)

    @contextmanager
    def slow(self, *, late_seconds: float, loss: float) -> Iterator[None]:
        """Delays every packet, and loses some, while the block runs."""
        self.late_seconds, self.loss = late_seconds, loss
        try:
            yield
        finally:
            self.late_seconds, self.loss = 0.0, 0.0

    def _carry(self) -> None:
        ours, theirs = self._ends
        on_its_way: list[tuple[float, int, int, bytes]] = []
        number = 0
        while True:
            now = time.monotonic()
            while on_its_way and on_its_way[0][0] <= now:
                _, _, end, packet = heapq.heappop(on_its_way)
                os.write(end, packet)
            patience = on_its_way[0][0] - now if on_its_way else None
            readable, _, _ = select.select([ours, theirs, self._ended[0]], [], [], patience)
            if self._ended[0] in readable:
                return
            for end in readable:
                packet = os.read(end, _LARGEST_PACKET)
                if self._comes_through(packet):
                    number += 1
                    due = time.monotonic() + self.late_seconds
                    heapq.heappush(on_its_way, (due, number, theirs if end == ours else ours, packet))

    def _comes_through(self, packet: bytes) -> bool:
        if packet[0] >> 4 == _IPV4 and packet[9] == _TCP:
            connection = _ends_of(packet)
            self._connections.add(connection)
            if connection in self._forgotten or not self.swallowed.isdisjoint(connection):
                return False
        return not self.loss or self._chance.random() >= self.loss


def _ends_of(packet: bytes) -> frozenset[Place]:
    """The two places that a packet of TCP goes between, whichever way."""
    ports = struct.unpack_from("!HH", packet, (packet[0] & 15) * 4)
    return frozenset(zip((socket.inet_ntoa(packet[12:16]), socket.inet_ntoa(packet[16:20])), ports, strict=True))


def why_not() -> str | None:
    """Why there can be no wire here, None where there can."""
    if not Path("/dev/net/tun").exists() or os.geteuid() != 0:
        return "needs Linux, /dev/net/tun and root"
    if [name for _, name in socket.if_nameindex()] != ["lo"]:
        return "needs a network namespace of its own, as `make networks` makes one"
    return None


def _end() -> int:
    """One end of the wire in the network of this thread."""
    descriptor = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(descriptor, _TUNSETIFF, struct.pack("16sH22x", _NAME.encode(), _IFF_TUN | _IFF_NO_PI))
    _take_loopback_addresses()
    return descriptor


def _end_inside() -> int:
    with Path(f"/run/netns/{SERVICES}").open("rb") as network:
        if ctypes.CDLL(None, use_errno=True).setns(network.fileno(), _CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), "setns")
    return _end()


def _take_loopback_addresses() -> None:
    for name, value in ((f"{_NAME}/route_localnet", "1"), (f"{_NAME}/rp_filter", "0"), ("all/rp_filter", "0")):
        Path(f"/proc/sys/net/ipv4/conf/{name}").write_text(value)


def _set_up() -> None:
    _ip(f"address add {_SERVERS_ADDRESS}/32 dev {_NAME}")
    _ip(f"link set {_NAME} up")
    _ip(f"route add {SERVICES_ADDRESS}/32 dev {_NAME}")
    _ip(f"-n {SERVICES} address add {SERVICES_ADDRESS}/32 dev {_NAME}")
    _ip(f"-n {SERVICES} link set {_NAME} up")
    _ip(f"-n {SERVICES} route add 127.0.0.0/8 dev {_NAME} src {SERVICES_ADDRESS}")
    _ip(f"link add seen type veth peer name seen netns {SERVICES}")
    _ip("address add 198.51.100.1/30 dev seen")
    _ip("link set seen up")
    _ip(f"-n {SERVICES} address add {SEEN_ADDRESS}/30 dev seen")
    _ip(f"-n {SERVICES} link set seen up")


def _ip(arguments: str) -> None:
    subprocess.run(["ip", *arguments.split()], check=True)
