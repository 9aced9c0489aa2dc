"""How a lane is named."""

from __future__ import annotations

from typing import NamedTuple


class LaneName(NamedTuple):
    """A lane within a service: a topic's partition, or a lane of its own such as `writer` and 0."""

    topic: str
    partition: int

    def __str__(self) -> str:
        return f"{self.topic}/{self.partition}"
