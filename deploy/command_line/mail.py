"""The texts of mails, as a reader looks at them before anybody receives one."""

from __future__ import annotations

import webbrowser
from pathlib import Path
from tempfile import mkdtemp
from typing import Annotated

import typer
from rich.console import Console
from rich.panel import Panel
from rich.text import Text as Shown

mail = typer.Typer(name="mail", help="The texts of mails.", no_args_is_help=True)


@mail.command()
def kinds() -> None:
    """List the kinds of mail."""
    from services.notifications.kinds import KINDS

    for kind in KINDS.all:
        print(kind.kind)


@mail.command()
def preview(
    kind: Annotated[str, typer.Argument(help="A kind of mail, as `engage mail kinds` lists them")],
    language: Annotated[str, typer.Option(help="fr or en")] = "fr",
    html: Annotated[Path | None, typer.Option(help="Write its HTML part to this file")] = None,
    browser: Annotated[bool, typer.Option("--browser", help="Open its HTML part in a browser")] = False,
) -> None:
    """Show a mail with made-up names: its subject and its plain text, and its HTML where asked for."""
    from services.notifications.kinds import KINDS
    from services.notifications.texts import LANGUAGES, load_texts, sample

    known = [it.kind for it in KINDS.all]
    if kind not in known:
        raise typer.BadParameter(f"{kind}: should be one of {', '.join(known)}", param_hint="KIND")
    if language not in LANGUAGES:
        raise typer.BadParameter(f"{language}: should be one of {', '.join(LANGUAGES)}", param_hint="--language")
    text = sample(load_texts([kind]), kind, language)
    console = Console()
    console.print(Panel(Shown(text.plain.strip()), title=Shown(text.subject), title_align="left", expand=False))
    if browser and html is None:
        html = Path(mkdtemp(prefix="engage-mail-")) / f"{kind}.{language}.html"
    if html is not None:
        html.write_text(text.html, encoding="utf-8")
        typer.echo(f"its HTML part is in {html}", err=True)
    if browser and html is not None:
        webbrowser.open(html.resolve().as_uri())
