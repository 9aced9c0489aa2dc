"""TCP ports for processes that are about to start on this machine."""

from __future__ import annotations

import functools
import os
import random
import socket
import threading
from collections.abc import Iterator
from typing import Final

from deploy.local.processes import ProcessError

# Below the range from which Linux and macOS take the source ports of outgoing connections, so that
# no client socket can take a port between the moment it is chosen and the moment it is bound.
_PORTS: Final = range(20_000, 32_000)
_BLOCK: Final = 100
"""Ports that a process has to itself: more than a stack needs, and blocks for a hundred processes."""
_choosing: Final = threading.Lock()


def free_port() -> int:
    """Return a TCP port of 127.0.0.1 that nothing listens on, and that no process has got from here before.

    Whoever asks binds it up to seconds later, and a port that is bound without listening can be bound again. So each
    process chooses from blocks of its own. Raises ProcessError where all are taken.
    """
    with _choosing:
        return next(_own_ports(os.getpid()))


@functools.cache
def _own_ports(process_id: int) -> Iterator[int]:
    # The key is for processes forked from this one, which must not go on with its block.
    blocks = list(_PORTS[::_BLOCK])
    random.Random(process_id).shuffle(blocks)  # noqa: S311 (whoever guesses it gains nothing)
    return _free_ports(blocks)


def _free_ports(blocks: list[int]) -> Iterator[int]:
    for first in blocks:
        if _held(first):
            yield from (port for port in range(first, first + _BLOCK) if _is_free(port))
    raise ProcessError(f"no free TCP port between {_PORTS.start} and {_PORTS.stop - 1} on 127.0.0.1")


def _held(first: int) -> bool:
    """Whether a block is this process's now, for as long as it lives.

    What holds it is a datagram socket under the block's first number, which takes no TCP port from anybody and leaves
    nothing behind. Nothing closes it, since ports of the block are in use until the end.
    """
    holder = socket.socket(type=socket.SOCK_DGRAM)
    try:
        holder.bind(("127.0.0.1", first))
    except OSError:
        holder.close()
        return False
    holder.detach()
    return True


def _is_free(port: int) -> bool:
    with socket.socket() as candidate:
        try:
            candidate.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
