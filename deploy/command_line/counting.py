"""What a filter has, counted before anything is done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import typer

from contracts.message import Language
from deploy.command_line.repair_words import at_most, say
from deploy.command_line.selecting import Wanted
from deploy.json_lines import print_json
from libraries.chassis import repairs
from libraries.chassis.repairs import Decision


def show_count(
    wanted: Wanted,
    decision: Decision,
    found: Mapping[str, Sequence[Any]],
    expect: int | None,
    language: Language,
    *,
    as_json: bool,
) -> None:
    """Counts what a filter has; where another number was expected, that is an error."""
    count = sum(map(len, found.values()))
    groups: Counter[tuple[Any, ...]] = Counter(
        (service, row["topic"], row["reason"], row["type"] or "-", row["source"] or "-")
        for service, rows in found.items()
        for row in rows
    )
    claims = Counter(row["claimed_by"] for rows in found.values() for row in rows if _is_claimed(row))
    if as_json:
        names = "service", "topic", "reason", "type", "source"
        counted = [{**dict(zip(names, group, strict=True)), "records": number} for group, number in groups.items()]
        print_json({"decision": decision, "records": count, "groups": counted, "claimed": dict(claims)})
    else:
        _tell(groups, claims, count, language)
    if expect is not None:
        raise typer.BadParameter(f"there are {count} and not {expect}: nothing was done", param_hint="--expect")
    if count:
        options = " ".join(wanted.options())
        how = say(language, "pour le faire", "to do it")
        typer.echo(f"{how}: engage dead-letters {decision} {options} --why … --expect {count}", err=True)
    if any(len(rows) == repairs.MOST_AT_ONCE for rows in found.values()):
        typer.echo(at_most(repairs.MOST_AT_ONCE, language), err=True)


def _tell(groups: Counter[tuple[Any, ...]], claims: Counter[Any], count: int, language: Language) -> None:
    for (service, *common), number in groups.most_common():
        typer.echo(f"{number:>7}  {service}: {', '.join(common)}")
    for who, number in claims.items():
        typer.echo(f"{number:>7}  {say(language, f'{who} s’en occupe', f'{who} looks at these')}")
    typer.echo(f"{count:>7}  {say(language, 'en tout ; rien n’a été fait', 'in all; nothing was done')}")


def _is_claimed(row: Any) -> bool:
    return row["claimed_by"] is not None and row["claimed_until"] > datetime.now(UTC)
