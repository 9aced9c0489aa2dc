"""The lists behind the screen of the demonstration, as tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.table import Table

from contracts.message import Language
from deploy.demo.summary import Summary
from libraries.programme.about import InBoth
from services.journal.journeys.mails import mail_words

_PROJECT = InBoth(fr="projet", en="project")
_NEED = InBoth(fr="besoin", en="need")
_WHY = InBoth(fr="pourquoi", en="why")


def lists(summary: Summary) -> Iterable[Table]:
    """Every list, the one that matters most first."""
    yield from _matching(summary)
    yield from _accompaniment(summary)
    yield _table(
        summary.language,
        InBoth(fr="Ce qui a été renvoyé ou mis de côté", en="What was asked back or set aside"),
        ((InBoth(fr="quoi", en="what"), 1), (_WHY, 2)),
        [(refusal.what, "\n".join(refusal.reasons)) for refusal in summary.not_taken],
    )
    yield _table(
        summary.language,
        InBoth(fr="Messages partis", en="Mails that went out"),
        ((InBoth(fr="nombre", en="count"), 1), (InBoth(fr="type", en="kind"), 6)),
        [
            (str(count), mail_words(kind).in_(summary.language))
            for kind, count in sorted(summary.kinds.items(), key=lambda entry: (-entry[1], entry[0]))
        ],
    )


def _matching(summary: Summary) -> Iterable[Table]:
    yield _table(
        summary.language,
        InBoth(fr="Quel projet répond à quel besoin, et pourquoi", en="Which project answers which need, and why"),
        ((_PROJECT, 3), (_NEED, 4), (_WHY, 7)),
        [(placed.project, placed.need, f"{placed.fit} : {' '.join(placed.why)}") for placed in summary.placed],
    )
    yield _table(
        summary.language,
        InBoth(fr="Besoins sans projet", en="Needs without a project"),
        ((_NEED, 1), (_WHY, 1)),
        summary.unmet,
    )


def _accompaniment(summary: Summary) -> Iterable[Table]:
    yield _table(
        summary.language,
        InBoth(fr="Qui a accompagné qui", en="Who accompanied whom"),
        (
            (_PROJECT, 3),
            (InBoth(fr="mentor (un rôle, personne de réel)", en="mentor (a role, nobody real)"), 4),
            (InBoth(fr="fin", en="end"), 3),
        ),
        [(pair.project, pair.mentor, pair.end) for pair in summary.accompanied],
    )
    yield _table(
        summary.language,
        InBoth(fr="Ce qui faisait obstacle", en="What stood in the way"),
        (
            (_PROJECT, 3),
            (InBoth(fr="frein", en="obstacle"), 2),
            (InBoth(fr="à qui", en="owned by"), 3),
            (InBoth(fr="état", en="state"), 2),
        ),
        [(each.project, each.kind, each.service, each.state) for each in summary.obstacles],
    )


def _table(
    language: Language, title: InBoth, columns: Sequence[tuple[InBoth, int]], rows: Iterable[Sequence[str]]
) -> Table:
    table = Table(title=title.in_language(language), title_justify="left", title_style="bold")
    for name, ratio in columns:
        table.add_column(name.in_language(language), ratio=ratio)
    for row in rows:
        table.add_row(*row)
    return table
