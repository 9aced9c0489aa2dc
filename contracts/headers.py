"""The headers of a record, as text and within bounds: whatever stands in them is a stranger's."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from contracts.violation import ContractViolation

Headers = Sequence[tuple[str, bytes | None]]

MOST_HEADERS: Final = 64
MOST_HEADER_BYTES: Final = 2_000
"""Of one `ce_` header. The bounds keep whatever is copied from a header (into an inbox, a dead letter, an event that
it causes) far below what a Kafka record, an index entry of PostgreSQL or a log line can hold."""

KNOWN: Final = frozenset(
    {
        "ce_specversion", "ce_id", "ce_source", "ce_type", "ce_time", "ce_subject", "ce_dataschema", "ce_correlationid",
        "ce_causationid", "ce_sequence", "ce_traceparent", "traceparent", "content-type",
    }
)  # fmt: skip
"""The headers that we write or read; any other is ignored."""

_DROPPED: Final = frozenset({"ce_traceparent", "traceparent", "ce_sequence"})
"""Dropped where they are broken: no reason to refuse an event."""


def read_headers(headers: Headers) -> dict[str, str]:
    """The headers that speak of the event, as text, the last where a name comes twice; raises ContractViolation.

    A header without a value, null or empty, says nothing: some clients send one for each attribute that an event lacks.
    """
    if len(headers) > MOST_HEADERS:
        raise ContractViolation("header", f"a record may have at most {MOST_HEADERS} headers")
    found = {}
    for name, value in headers:
        if not value or not (name.startswith("ce_") or name in KNOWN):
            continue
        if name in _DROPPED:
            found[name] = value.decode(errors="replace")
            continue
        if len(value) > MOST_HEADER_BYTES:
            raise ContractViolation("header", f"{_shown(name)} must have at most {MOST_HEADER_BYTES} bytes")
        try:
            found[name] = value.decode()
        except UnicodeDecodeError:
            raise ContractViolation("header", f"{_shown(name)} must be UTF-8") from None
    return found


def readable(headers: Headers) -> dict[str, str]:
    """Of headers that need not be right, those that speak of the event and can be read."""
    found = {}
    for name, value in headers[:MOST_HEADERS]:
        if name in KNOWN and value and len(value) <= MOST_HEADER_BYTES:
            with suppress(UnicodeDecodeError):
                found[name] = value.decode()
    return found


def required(headers: dict[str, str], name: str) -> str:
    """The text of a header that CloudEvents requires; raises ContractViolation where it is missing or empty."""
    if not (value := headers.get(name)):
        raise ContractViolation(
            "header",
            f"the header {name} is missing (in structured mode the field {name[3:]}): CloudEvents 1.0 requires it",
            [(name, "CloudEvents 1.0 requires it")],
        )
    return value


def _shown(name: str) -> str:
    # A header's name is a stranger's text as well: only ours are repeated.
    return f"the header {name}" if name in KNOWN else "each ce_ header"
