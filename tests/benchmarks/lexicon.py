"""How often the lexicon is right, against the beginnings of words that it had before, and how long it takes.

Both propose for projects of `tests/corpus` that are held out: no point was counted from them. The texts are ours, by
the hand that chose the words, which flatters the lexicon. Needs are those of the demonstration in one zone, each of one
theme; right is one of a theme of the project. They are ordered by the fit of tags that are taken as confirmed; between
equals a lottery decides, so what is counted is its chance. Run it with `make bench` or
`python -m tests.benchmarks.lexicon [learned]`; `learned` takes the projects that points are counted from, for whoever
changes words.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from importlib.resources import files
from math import comb
from typing import Final, TypeAlias

from contracts.needs import Need
from services.intake.cleaned_forms import Project
from services.intake.lexicon import LEXICON
from services.matching.edges.fit import fit_of
from services.matching.edges.gates import meet
from services.matching.settings.rules import RULES
from services.matching.states.profiles import NeedProfile, profile_of_need, project_profile
from services.matching.states.words import words_of
from tests.corpus import HELD_OUT, LEARNED, Described
from tests.corpus.beginnings import themes_and_publics

_ZONE: Final = "quartiers-nord"
_ROUNDS: Final = 200
Tags: TypeAlias = tuple[Sequence[str], Sequence[str]]
Proposing: TypeAlias = Callable[[Described], Tags]


def main(part: str = "held-out") -> None:
    """Measures and prints."""
    projects = LEARNED if part == "learned" else HELD_OUT
    print(f"{len(projects)} projects ({part}), {len(_needs())} needs\n")
    columns = {name: _measured(projects, propose) for name, propose in _PROPOSING.items()}
    print(f"{'':50}" + "".join(f"{name:>12}" for name in columns))
    for row in next(iter(columns.values())):
        print(f"{row:50}" + "".join(f"{column[row]:>12}" for column in columns.values()))
    characters = sum(len(it.text) for it in projects) / len(projects)
    print(f"\n{_microseconds(projects):.0f} µs a project of {characters:.0f} characters")


def _measured(projects: Sequence[Described], propose: Proposing) -> Mapping[str, str]:
    """Each measure of one way to propose, as it is shown."""
    proposed = [propose(it) for it in projects]
    found = _of_kind("theme", [(tags[0], {*it.themes}) for tags, it in zip(proposed, projects, strict=True)])
    found |= _of_kind("public", [(tags[1], {*it.publics}) for tags, it in zip(proposed, projects, strict=True)])
    for name, with_text in (("tags alone", False), ("tags and text", True)):
        for words, most in (("first", 1), ("among the first three", 3)):
            chances = [_chance(it, tags, most, with_text) for it, tags in zip(projects, proposed, strict=True)]
            found[f"right need {words}, {name}"] = _percent(sum(chances, Fraction(0)), len(chances))
    return found


def _of_kind(kind: str, pairs: Sequence[tuple[Sequence[str], set[str]]]) -> dict[str, str]:
    """The measures of the codes of one kind, by what was proposed and what is right."""
    known = [(tags, right) for tags, right in pairs if right]
    first = sum(bool(tags) and tags[0] in right for tags, right in known)
    among = sum(not right.isdisjoint(tags) for tags, right in known)
    hits = sum(len(right.intersection(tags)) for tags, right in pairs)
    return {
        f"right {kind} first": f"{first} of {len(known)}",
        f"right {kind} among those proposed": f"{among} of {len(known)}",
        f"{kind}s proposed that are right": _percent(hits, sum(len(tags) for tags, _ in pairs)),
        f"right {kind}s that are proposed": _percent(hits, sum(len(right) for _, right in pairs)),
    }


def _by_lexicon(project: Described) -> Tags:
    tags = LEXICON.propose(Project(project.title, project.summary, (), (), (), None))
    return [it.code for it in tags if it.kind == "theme"], [it.code for it in tags if it.kind == "public"]


_PROPOSING: Final[Mapping[str, Proposing]] = {
    "beginnings": lambda project: themes_and_publics(project.text),
    "lexicon": _by_lexicon,
    "declared": lambda project: (project.themes, project.publics),
    "no tags": lambda project: ((), ()),
}


def _chance(project: Described, tags: Tags, most: int, with_text: bool) -> Fraction:
    """The chance that a right need is among the first `most`, where a lottery decides between equals."""
    profile = project_profile(
        themes=tuple(tags[0]),
        publics=tuple(tags[1]),
        territories=(_ZONE,),
        summarised=True,
        words=words_of(project.title, project.summary) if with_text else frozenset(),
    )
    equals: dict[int, list[bool]] = {}
    for need in _needs():
        meeting = meet(profile, need)
        fit = fit_of(profile, need, meeting, RULES)
        assert fit is not None
        # What meets in neither is kept apart by a gate; with no tag at all only the text could tell.
        if meeting.themes or meeting.publics or not any(tags):
            equals.setdefault(fit.total, []).append(not need.themes.isdisjoint(project.themes))
    wrong, places = Fraction(1), most
    for _, needs in sorted(equals.items(), reverse=True):
        taken = min(places, len(needs))
        wrong *= Fraction(comb(needs.count(False), taken), comb(len(needs), taken))
        places -= taken
    return 1 - wrong


def _needs() -> Sequence[NeedProfile]:
    """The needs of the demonstration in one zone: one a theme."""
    needs = json.loads(files("deploy.demo").joinpath("data/needs.json").read_text(encoding="utf-8"))["needs"]
    made = [Need.model_validate({"review_on": None} | it) for it in needs if it["territories"] == [_ZONE]]
    return [profile_of_need(it, RULES) for it in made]


def _microseconds(projects: Sequence[Described]) -> float:
    """What the lexicon takes for one of these projects."""
    for project in projects:
        _by_lexicon(project)
    began = time.perf_counter()
    for _ in range(_ROUNDS):
        for project in projects:
            _by_lexicon(project)
    return 1e6 * (time.perf_counter() - began) / (_ROUNDS * len(projects))


def _percent(count: Fraction | int, whole: int) -> str:
    return f"{float(100 * count / whole):.0f} %" if whole else "-"


if __name__ == "__main__":
    main(*sys.argv[1:])
