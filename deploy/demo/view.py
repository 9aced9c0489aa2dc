"""What a person sees at the end of the demonstration: one screen of 80 columns, and all behind it on request."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

from deploy.demo.lists import lists
from deploy.demo.stages import STAGES
from deploy.demo.summary import Summary
from deploy.demo.words import counted

_WIDEST: Final = 80


def show(summary: Summary, console: Console, *, full: bool) -> None:
    """Shows the sentence that matters, the five stages and an example; with `full` every list as well."""
    width = min(console.width, _WIDEST)
    console.print(_sentence(summary), style="bold", width=width, highlight=False)
    console.print(_whose(summary), width=width, highlight=False)
    console.print(_stages(summary), width=width)
    console.print(_example(summary), width=width, highlight=False)
    if full:
        for table in lists(summary):
            console.print(table, width=width)
    console.print(_ending(summary, full=full), width=width, highlight=False)


def _sentence(summary: Summary) -> str:
    count = summary.answered.needs
    if summary.language == "fr":
        return f"{count} besoins qui n’étaient pas couverts, ou l’étaient mal, ont maintenant un projet."
    return f"{count} needs that were uncovered, or poorly covered, have a project now."


def _whose(summary: Summary) -> str:
    publics = counted("publics", summary.answered.publics, summary.language)
    territories = counted("territories", summary.answered.territories, summary.language)
    if summary.language == "fr":
        return f"De qui : {publics}.\nOù : {territories}.\n"
    return f"Whose: {publics}.\nWhere: {territories}.\n"


def _stages(summary: Summary) -> Table:
    table = Table(show_header=False, box=None, padding=(0, 1, 0, 0))
    table.add_column(width=24, style="cyan")
    table.add_column()
    lines = _french(summary) if summary.language == "fr" else _english(summary)
    for stage, line in zip(STAGES, lines, strict=True):
        table.add_row(f"{stage.number}. {stage.title.in_language(summary.language)}", line)
    return table


def _french(summary: Summary) -> Iterable[str]:
    n, needs, its = summary.numbers, summary.needs, summary.round
    agreed = "un second solveur le confirme" if its.independent == its.objective else "trop pour un second solveur"
    return (
        f"{n['applications']} candidatures enregistrées. {n['corrections_requested']} étaient à compléter : "
        f"{n['corrected']} corrigée, {n['withdrawn']} retirée. {n['dead_letters']} illisible, mise de côté.",
        f"{n['needs']} besoins : {needs['uncovered']} non couverts, {needs['poorly-covered']} mal couverts, "
        f"{needs['covered']} couverts. {n['mentors']} agents se proposent comme mentors.",
        f"{its.pairs} paires pesées avant toute décision, {its.placed} projets placés sur {its.applications}. "
        f"Rien de mieux n’existe : {'prouvé' if its.certified else 'non prouvé'}, {agreed} ({its.digest[:8]}…).",
        f"{n['assignments']} affectations confirmées, {n['assignments_declined']} refusée. {n['pairs']} binômes, après "
        f"{n['offers_declined']} refus et {n['offers_expired']} proposition sans réponse.",
        f"{n['meetings']} rencontres. {n['idle']} binômes relancés, {n['handed_over']} repris par un autre mentor, "
        f"{n['renewed']} prolongés, {n['came_to_their_term']} allés à leur terme. "
        f"{n['impact_reports']} relevés d’impact. {n['mails']} messages en tout.",
    )


def _english(summary: Summary) -> Iterable[str]:
    n, needs, its = summary.numbers, summary.needs, summary.round
    agreed = "a second solver agrees" if its.independent == its.objective else "too large for a second solver"
    return (
        f"{n['applications']} applications registered. {n['corrections_requested']} were to be completed: "
        f"{n['corrected']} was, {n['withdrawn']} was taken back. {n['dead_letters']} can't be read, and is set aside.",
        f"{n['needs']} needs: {needs['uncovered']} uncovered, {needs['poorly-covered']} poorly covered, "
        f"{needs['covered']} covered. {n['mentors']} agents offer to be mentors.",
        f"{its.pairs} pairs weighed before anything is decided, {its.placed} of {its.applications} projects placed. "
        f"That nothing is better: {'proven' if its.certified else 'not proven'}, {agreed} ({its.digest[:8]}…).",
        f"{n['assignments']} assignments confirmed, {n['assignments_declined']} declined. {n['pairs']} pairs, after "
        f"{n['offers_declined']} refusal and {n['offers_expired']} offer without an answer.",
        f"{n['meetings']} meetings. {n['idle']} pairs reminded, {n['handed_over']} handed over to another mentor, "
        f"{n['renewed']} renewed, {n['came_to_their_term']} at their term. "
        f"{n['impact_reports']} reports of impact. {n['mails']} mails in all.",
    )


def _example(summary: Summary) -> str:
    best = max(summary.placed, key=lambda placed: (placed.fit, placed.project))
    such = "Par exemple : " if summary.language == "fr" else "For example: "
    # Theme, public and territory, which count most: the rest is in the list.
    return f"\n{such}{best.project} → {best.need} ({best.fit}/1000). {' '.join(best.why[:3])}\n"


def _ending(summary: Summary, *, full: bool) -> str:
    page = f"[link={Path(summary.mailbox_page).as_uri()}].demo/mailbox/index.html[/link]"
    if summary.language == "fr":
        more = "" if full else "Le détail : --full. "
        return f"{more}Les messages : {page}. Fait en {summary.seconds:.1f} s."
    more = "" if full else "All of it: --full. "
    return f"{more}The mails: {page}. Done in {summary.seconds:.1f} s."
