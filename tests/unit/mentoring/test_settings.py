"""What people set: each file is read strictly, and what is wrong in one is said with the file and the field."""

from __future__ import annotations

import pytest
from pydantic import BaseModel

from libraries.data_files import DataFileError, parse_data_file
from libraries.programme.files import shipped_files
from services.mentoring.settings.pairing_rules import RULES, PairingRules
from services.mentoring.settings.rhythms import SETTINGS, MentoringSettings
from services.mentoring.settings.sentences import SENTENCES, Sentences

MODELS: dict[str, type[BaseModel]] = {
    "pairing_rules.toml": PairingRules,
    "rhythms.toml": MentoringSettings,
    "sentences/mentoring.toml": Sentences,
}


def changed(name: str, before: str, after: str) -> str:
    """The text of a file with one thing changed."""
    text = shipped_files()[name]
    assert before in text
    return text.replace(before, after, 1)


@pytest.mark.parametrize(
    ("name", "before", "after", "words"),
    [
        ("pairing_rules.toml", "skills = 600", "skills = 601", "weights: Value error, the weights must add up to 1000"),
        ("pairing_rules.toml", "unstated = 500", 'unstated = "500"', "unstated: Input should be a valid integer"),
        ("pairing_rules.toml", "seed =", "sed =", "sed: Extra inputs are not permitted"),
        ("rhythms.toml", "alternates = 3", "alternates = -1", "alternates: Input should be greater than or equal to 0"),
        ("rhythms.toml", "until = 18:00:00", "until = 18", "until: "),
        ("rhythms.toml", "after_days = 60", "after_days = 45", "rhythm: Value error, each step must come later"),
        ("rhythms.toml", "term_months = 6", "term_months = 19", "rhythm: Value error, term_months 19 can't be more"),
        ("rhythms.toml", "premises = 30", "premises = 0", "obstacles.work_days.premises: Input should be greater"),
        ("rhythms.toml", '"networking"\nobstacle', '"dancing"\nobstacle', "begun_by names dancing, which is none"),
        ("rhythms.toml", "one_pair_a_project = true", "one_pair_a_project = yes", "this is no TOML"),
        (
            "sentences/mentoring.toml",
            "[sentences.fit-skills]\nfr",
            "[sentences.fit-skills]\nde",
            "sentences.fit-skills.fr: Field",
        ),
        (
            "sentences/mentoring.toml",
            'version = "2025-8"',
            'version = "2025 6"',
            "version: String should match pattern",
        ),
    ],
)
def test_what_is_wrong_in_a_file_is_said_with_its_place(name: str, before: str, after: str, words: str) -> None:
    with pytest.raises(DataFileError) as error:
        parse_data_file(changed(name, before, after), name, MODELS[name])
    assert str(error.value).startswith(f"{name}: ")
    assert words in str(error.value)


def test_the_values_are_those_that_were_agreed() -> None:
    assert (RULES.weights.skills, RULES.weights.territory, RULES.weights.availability) == (600, 250, 150)
    assert (SETTINGS.window_days, SETTINGS.window_pairs, SETTINGS.offer_work_days) == (30, 3, 5)
    assert (SETTINGS.rhythm.term_months, SETTINGS.rhythm.longest_months) == (6, 18), "as the partnership has it"
    assert (str(SETTINGS.work_days.zone), SETTINGS.until.hour) == ("Europe/Paris", 18)


def test_each_kind_of_obstacle_and_each_action_that_a_refusal_offers_can_be_chosen() -> None:
    for code, number in (
        ("obstacle-kind-unknown", len(SETTINGS.obstacles.work_days)),
        ("support-action-unknown", len(SETTINGS.support.actions)),
    ):
        (sentence,) = SENTENCES.sentences[code].en
        offered = sentence.partition("Choose ")[2].replace(" or ", ", ").split(", ")
        assert len(offered) == number
