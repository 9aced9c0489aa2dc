"""A stranger with the CloudEvents SDK 1.x for Python and confluent-kafka.

python sdk_1.py read BROKER TOPIC...
python sdk_1.py send BROKER binary|structured < event.json
"""

from __future__ import annotations

import json
import sys

from cloudevents.http import CloudEvent
from cloudevents.kafka import KafkaMessage, from_binary, to_binary, to_structured
from transport import all_of, send


def read(broker: str, *topics: str) -> None:
    """Prints a line for each event."""
    for message in all_of(broker, list(topics)):
        key = (message.key() or b"").decode()
        # Before the SDK, which takes no record without a value.
        if message.value() is None:
            print(message.topic(), "gone", key)
            continue
        event = from_binary(KafkaMessage(dict(message.headers() or []), key, message.value()))
        assert isinstance(event.get_data(), dict)
        print(message.topic(), event["type"], event["partitionkey"], event["id"])


def publish(broker: str, mode: str) -> None:
    """Publishes the event on standard input."""
    given = json.load(sys.stdin)
    told = {name: given[name] for name in ("id", "source", "type", "time")}
    event = CloudEvent({**told, "datacontenttype": "application/json"}, given["data"])
    made = (to_binary if mode == "binary" else to_structured)(event, key_mapper=lambda _: given["key"])
    value = made.value if isinstance(made.value, bytes) else made.value.encode()
    send(broker, given["topic"], given["key"], value, made.headers)


if __name__ == "__main__":
    if sys.argv[1] == "read":
        read(*sys.argv[2:])
    else:
        publish(*sys.argv[2:])
