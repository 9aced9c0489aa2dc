"""A stranger with the CloudEvents SDK 2.x for Python and confluent-kafka.

python sdk_2.py read BROKER TOPIC...
python sdk_2.py send BROKER binary|structured < event.json
"""

from __future__ import annotations

import json
import sys
from datetime import datetime

from cloudevents.core.bindings.kafka import KafkaMessage, from_kafka, to_binary, to_structured
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from transport import all_of, send


def read(broker: str, *topics: str) -> None:
    """Prints a line for each event."""
    for message in all_of(broker, list(topics)):
        key = (message.key() or b"").decode()
        # Before the SDK, which takes no record without a value.
        if message.value() is None:
            print(message.topic(), "gone", key)
            continue
        event = from_kafka(KafkaMessage(dict(message.headers() or []), key, message.value()), JSONFormat())
        assert isinstance(event.get_data(), dict)
        print(message.topic(), event.get_type(), event.get_extension("partitionkey"), event.get_id())


def publish(broker: str, mode: str) -> None:
    """Publishes the event on standard input."""
    given = json.load(sys.stdin)
    told = {name: given[name] for name in ("id", "source", "type")} | {"specversion": "1.0"}
    time = datetime.fromisoformat(given["time"])
    event = CloudEvent({**told, "time": time, "datacontenttype": "application/json"}, given["data"])
    made = (to_binary if mode == "binary" else to_structured)(event, JSONFormat(), lambda _: given["key"])
    send(broker, given["topic"], given["key"], made.value, made.headers)


if __name__ == "__main__":
    if sys.argv[1] == "read":
        read(*sys.argv[2:])
    else:
        publish(*sys.argv[2:])
