"""The lexicon: proposes what a form left out, by its words, and nothing else."""

from __future__ import annotations

import json
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libraries.data_files import DataFileError, parse_data_file
from services.intake.cleaned_forms import Project
from services.intake.lexicon import LEXICON, Lexicon
from tests.unit.intake.plain import plain_proposal


def project_of(title: str, summary: str = "", **tags: tuple[str, ...]) -> Project:
    return Project(title, summary, tags.get("themes", ()), tags.get("publics", ()), (), None)


def _lexicon(**themes: list[str]) -> Lexicon:
    """A lexicon of these themes alone, as its file would have it."""
    lines = "".join(f"{code} = {json.dumps(beginnings, ensure_ascii=False)}\n" for code, beginnings in themes.items())
    return parse_data_file(f'version = "1"\nmost = 3\n[publics]\n[themes]\n{lines}', "lexicon.toml", Lexicon)


def test_a_text_without_tags_has_some_proposed_with_the_words_behind_them() -> None:
    project = project_of(
        title="Écoles de la transition", summary="Des jardins et du recyclage : formations pour des lycéennes."
    )
    proposed = LEXICON.propose(project)
    assert [(tag.kind, tag.code) for tag in proposed] == [
        ("theme", "ecological-transition"),
        ("theme", "education"),
        ("public", "youth"),
    ]
    assert proposed[0].because == ("jardin", "recycl")


def test_what_an_applicant_said_is_not_second_guessed() -> None:
    both = project_of(title="École", themes=("health",), publics=("women",))
    assert LEXICON.propose(both) == ()
    themes_only = project_of(title="École pour les jeunes", themes=("health",))
    assert [tag.kind for tag in LEXICON.propose(themes_only)] == ["public"]


def test_a_beginning_is_that_of_a_word_or_of_words_in_a_row() -> None:
    lexicon = _lexicon(housing=["sans abri", "log"])
    assert lexicon.propose(project_of(title="Dialogue sans un abri")) == ()
    assert lexicon.propose(project_of(title="Personnes sans abris"))[0].because == ("sans abri",)
    assert lexicon.propose(project_of(title="L'logement"))[0].code == "housing"


def test_the_laureates_of_the_announcement_are_recognised() -> None:
    text = files("deploy.demo").joinpath("data/marseille.json").read_text(encoding="utf-8")
    laureates = json.loads(text)["laureates"]
    first = among = 0
    for laureate in laureates:
        project = project_of(title=laureate["name"], summary=laureate["summary_fr"])
        proposed = [tag.code for tag in LEXICON.propose(project) if tag.kind == "theme"]
        first += bool(proposed) and proposed[0] in laureate["themes"]
        among += bool(set(proposed) & set(laureate["themes"]))
    assert (first, among, len(laureates)) == (18, 20, 20)


@pytest.mark.parametrize(
    ("beginning", "said"), [("École", "'École' is not folded"), ("", "fewer than 3"), ("ru", "'ru' has fewer than 3")]
)
def test_a_beginning_that_would_never_be_found_is_refused_by_file_and_field(beginning: str, said: str) -> None:
    with pytest.raises(DataFileError, match=rf"lexicon\.toml: themes\.education\.0: .*{said}"):
        _lexicon(education=[beginning])


_BEGINNINGS = [
    beginning
    for codes in (LEXICON.themes, LEXICON.publics)
    for beginnings in codes.values()
    for beginning in beginnings
]
_pieces = st.sampled_from((*_BEGINNINGS, "et", "d'", "É", "es", "a", "16", "-", "quartier")) | st.text(max_size=4)
_texts = st.lists(st.tuples(_pieces, st.sampled_from((" ", "", " ", "’", "s ")))).map(
    lambda pairs: "".join(piece + gap for piece, gap in pairs)
)


@given(_texts, _texts)
def test_any_text_gets_the_tags_that_its_words_begin_with(title: str, summary: str) -> None:
    project = project_of(title, summary)
    proposed = [(tag.kind, tag.code, tag.because) for tag in LEXICON.propose(project)]
    assert proposed == [
        *(("theme", *tag) for tag in plain_proposal(project, LEXICON.themes)),
        *(("public", *tag) for tag in plain_proposal(project, LEXICON.publics)),
    ]
