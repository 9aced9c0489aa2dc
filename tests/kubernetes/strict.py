"""The schema of a custom resource as JSON Schema that lets no unknown field pass."""

from __future__ import annotations

from typing import Any, Final

_ANY_INTEGER_OR_TEXT: Final = {"anyOf": [{"type": "integer"}, {"type": "string"}]}


def strict(schema: dict[str, Any]) -> dict[str, Any]:
    """A structural schema of Kubernetes, made strict: an API server would drop what it does not know, in silence."""
    if schema.get("x-kubernetes-int-or-string"):
        return _ANY_INTEGER_OR_TEXT
    made = {key: value for key, value in schema.items() if not key.startswith("x-kubernetes-")}
    if "properties" in schema:
        made["properties"] = {name: strict(below) for name, below in schema["properties"].items()}
        made.setdefault("additionalProperties", bool(schema.get("x-kubernetes-preserve-unknown-fields")))
    if isinstance(more := schema.get("additionalProperties"), dict):
        made["additionalProperties"] = strict(more)
    if "items" in schema:
        made["items"] = strict(schema["items"])
    if made.pop("nullable", False):
        return {"anyOf": [made, {"type": "null"}]}
    return made
