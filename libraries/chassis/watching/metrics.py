"""All metrics of all services, each with its unit, its labels and what it says: no other module makes one.

Labels have few values, all of which are in the code: topics, partitions, outcomes, reasons, duties. None is a person's.
"""

from __future__ import annotations

from typing import Final

from libraries.chassis.watching.catalogue import METRICS, Metric, counter, gauge, histogram

RECORD_TO_COMMIT = histogram(
    "engage_record_to_commit_seconds",
    "From a record's own time in Kafka to the commit of all that it led to in this service: one hop",
    "topic",
    unit="seconds",
    group="Time",
)
FORM_TO_EFFECT = histogram(
    "engage_form_to_effect_seconds",
    "From the time that the story's first event says of itself to an effect's arrival in Kafka, by the effect's topic",
    "topic",
    unit="seconds",
    group="Time",
)
BATCH_SECONDS = histogram(
    "engage_batch_seconds",
    "Time of a transaction, from its records' reading to its commit",
    unit="seconds",
    group="Time",
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30),
)

LANE_LAG = gauge(
    "engage_lane_lag_records",
    "Records of a lane that are in Kafka and not dealt with",
    "topic",
    "partition",
    unit="records",
    group="Waiting",
)
LANE_OLDEST = gauge(
    "engage_lane_oldest_seconds",
    "Age of the oldest record of a lane that is not dealt with: its lag in seconds; 0 where nothing waits",
    "topic",
    "partition",
    unit="seconds",
    group="Waiting",
)
UNRELAYED = gauge(
    "engage_outbox_unrelayed",
    "Committed events that Kafka has not acknowledged yet",
    unit="events",
    group="Waiting",
)
OLDEST_UNRELAYED = gauge(
    "engage_outbox_oldest_seconds",
    "Age of the oldest committed event that Kafka has not acknowledged",
    unit="seconds",
    group="Waiting",
)
GATHERED = gauge(
    "engage_records_gathered",
    "Records taken from the broker that wait in memory for their transaction",
    unit="records",
    group="Waiting",
)

RECORDS = counter(
    "engage_records",
    "Records taken off a lane, by what became of them",
    "topic",
    "outcome",
    unit="records",
    group="Flow",
)
PUBLISHED = counter(
    "engage_events_published", "Events that the broker acknowledged", "topic", unit="events", group="Flow"
)
BATCH_RECORDS = histogram(
    "engage_batch_records",
    "Records committed in one transaction",
    unit="records",
    group="Flow",
    buckets=(1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000),
)
OFFSETS_SKIPPED = counter(
    "engage_offsets_skipped",
    "Offsets missing between two records of a lane: Kafka deleted them before they were read",
    "topic",
    unit="records",
    group="Flow",
)

DEAD_LETTERS = counter(
    "engage_dead_letters",
    "Records and due matters that became dead letters, by the reason",
    "topic",
    "reason",
    unit="records",
    group="Set aside",
)
HELD = gauge(
    "engage_held_records",
    "Records set aside now (dead, waiting, or behind one of them), by the reason",
    "state",
    "reason",
    unit="records",
    group="Set aside",
)
HELD_OLDEST = gauge(
    "engage_held_oldest_seconds",
    "For how long the oldest of the records set aside has been so; 0 where there is none",
    "state",
    unit="seconds",
    group="Set aside",
)

LANES = gauge("engage_lanes", "Lanes that this process owns", unit="lanes", group="Lanes")
LANES_STOPPED = gauge(
    "engage_lanes_stopped", "Lanes that have stopped and need an operator", unit="lanes", group="Lanes"
)
LANES_LOST = counter(
    "engage_lanes_lost", "Lanes that turned out to have another owner, or may have", unit="lanes", group="Lanes"
)
REBALANCES = counter("engage_rebalances", "How often this process was assigned lanes anew", unit="times", group="Lanes")
RETRIES = counter(
    "engage_transaction_retries", "Transactions tried again after a transient error", unit="times", group="Lanes"
)

FAILING = gauge(
    "engage_failing_seconds",
    "For how long a part of the process has failed again and again; absent where it does its work",
    "part",
    unit="seconds",
    group="Parts",
)
DUTY_SUCCESS = gauge(
    "engage_duty_last_success_timestamp_seconds",
    "When a duty last did its work, or found that there was none, in seconds since 1970",
    "duty",
    unit="seconds",
    group="Parts",
)
SINGLE_WRITER = gauge(
    "engage_single_writer_seconds",
    "For how long this replica of a single writer has been its owner, or has stood by",
    "state",
    unit="seconds",
    group="Parts",
)
BUILD = gauge(
    "engage_build_info", "Always 1; the labels say what runs", "version", "python", unit="processes", group="Parts"
)

DOOR_REQUESTS = counter(
    "engage_door_requests",
    "Requests to a service's own HTTP side, by what was answered",
    "method",
    "status",
    unit="times",
    group="Doors",
)
PAGE_SECONDS = histogram(
    "engage_page_seconds",
    "Time until the answer of a page begins, by the first digit of its status",
    "status",
    unit="seconds",
    group="Doors",
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
TURNED_AWAY = counter(
    "engage_http_turned_away",
    "Connections ended for those of others: too many (connections), too much held (memory), too slow (slow)",
    "cause",
    unit="times",
    group="Doors",
)

MAILS_ENDED = counter(
    "engage_mails_ended",
    "Follow-ups whose attempt has ended, by their state after it (scheduled: it is tried again)",
    "state",
    unit="mails",
    group="Mail",
)
MAILS_WAITING = gauge(
    "engage_mails_waiting",
    "Follow-ups that have a date and have not left, by state",
    "state",
    unit="mails",
    group="Mail",
)
MAILS_OVERDUE = gauge(
    "engage_mails_overdue_seconds",
    "For how long the follow-up that is due longest has been due; 0 where none is",
    unit="seconds",
    group="Mail",
)
MAILS_NOT_WRITTEN = counter(
    "engage_mails_not_written", "Follow-ups that can't be written as a mail and have failed", unit="mails", group="Mail"
)
MAILS_REFUSED = counter(
    "engage_mails_refused", "Mails that a server refused, by whose fault it was", "fault", unit="mails", group="Mail"
)
PROVIDERS_PAUSED = counter(
    "engage_mail_providers_paused",
    "Pauses of mail to a provider that refuses all of it",
    unit="times",
    group="Mail",
)

ROUND_SECONDS = histogram(
    "engage_round_seconds",
    "Time of a round: priced, solved, proved and written down",
    "track",
    unit="seconds",
    group="Rounds",
    buckets=(0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 900),
)
ROUND_PLACED = gauge(
    "engage_round_placed", "Projects that the last round placed", "track", unit="projects", group="Rounds"
)
ROUND_VALUE = gauge(
    "engage_round_value",
    "The objective of the last round, level by level (equity, coverage, kept, fit)",
    "track",
    "level",
    unit="points",
    group="Rounds",
)

ALL: Final[tuple[Metric, ...]] = tuple(METRICS.values())
"""What they are, in this order."""
