"""How an event lies in a form's record: binary or structured mode, behind a byte-order mark or a registry's frame."""

from __future__ import annotations

from base64 import b64decode
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json, to_json

from contracts.headers import KNOWN, read_headers
from contracts.violation import ContractViolation, violation_of

_CLOUDEVENTS: Final = "application/cloudevents"
STRUCTURED: Final = "application/cloudevents+json"
_BATCH: Final = "application/cloudevents-batch"

_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
_FRAMES: Final = (5, 9)
"""Bytes of a schema registry's frame: a zero byte, then the schema's id in four bytes (Confluent's) or eight."""

_REQUIRED: Final = frozenset({"specversion", "id", "source", "type"})
"""What CloudEvents requires of an event: a JSON object that has it all is one."""

_ENVELOPE: Final[TypeAdapter[dict[str, Any]]] = TypeAdapter(dict[str, Any])


def is_cloudevents(content_type: bytes) -> bool:
    """Whether a `content-type` is one of CloudEvents' own, so that the attributes are in the value."""
    return content_type[: len(_CLOUDEVENTS)].lower() == _CLOUDEVENTS.encode()


def opened(headers: dict[str, str], value: bytes) -> tuple[dict[str, str], bytes]:
    """The attributes and the bare data of a form's record, in whichever mode it was sent; raises ContractViolation.

    Some clients' structured mode has the content type `application/json`, or none: what plainly is an event is read.
    """
    value = _bare(value)
    media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type.startswith(_BATCH):
        raise _batched()
    if media_type == STRUCTURED:
        return _open(_envelope(value))
    if media_type.startswith(_CLOUDEVENTS):
        raise ContractViolation("structured-mode", f"of the formats of CloudEvents only JSON is read: {STRUCTURED}")
    if "ce_type" not in headers and (found := _event_in(value)) is not None:
        return _open(found)
    return headers, value


def _bare(value: bytes) -> bytes:
    """A value without what some clients write before its JSON."""
    if value.startswith(b"\0"):
        behind = (value[length:].removeprefix(_BYTE_ORDER_MARK) for length in _FRAMES)
        for json in behind:
            if json.startswith(b"{"):
                return json
        raise ContractViolation(
            "registry-frame",
            "the value begins as a schema registry's serializer writes (a zero byte, then the id of a schema), and no "
            "JSON follows: send the bare JSON in UTF-8",
        )
    return value.removeprefix(_BYTE_ORDER_MARK)


def _event_in(value: bytes) -> dict[str, Any] | None:
    try:
        found = from_json(value)
    except ValueError:
        return None
    if isinstance(found, list):
        raise _batched()
    return found if isinstance(found, dict) and found.keys() >= _REQUIRED else None


def _envelope(value: bytes) -> dict[str, Any]:
    try:
        return _ENVELOPE.validate_json(value)
    except ValidationError as error:
        raise violation_of(error) from None


def _open(envelope: dict[str, Any]) -> tuple[dict[str, str], bytes]:
    told = []
    for name, text in envelope.items():
        header = f"ce_{name}"
        if header in KNOWN and text is not None:
            if not isinstance(text, str):
                raise ContractViolation("envelope", f"{name} must be a JSON string")
            told.append((header, text.encode()))
    return read_headers(told), _data_of(envelope)


def _data_of(envelope: dict[str, Any]) -> bytes:
    if isinstance(encoded := envelope.get("data_base64"), str) and "data" not in envelope:
        try:
            return _bare(b64decode(encoded, validate=True))
        except ValueError:  # of which binascii.Error is one
            raise ContractViolation("envelope", "data_base64 must be base64 of the event's JSON") from None
    if not isinstance(data := envelope.get("data"), dict):
        raise ContractViolation("envelope", "data must be a JSON object")
    return to_json(data, inf_nan_mode="constants")


def _batched() -> ContractViolation:
    return ContractViolation("batched-mode", "a record holds one event: send each event of a batch as a record")
