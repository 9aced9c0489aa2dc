"""What a person sees of the demonstration: a live picture while it runs, a report at its end."""

from __future__ import annotations

from pathlib import Path

from rich.columns import Columns
from rich.console import Console, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from contracts.catalogue import TOPICS
from contracts.rounds import RoundCompleted
from deploy.demo.programme import Programme
from deploy.demo.summary import Summary


def picture(programme: Programme) -> RenderableType:
    """The flow at this moment: events by topic, and the latest in words."""
    counts = Table.grid(padding=(0, 2))
    for topic in TOPICS:
        if topic.name in programme.counts or topic.privacy == "public":
            counts.add_row(topic.name, Text(str(programme.counts[topic.name]), style="bold"))
    latest = Text.from_markup("\n".join(programme.latest) or "…")
    return Columns([Panel(counts, title="events"), Panel(latest, title="now", width=92)])


def report(summary: Summary, console: Console) -> None:
    """The summary as tables."""
    console.print(_assignments(summary))
    if summary.unmet:
        console.print(_unmet(summary))
    if summary.round is not None:
        console.print(_proof(summary.round), highlight=False)
    console.print(_pairs(summary))
    console.print(_obstacles(summary))
    console.print(_refusals(summary))
    console.print(_mails(summary))
    console.print(
        f"[bold]{summary.applications}[/] applications registered, [bold]{len(summary.placed)}[/] assigned, "
        f"[bold]{len(summary.accompanied)}[/] paired, [bold]{sum(summary.subjects.values())}[/] mails sent, "
        f"[bold]{summary.scheduled}[/] planned for later, in [bold]{summary.seconds:.1f}[/] s.\n"
        f"Read the mails: [link={Path(summary.mailbox_page).as_uri()}]{summary.mailbox_page}[/link]",
        highlight=False,
    )


def _assignments(summary: Summary) -> Table:
    table = Table(title="Which project answers which need, and why", title_justify="left")
    for name, ratio in (("project", 3), ("need", 5), ("fit", None), ("why", 9)):
        table.add_column(name, ratio=ratio, justify="right" if name == "fit" else "left")
    for placed in summary.placed:
        table.add_row(placed.project, placed.need, str(placed.fit), " ".join(placed.why))
    return table


def _unmet(summary: Summary) -> Table:
    table = Table(title="Needs that nobody answers, and why", title_justify="left")
    for name, ratio in (("need", 5), ("why", 6), ("what kept projects away", 4)):
        table.add_column(name, ratio=ratio)
    for need in summary.unmet:
        gates = ", ".join(f"{it.gate} {it.applications}" for it in need.gates)
        table.add_row(need.need_title, need.cause.fr, gates)
    return table


def _proof(completed: RoundCompleted) -> str:
    worth = completed.objective
    second = "another solver agrees" if completed.independent == worth else "too large for another solver"
    return (
        f"The round weighed [bold]{completed.pairs}[/] pairs: coverage {worth.coverage}, fit {worth.fit}; prices prove "
        f"that nothing better exists, and {second}. SHA-256 {completed.digest[:16]}…\n"
    )


def _pairs(summary: Summary) -> Table:
    table = Table("project", "mentor (a role, not a person)", title="Who accompanies whom", title_justify="left")
    for pair in summary.accompanied:
        table.add_row(pair.project, pair.mentor)
    return table


def _obstacles(summary: Summary) -> Table:
    table = Table("project", "obstacle", "owned by", "state", title="What stands in the way", title_justify="left")
    for obstacle in summary.obstacles:
        style = "green" if obstacle.state == "lifted" else "red"
        table.add_row(obstacle.project, obstacle.kind, obstacle.service, f"[{style}]{obstacle.state}[/]")
    return table


def _refusals(summary: Summary) -> Table:
    table = Table("what", "outcome", "why", title="What was refused or asked back", title_justify="left")
    for refusal in summary.not_taken:
        table.add_row(refusal.what, refusal.outcome, "\n".join(refusal.reasons))
    return table


def _mails(summary: Summary) -> Table:
    table = Table("mails", "subject", "such as", title="Which mails went out", title_justify="left")
    kinds: dict[str, tuple[int, str]] = {}
    for subject, count in summary.subjects.items():
        # French typography: a no-break space stands before the colon.
        kind, _, about = subject.partition("\u00a0: ")
        before, example = kinds.get(kind, (0, about))
        kinds[kind] = before + count, example
    for kind, (count, example) in sorted(kinds.items(), key=lambda entry: -entry[1][0]):
        table.add_row(str(count), kind, example)
    return table
