"""What is kept of people, as the law wants it told."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from rich.console import Console
from rich.table import Table

from deploy.json_lines import print_json

if TYPE_CHECKING:
    from deploy.privacy.register import Kept, Processing, Register

privacy = typer.Typer(name="privacy", help="What is kept of people.", no_args_is_help=True)


class Spoken(StrEnum):
    """The language of what is printed."""

    FR = "fr"
    EN = "en"


_WORDS: Final[dict[str, tuple[str, str]]] = {
    "title": ("Registre des activités de traitement (RGPD, article 30)", "Register of processing (GDPR, article 30)"),
    "name": ("Responsable du traitement", "Controller"),
    "contact": ("Contact", "Contact"),
    "data_protection_officer": ("Délégué à la protection des données", "Data protection officer"),
    "to-name": ("reste à nommer par la Ville", "still to be named by the City"),
    "people": ("Personnes", "People"),
    "data": ("Données", "Data"),
    "readers": ("Qui peut lire", "Who may read"),
    "where": ("Où", "Where"),
    "active": ("Base active", "Active"),
    "intermediate": ("Archivage intermédiaire", "Intermediate"),
    "final": ("Archivage définitif", "Final"),
    "security": ("Sécurité", "Security"),
    "transfers": ("Transferts", "Transfers"),
    "days": ("jours", "days"),
}


@privacy.callback()
def _group() -> None:
    """A group, however few commands it has."""


@privacy.command()
def register(
    language: Annotated[Spoken, typer.Option(help="fr or en")] = Spoken.FR,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object, in both languages")] = False,
) -> None:
    """Print the register of processing: which data of whom, why, where, for whose eyes and for how long."""
    from deploy.privacy.register import register as read_register

    found = read_register()
    if as_json:
        print_json(found.model_dump(mode="json"))
    else:
        _show(found, language)


def _show(found: Register, language: Spoken) -> None:
    console = Console()
    console.print(f"[bold]{_word('title', language)}[/], version {found.version}", highlight=False)
    for name in ("name", "contact", "data_protection_officer"):
        given = getattr(found.controller, name) or f"[yellow]{_word('to-name', language)}[/]"
        console.print(f"{_word(name, language)}: {given}", highlight=False)
    for processing in found.processings:
        console.print(_table(processing, language))
    for name in ("security", "transfers"):
        console.print(f"[bold]{_word(name, language)}[/]: {_said(found, name, language)}", highlight=False)


def _table(processing: Processing, language: Spoken) -> Table:
    table = Table(title=_said(processing, "purpose", language), title_justify="left", show_header=False, expand=True)
    table.add_column(style="bold", ratio=1)
    table.add_column(ratio=4)
    for name in ("people", "data", "readers"):
        table.add_row(_word(name, language), _said(processing, name, language))
    table.add_row(_word("where", language), ", ".join((*processing.topics, *processing.tables)))
    for kept in processing.kept:
        table.add_row(_word(kept.phase, language), _kept(kept, language))
    return table


def _kept(kept: Kept, language: Spoken) -> str:
    end = f"{kept.days} {_word('days', language)}" if kept.days else _said(kept, "until", language)
    return f"{_said(kept, 'what', language)} : {end}" if language is Spoken.FR else f"{kept.what.en}: {end}"


def _said(of: Any, name: str, language: Spoken) -> str:
    sentence = getattr(of, name)
    return str(getattr(sentence, language.value))


def _word(name: str, language: Spoken) -> str:
    return _WORDS[name][language is Spoken.EN]
