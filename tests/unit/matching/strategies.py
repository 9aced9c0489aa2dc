"""Projects and needs for property tests, out of small vocabularies, so that they often meet."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from contracts.applications import ApplicationRegistered
from contracts.needs import NeedDeclared
from services.matching.settings.rules import RULES
from services.matching.states.candidates import Candidate, candidate_of
from services.matching.states.need_forms import ReadNeed, read_need
from services.matching.states.needs import Need, need_document
from tests.unit.matching.events import START, declared, registered

_THEMES = ("health", "housing", "education", "inclusion")
_PUBLICS = ("youth", "women", "elders")
_TERRITORIES = ("13201", "13202", "marseille", "13055", "quartiers-nord")
_WORDS = (
    "cuisine",
    "emploi",
    "logement",
    "santé",
    "école",
    "avec",
    "des",
    "atelier",
    "numérique",
    "jardin",
    "quartier",
)


def _codes(codes: tuple[str, ...], *, least: int = 0) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(codes), min_size=least, max_size=3, unique=True).map(tuple)


_text = st.lists(st.sampled_from(_WORDS), max_size=12).map(" ".join)
names = st.integers(0, 2**32).map(str)

project_changes: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {"summary": _text, "themes": _codes(_THEMES), "publics": _codes(_PUBLICS), "territories": _codes(_TERRITORIES)}
)
need_changes: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {
        "description": _text,
        "themes": _codes(_THEMES, least=1),
        "publics": _codes(_PUBLICS),
        "territories": _codes(_TERRITORIES, least=1),
        "coverage": st.sampled_from(("uncovered", "poorly-covered", "covered")),
        "salience": st.sampled_from(("ordinary", "pressing")),
        "capacity": st.integers(0, 3),
        "review_on": st.sampled_from((None, date(2025, 7, 1))),
    }
)


def need_of(form: NeedDeclared) -> Need:
    """The need that a form declares."""
    read = read_need(form, START)
    assert isinstance(read, ReadNeed)
    document = need_document(UUID(int=form.need_id.int ^ 1), read.content, RULES)
    return Need(form.need_id, 1, "open", form.owner.person_id, document, "urn:form:test", START)


applications: st.SearchStrategy[ApplicationRegistered] = st.builds(
    lambda name, changes: registered(name, **changes), names, project_changes
)
candidates: st.SearchStrategy[Candidate] = applications.map(lambda form: candidate_of(form, START))
needs: st.SearchStrategy[Need] = st.builds(
    lambda name, changes: need_of(declared(name, **changes)), names, need_changes
)
