"""In which language a command answers."""

from __future__ import annotations

from typing import Annotated

import typer

from contracts.message import Language

LanguageOption = Annotated[str, typer.Option("--language", help="fr or en")]


def language_of(text: str) -> Language:
    """The language that a person asked for; raises BadParameter."""
    if text == "fr":
        return "fr"
    if text == "en":
        return "en"
    raise typer.BadParameter(f"{text}: there are words in fr and en", param_hint="--language")
