"""Each peer on what it stands on, durably, and the flows a second that it carries out."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from deploy.local.broker import EmbeddedBroker
from deploy.local.postgresql import PostgreSQL
from tests.benchmarks.peers.flow_load import TOPICS
from tests.benchmarks.peers.installing import Installation, PeerError

_HERE = Path(__file__).parent
_DATABASE = "thin_flow"
_PARTITIONS = 8
_PATIENCE_SECONDS = 900
# A network with nothing but its own loopback, and process ids of its own, so that no server outlives its flow.
_ALONE = ("unshare", "--map-root-user", "--net", "--pid", "--fork", "--kill-child", "--mount-proc")
_WITH_LOOPBACK = ("sh", "-c", 'ip link set lo up && exec "$@"', "sh")


@dataclass(frozen=True, slots=True)
class Peer:
    """What it is called and how a number of flows is carried out; that gives seconds."""

    name: str
    words: str
    carry_out: Callable[[Installation, int], float]

    def rate(self, installation: Installation, count: int) -> float:
        """Flows a second; raises PeerError where it does not run here."""
        return count / self.carry_out(installation, count)


def _dbos(installation: Installation, count: int) -> float:
    with PostgreSQL(durable=True) as postgresql:
        postgresql.create_database(_DATABASE)
        return _seconds([*_flow(installation, "dbos_flow"), str(count), postgresql.database_url(_DATABASE)])


def _restate(installation: Installation, count: int) -> float:
    for program in ("unshare", "ip"):
        if shutil.which(program) is None:
            raise PeerError(f"Restate runs where it can reach nothing, which takes '{program}', and there is none here")
    with tempfile.TemporaryDirectory() as directory:
        flow = [*_flow(installation, "restate_flow"), str(count), str(installation.restate_server), directory]
        return _seconds([*_ALONE, *_WITH_LOOPBACK, *flow])


def _one_by_one(installation: Installation, count: int) -> float:
    broker = EmbeddedBroker(dict.fromkeys(TOPICS, _PARTITIONS))
    with PostgreSQL(durable=True) as postgresql, broker:
        postgresql.create_database(_DATABASE)
        addresses = [broker.bootstrap_servers, postgresql.database_url(_DATABASE)]
        return _seconds([*_flow(installation, "one_by_one_flow"), str(count), *addresses])


def _flow(installation: Installation, name: str) -> list[str]:
    return [str(installation.python), str(_HERE / f"{name}.py")]


def _seconds(argv: Sequence[str]) -> float:
    try:
        done = subprocess.run(argv, capture_output=True, text=True, timeout=_PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        raise PeerError(f"{Path(argv[-3]).name} took longer than {_PATIENCE_SECONDS} s") from None
    if done.returncode:
        raise PeerError(f"it ended with status {done.returncode}:\n{done.stderr[-2000:]}")
    seconds: float = json.loads(done.stdout.splitlines()[-1])["seconds"]
    return seconds


PEERS: tuple[Peer, ...] = (
    Peer("dbos", "DBOS", _dbos),
    Peer("restate", "Restate", _restate),
    Peer("one-by-one", "one-by-one FastStream", _one_by_one),
)
ENGINES = ("dbos", "restate")
"""Those that promise as much as we do: whoever does one record after the other is no more than a scale."""
