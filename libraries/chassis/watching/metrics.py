"""The catalogue of all metrics: every number that `/metrics` shows, with its unit."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics

disable_created_metrics()  # type: ignore[no-untyped-call]

REGISTRY = CollectorRegistry()

RECORDS = Counter(
    "engage_records", "Records taken off a lane, by what became of them", ("topic", "outcome"), registry=REGISTRY
)
PUBLISHED = Counter("engage_events_published", "Events that the broker acknowledged", ("topic",), registry=REGISTRY)
BATCH_SECONDS = Histogram(
    "engage_batch_seconds",
    "Seconds of a transaction, from its records' reading to its commit",
    registry=REGISTRY,
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30),
)
BATCH_RECORDS = Histogram(
    "engage_batch_records",
    "Records committed in one transaction",
    registry=REGISTRY,
    buckets=(1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000),
)
RETRIES = Counter("engage_transaction_retries", "Transactions tried again after a transient error", registry=REGISTRY)
LANES_LOST = Counter("engage_lanes_lost", "Transactions fenced off: another owner has the lane", registry=REGISTRY)
LANES = Gauge("engage_lanes", "Lanes that this process owns", registry=REGISTRY)
LANES_STOPPED = Gauge("engage_lanes_stopped", "Lanes that stopped and need an operator", registry=REGISTRY)
HELD = Gauge(
    "engage_held_records", "Records set aside (dead, waiting, or behind one of them)", ("state",), registry=REGISTRY
)
DOOR_REQUESTS = Counter(
    "engage_door_requests",
    "Requests to a service's own HTTP side, by what was answered",
    ("method", "status"),
    registry=REGISTRY,
)
TURNED_AWAY = Counter(
    "engage_http_turned_away",
    "Connections ended for those of others: too many (connections), too much held (memory), too slow (slow)",
    ("cause",),
    registry=REGISTRY,
)
GATHERED = Gauge(
    "engage_records_gathered", "Records taken from the broker that wait for their transaction", registry=REGISTRY
)
UNRELAYED = Gauge("engage_outbox_unrelayed", "Committed events not yet acknowledged by the broker", registry=REGISTRY)
OLDEST_UNRELAYED = Gauge(
    "engage_outbox_oldest_seconds", "Age of the oldest committed event not yet acknowledged", registry=REGISTRY
)
OFFSETS_SKIPPED = Counter(
    "engage_offsets_skipped",
    "Offsets missing between two records of a lane (compaction, retention)",
    ("topic",),
    registry=REGISTRY,
)
ASTRAY = Counter(
    "engage_records_astray",
    "Records of forms on another partition than their key's, where their order is lost",
    ("topic",),
    registry=REGISTRY,
)
