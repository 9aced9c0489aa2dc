"""The lexicon: proposes what a form left out, by its words, and nothing else."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from contracts.applications import DeclaredProject
from services.intake.lexicon import LEXICON, Lexicon
from tests.unit.intake.plain import plain_proposal


def _lexicon(**changes: Any) -> Lexicon:
    text = files("services.intake").joinpath("lexicon.json").read_text(encoding="utf-8")
    return TypeAdapter(Lexicon).validate_python({**json.loads(text), **changes})


def test_a_text_without_tags_has_some_proposed_with_the_words_behind_them() -> None:
    project = DeclaredProject(
        title="Écoles de la transition", summary="Des jardins et du recyclage : formations pour des lycéennes."
    )
    proposed = LEXICON.propose(project)
    assert [(it.kind, it.code) for it in proposed] == [
        ("theme", "ecological-transition"),
        ("theme", "education"),
        ("public", "youth"),
    ]
    assert proposed[0].because == ("jardin", "recycl")


def test_what_an_applicant_said_is_not_second_guessed() -> None:
    both = DeclaredProject(title="École", themes=("health",), publics=("women",))
    assert LEXICON.propose(both) == ()
    themes_only = DeclaredProject(title="École pour les jeunes", themes=("health",))
    assert [it.kind for it in LEXICON.propose(themes_only)] == ["public"]


def test_a_beginning_is_that_of_a_word_or_of_words_in_a_row() -> None:
    lexicon = _lexicon(themes={"housing": ["sans abri", "log"]}, publics={})
    assert lexicon.propose(DeclaredProject(title="Dialogue sans un abri")) == ()
    assert lexicon.propose(DeclaredProject(title="Personnes sans abris"))[0].because == ("sans abri",)
    assert lexicon.propose(DeclaredProject(title="L'logement"))[0].code == "housing"


def test_the_laureates_of_the_announcement_are_recognised() -> None:
    text = files("deploy.demo").joinpath("data/marseille.json").read_text(encoding="utf-8")
    laureates = json.loads(text)["laureates"]
    proposed = {
        it["name"]: [
            tag.code
            for tag in LEXICON.propose(DeclaredProject(title=it["name"], summary=it["summary_fr"]))
            if tag.kind == "theme"
        ]
        for it in laureates
    }
    first = sum(bool(proposed[it["name"]]) and proposed[it["name"]][0] in it["themes"] for it in laureates)
    among = sum(bool(set(proposed[it["name"]]) & set(it["themes"])) for it in laureates)
    assert (first, among, len(laureates)) == (18, 20, 20)


def test_a_beginning_that_would_never_be_found_is_refused() -> None:
    with pytest.raises(ValidationError, match="'École' is not folded"):
        _lexicon(themes={"education": ["École"]})


_BEGINNINGS = [it for codes in (LEXICON.themes, LEXICON.publics) for its in codes.values() for it in its]
_pieces = st.sampled_from((*_BEGINNINGS, "et", "d'", "É", "es", "a", "16", "-", "quartier")) | st.text(max_size=4)
_texts = st.lists(st.tuples(_pieces, st.sampled_from((" ", "", " ", "’", "s ")))).map(
    lambda pairs: "".join(piece + gap for piece, gap in pairs)
)


@given(_texts, _texts)
def test_any_text_gets_the_tags_that_its_words_begin_with(title: str, summary: str) -> None:
    project = DeclaredProject.model_construct(title=title, summary=summary, themes=(), publics=())
    proposed = [(it.kind, it.code, it.because) for it in LEXICON.propose(project)]
    assert proposed == [
        *(("theme", *its) for its in plain_proposal(project, LEXICON.themes)),
        *(("public", *its) for its in plain_proposal(project, LEXICON.publics)),
    ]
