"""The OpenAPI document of intake's door as it is published: with the golden examples of what forms send."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from contracts.catalogue import TOPICS
from publication.components import within_components
from publication.golden import Example
from publication.versions import versions
from services.intake.door.openapi import openapi_document


def published_door(golden: Mapping[str, Sequence[Example]]) -> dict[str, Any]:
    """The document; an event whose golden examples are not given is described without any."""
    document = openapi_document()
    schemas = document["components"]["schemas"]
    for part in schemas.values():
        for field in part.get("properties", {}).values():
            # Pydantic's own are only the field's name again.
            field.pop("title", None)
    document["components"]["schemas"] = within_components(schemas)
    by_class = {version.model.__name__: golden.get(version.name, ()) for version in versions(TOPICS)}
    for path in document["paths"].values():
        if body := path.get("post", {}).get("requestBody"):
            told = body["content"]["application/json"]
            examples = by_class[told["schema"]["$ref"].rpartition("/")[2]]
            told["examples"] = {it["example"]: {"value": it["value"]} for it in examples}
    return document
