"""What the gate finds of a change, and whom it concerns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

Weight: TypeAlias = Literal["breaks", "order"]

EVERYBODY: Final = "everybody who builds on it"
OLD_WRITERS: Final = "whoever still writes the published version, and every replay of what is on the topic"
OLD_READERS: Final = "subscribers that still read with the published version"
SUBSCRIBERS: Final = "whoever reads the topic, and counts on it"
KEYS_MOVE: Final = "everybody who relies on the order of a key's events"
THE_PEOPLE: Final = "the people whose data it is"
FORMS: Final = "forms that send there, and count on being heard"

NEW_TYPE: Final = "make a new event type, and let the old one `upcast` to it"
NEW_TOPIC: Final = "make a new topic"
RESTORE: Final = "restore the file"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a change does: what, to whom, and what to do.

    `version` names the version, topic or file that it is about. `breaks` refuses the change; `order` allows it where
    one side is upgraded, or told, before the other.
    """

    version: str
    weight: Weight
    text: str
    whom: str
    remedy: str
