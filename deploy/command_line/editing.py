"""A record that was set aside, corrected by an operator: a new event in its place, and the old one stays."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Any
from uuid import uuid4

import typer
from aiokafka.errors import KafkaError

from contracts.event import Event
from contracts.message import EventData
from contracts.violation import ContractViolation
from deploy.command_line.environment import kafka_cluster, sources_file
from deploy.command_line.schemas import within
from deploy.command_line.selecting import ByOption, WhyOption, find
from deploy.json_lines import print_json
from libraries.chassis import repairs
from libraries.chassis.edits import Draft, NotEditable, corrected, draft_of, is_as_it_was
from libraries.chassis.forms import FormPublisher
from libraries.chassis.kafka import Cluster
from libraries.chassis.repairs import Repair
from libraries.chassis.settings import SettingsError
from libraries.chassis.sources import sources_of
from libraries.chassis.watching.log import named


def edit(
    identifier: Annotated[str, typer.Argument(metavar="ID")],
    why: WhyOption,
    by: ByOption,
    changes: Annotated[
        list[str] | None, typer.Option("--set", metavar="FIELD=VALUE", help="A field, as a dotted path; again for more")
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option(metavar="FILE", allow_dash=True, help="The whole data as JSON; - reads it from the input"),
    ] = None,
    event_type: Annotated[str | None, typer.Option("--type", help="Its ce_type, where that was wrong")] = None,
    source: Annotated[str | None, typer.Option("--source", help="Its form's ce_source, where that was wrong")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say whether it would be taken")] = False,
) -> None:
    """Send a corrected event in a record's place; the old one stays, marked as replaced.

    The new event says what it corrects, and goes on the same topic in the place of the same source. What is still wrong
    is refused with its field, and nothing is sent.
    """
    service, row = asyncio.run(find(identifier))
    try:
        draft = draft_of(row)
        event = _corrected(draft, _edited(draft, changes or [], data), event_type, source)
    except (NotEditable, ContractViolation) as error:
        raise typer.BadParameter(f"{identifier}: {error}; nothing was sent") from None
    if dry_run:
        typer.echo(f"{identifier}: it would be taken as {event.type} {event.id}; nothing was sent", err=True)
        return
    repair = Repair(uuid4(), "replace", f"{identifier} by {event.id}", by, why, datetime.now(UTC))
    asyncio.run(_replace(service, draft, event, repair))
    print_json({"replaced": identifier, "by": event.id, "topic": draft.topic, "subject": event.subject})


def _corrected(draft: Draft, text: str, event_type: str | None, source: str | None) -> Event[EventData]:
    given = {"event_type": event_type or draft.type, "source": source or draft.source}
    if is_as_it_was(draft, text, **given):
        raise typer.BadParameter("nothing was corrected, so nothing was sent; to try it again as it is: replay")
    return corrected(draft, text, sources=sources_of(sources_file()), **given)


async def _replace(service: str, draft: Draft, event: Event[EventData], repair: Repair) -> None:
    """Sends the new event, and then marks the old one: who fails between the two sends the same event again."""
    await _publish(kafka_cluster(), event)
    begin = partial(repairs.begin_repair, repair=repair, identifiers=[draft.dead_letter_id], replaced_by=event.id)
    if not await within(service, begin):
        typer.echo(f"{event.id} was sent; meanwhile somebody has decided on the old one", err=True)


async def _publish(cluster: Cluster, event: Event[EventData]) -> None:
    publisher = FormPublisher(cluster, "engage-operators")
    try:
        await publisher.publish(event)
    except (KafkaError, OSError, TimeoutError) as error:
        raise SettingsError(f"Kafka did not take it, or may not have ({named(error)}): try again") from None
    finally:
        await publisher.close()


def _edited(draft: Draft, changes: Sequence[str], data: Path | None) -> str:
    if changes and data is not None:
        raise typer.BadParameter("give --set or --data, and not both")
    if data is not None:
        return _read(data)
    if changes:
        return _with(_document(draft), changes)
    # What it says is `engage dead-letters show --content`; a wrong type or source alone may be corrected.
    return draft.data


def _read(path: Path) -> str:
    try:
        return sys.stdin.read() if str(path) == "-" else path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise typer.BadParameter(f"{path} can't be read: {error}", param_hint="--data") from None


def _with(document: dict[str, Any], changes: Sequence[str]) -> str:
    for change in changes:
        path, equals, value = change.partition("=")
        if not equals or not path:
            raise typer.BadParameter(f"{change}: should be FIELD=VALUE", param_hint="--set")
        *above, last = path.split(".")
        place = document
        for name in above:
            place = place.setdefault(name, {})
            if not isinstance(place, dict):
                raise typer.BadParameter(f"{path}: {name} has no fields", param_hint="--set")
        # What was a text stays one: an identifier of digits is no number.
        place[last] = value if isinstance(place.get(last), str) else _value(value)
    return json.dumps(document, ensure_ascii=False)


def _document(draft: Draft) -> dict[str, Any]:
    try:
        document = json.loads(draft.data)
    except ValueError:
        document = None
    if not isinstance(document, dict):
        raise typer.BadParameter("the record is no JSON object, so no field can be set: give the whole with --data")
    return document


def _value(text: str) -> Any:
    """A value as JSON where it is that, else a text: `true`, `3`, `["a"]`, and Marseille without quotes."""
    try:
        return json.loads(text)
    except ValueError:
        return text
