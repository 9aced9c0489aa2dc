"""The lexicon: proposes what a form left out, by its words, and nothing else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.message import MOST_NAME_CHARACTERS
from libraries.data_files import DataFileError, parse_data_file
from libraries.folding import fold
from libraries.french import WORD, stem_of
from libraries.programme.files import shipped_files
from services.intake.cleaned_forms import Project
from services.intake.lexicon import LEXICON, Lexicon, Tag
from tests.corpus import HELD_OUT, LEARNED
from tests.corpus.weighing import weighed
from tests.unit.intake.plain import plain_proposal


def project_of(title: str, summary: str = "", **tags: tuple[str, ...]) -> Project:
    return Project(title, summary, tags.get("themes", ()), tags.get("publics", ()), (), None)


def _lexicon(whole: Sequence[str] = (), misleading: Sequence[str] = (), **themes: dict[str, list[str]]) -> Lexicon:
    """A lexicon of these themes alone, as its file would have it."""
    said = {
        "version": "1",
        "most": 3,
        "least": 1,
        "least_percent": 50,
        "whole": whole,
        "misleading": misleading,
        "themes": themes,
        "publics": {},
    }
    return parse_data_file(json.dumps(said), "lexicon.json", Lexicon)


def _because(lexicon: Lexicon, text: str) -> tuple[str, ...]:
    """The words for which the one theme of a lexicon is proposed."""
    return next((tag.because for tag in lexicon.propose(project_of(text))), ())


def test_a_text_without_tags_has_some_proposed_with_its_own_words_behind_them() -> None:
    project = project_of(
        title="Écoles de la transition", summary="Des jardins et du recyclage : formations pour des lycéennes."
    )
    assert LEXICON.propose(project) == (
        Tag("theme", "ecological-transition", ("transition", "jardins", "recyclage")),
        Tag("theme", "education", ("Écoles", "lycéennes")),
        Tag("public", "youth", ("lycéennes",)),
    )


def test_what_an_applicant_said_is_not_second_guessed() -> None:
    both = project_of(title="École", themes=("health",), publics=("women",))
    assert LEXICON.propose(both) == ()
    themes_only = project_of(title="École pour les jeunes", themes=("health",))
    assert [tag.kind for tag in LEXICON.propose(themes_only)] == ["public"]


def test_a_word_is_found_in_all_its_forms_and_in_no_other_word() -> None:
    lexicon = _lexicon(inclusion={"3": ["exilé"]})
    for text in ("Les EXILÉS", "une exilée", "Personnes exilées", "l’exil", "les exile\u0301s"):
        assert _because(lexicon, text), text
    assert _because(lexicon, "un textile flexible") == ()


def test_a_word_that_is_read_whole_is_found_as_it_is() -> None:
    lexicon = _lexicon(whole=["répit", "repas"], health={"3": ["répit"]})
    assert _because(lexicon, "Un repit, et du RÉPIT") == ("repit",)
    assert _because(lexicon, "des repas") == ()


def test_words_in_a_row_count_instead_of_each_and_are_shown_as_written() -> None:
    lexicon = _lexicon(housing={"4": ["à la rue", "sans abri"], "1": ["rue", "abri"]})
    assert _because(lexicon, "Les sans-abri, à\n la rue, une rue") == ("sans-abri", "à la rue", "rue")
    assert _because(lexicon, "dialogue sans un abri") == ("abri",)


def test_a_misleading_row_hides_its_words_but_no_row_of_words() -> None:
    lexicon = _lexicon(misleading=["avec soin"], health={"3": ["soin", "soins avec douceur"]})
    assert _because(lexicon, "construit avec soin") == ()
    assert _because(lexicon, "construit avec soin, des soins") == ("soins",)
    assert _because(lexicon, "avec soin avec douceur") == ("soin avec douceur",)


def test_only_what_comes_near_the_first_is_proposed() -> None:
    lexicon = _lexicon(education={"4": ["école"]}, health={"2": ["santé"]}, housing={"1": ["logement"]})
    proposed = lexicon.propose(project_of("Une école de santé au logement"))
    assert [tag.code for tag in proposed] == ["education", "health"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "— … !",
        "Un répertoire pour les clients de l'agence",
        "Nos ingénieurs ont environ dix ordres de grandeur en tête",
        "Écouter, allaiter, traiter : trois traits",
        "Décoré avec soin par nos soins, en lien avec la mairie",
        "Mode d'emploi et emploi du temps d'une jeune entreprise",
        "Sur la droite, un refuge étrange, rue de la Loge",
        "À un prix élevé, cap sur l'alternative",
        "Fermer les yeux sur une exclusivité, développer, collectionner",
    ],
)
def test_words_that_mislead_propose_nothing(text: str) -> None:
    assert LEXICON.propose(project_of(text)) == ()


def test_the_laureates_of_the_announcement_are_recognised() -> None:
    text = files("deploy.demo").joinpath("data/marseille.json").read_text(encoding="utf-8")
    laureates = json.loads(text)["laureates"]
    first = among = 0
    for laureate in laureates:
        project = project_of(title=laureate["name"], summary=laureate["summary_fr"])
        proposed = [tag.code for tag in LEXICON.propose(project) if tag.kind == "theme"]
        first += proposed[0] in laureate["themes"]
        among += bool(set(proposed) & set(laureate["themes"]))
    assert (first, among, len(laureates)) == (20, 20, 20)


def test_projects_from_which_no_point_was_counted_are_recognised() -> None:
    first = {"theme": 0, "public": 0}
    for described in HELD_OUT:
        proposed = LEXICON.propose(project_of(described.title, described.summary))
        for kind, right in (("theme", described.themes), ("public", described.publics)):
            codes = [tag.code for tag in proposed if tag.kind == kind]
            first[kind] += bool(codes) and codes[0] in right
    assert (first, len(HELD_OUT)) == ({"theme": 31, "public": 26}, 33)


def test_the_points_are_those_that_the_corpus_gives() -> None:
    text = shipped_files()["lexicon.toml"]
    assert weighed(LEXICON) == text, "run `make lexicon`"


def _entries() -> Iterator[tuple[str, str, str, int]]:
    for kind, codes in (("theme", LEXICON.themes), ("public", LEXICON.publics)):
        for code, groups in codes.items():
            for points, group in groups.items():
                for row in group:
                    yield kind, code, row, points


def test_every_entry_is_found() -> None:
    best = {(kind, code): row for kind, code, row, _ in reversed(list(_entries()))}
    for kind, code, row, points in _entries():
        # What has too few points alone needs another word beside it.
        text = row if points >= LEXICON.least else f"{row}, puis {best[kind, code]}"
        found = [tag.because[0] for tag in LEXICON.propose(project_of(text)) if (tag.kind, tag.code) == (kind, code)]
        assert found == [row], code


def test_no_word_is_read_whole_and_no_row_misleads_without_need() -> None:
    said = {fold(word): stem_of(word) for *_, row, _ in _entries() for word in WORD.findall(row)}
    for word in LEXICON.whole:
        folded, stem = fold(word), stem_of(word)
        assert folded in said or stem in said.values(), word
    alone = {LEXICON.read(row) for *_, row, _ in _entries()}
    for row in LEXICON.misleading:
        assert any((word,) in alone for word in LEXICON.read(row)), row


@pytest.mark.parametrize(
    ("themes", "said"),
    [
        ({"3": ["…"]}, r"themes\.education\.3\.0: .*'…' has no word: it would never be found"),
        ({"0": ["école"]}, r"themes\.education\.0"),
        ({"3": ["école"], "2": ["Écoles"]}, "themes.education: 'école' and 'Écoles' are forms of the same words"),
        ({"3": ["école", "école"]}, "themes.education: 'école' and 'école' are forms of the same words"),
    ],
)
def test_what_would_never_count_is_refused_by_file_and_field(themes: dict[str, list[str]], said: str) -> None:
    with pytest.raises(DataFileError, match=rf"lexicon\.json: .*{said}"):
        _lexicon(education=themes)


def test_a_word_and_a_row_are_what_they_should_be() -> None:
    with pytest.raises(DataFileError, match=r"whole\.0: .*'à la rue' is not one word"):
        _lexicon(whole=["à la rue"])
    with pytest.raises(DataFileError, match=r"misleading\.0: .*'soin' is not several words"):
        _lexicon(misleading=["soin"])


_pieces = (
    st.sampled_from((*(row for *_, row, _ in _entries()), *LEXICON.misleading, *LEXICON.whole))
    | st.sampled_from(("et", "d'", "É", "es", "a", "16", "-", "œ", "½", "\u202f"))
    | st.text(max_size=4)
)
_texts = st.lists(st.tuples(_pieces, st.sampled_from((" ", "", " ", "’", "s ")))).map(
    lambda pairs: "".join(piece + gap for piece, gap in pairs)
)


@given(_texts, _texts)
def test_any_text_gets_the_tags_that_its_words_give(title: str, summary: str) -> None:
    proposed = LEXICON.propose(project_of(title, summary))
    text = f"{title} {summary}"
    assert [(tag.kind, tag.code, len(tag.because)) for tag in proposed] == [
        *(("theme", *tag) for tag in plain_proposal(LEXICON, LEXICON.themes, text)),
        *(("public", *tag) for tag in plain_proposal(LEXICON, LEXICON.publics, text)),
    ]
    written = f" {' '.join(WORD.findall(text))} "
    for words in (words for tag in proposed for words in tag.because):
        assert f" {' '.join(WORD.findall(words))} " in written
        assert len(words) <= MOST_NAME_CHARACTERS


def test_a_word_that_folds_to_a_known_one_and_fits_into_no_event_suggests_nothing() -> None:
    known = "Insertion professionnelle des jeunes chômeurs"
    # A mark of Japanese, which is a letter and folds to nothing.
    long = known.replace("jeunes", "jeunes" + "\uff9e" * 5_000)
    assert LEXICON.propose(project_of(known, known))
    for tag in LEXICON.propose(project_of(known, long)):
        assert all(len(words) <= MOST_NAME_CHARACTERS for words in tag.because)
    assert not LEXICON.propose(project_of("", "chômeurs" + "\uff9e" * 5_000))


_SHOWN = """
from services.intake.cleaned_forms import Project
from services.intake.lexicon import LEXICON
from tests.corpus import LEARNED
for it in LEARNED:
    print(LEXICON.propose(Project(it.title, it.summary, (), (), (), None)))
"""


def test_the_same_is_proposed_whatever_python_makes_of_sets() -> None:
    shown = {
        subprocess.run(
            [sys.executable, "-c", _SHOWN],
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
            stdout=subprocess.PIPE,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(shown) == 1
    assert len(shown.pop().splitlines()) == len(LEARNED)
