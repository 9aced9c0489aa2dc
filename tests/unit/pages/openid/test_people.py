"""Who somebody is by what a provider says of them: what the file lets in, and nobody else."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from libraries.data_files import DataFileError, parse_data_file
from libraries.pages.openid.people import People, entitlements, known_as

PERSON = "0192f0c1-2a3b-7c4d-8e5f-0a1b2c3d4e5f"
FILE = f"""
version = 1
mail_is_verified = false

[required]
siret = ["21130055300016", "21130055300024"]

[[people]]
subject = "sub-1"
name = "Camille Dupont"
person_id = "{PERSON}"
roles = ["officer"]
directorate = "education"

[[people]]
mail = "Ada.Martin@ville.example"
roles = ["programme-head"]

[[groups]]
claim = "groups"
value = "engage"
roles = ["reader"]

[[groups]]
claim = "department"
value = "7"
roles = ["operator"]
"""
CITY = {"sub": "sub-9", "siret": "21130055300016"}


def people(text: str = FILE) -> People:
    return parse_data_file(text, "people.toml", People)


def test_somebody_is_known_by_their_subject() -> None:
    claims = {**CITY, "sub": "sub-1", "name": "Another Name"}
    known = known_as(people(), claims)
    assert known is not None
    assert (known.subject, known.name, known.person_id) == ("sub-1", "Camille Dupont", UUID(PERSON))
    assert (known.roles, known.directorate) == (("officer",), "education")


def test_roles_of_groups_come_beside_ones_own() -> None:
    known = known_as(people(), {**CITY, "sub": "sub-1", "groups": ["x", "engage"]})
    assert known is not None
    assert known.roles == ("officer", "reader")


@pytest.mark.parametrize(
    "claims",
    [
        {},
        {"groups": "engages"},
        {"groups": {"engage": True}},
        {"groups": [["engage"]]},
        {"groups": None},
        {"department": 8},
        {"department": True},
        {"sub": "SUB-1"},
        {"email": "ada.martin@ville.example"},
        {"email": "ada.martin@ville.example", "email_verified": "true"},
        {"email": "ada.martin@ville.example", "email_verified": False},
        {"email": ["ada.martin@ville.example"], "email_verified": True},
        {"sub": "sub-1", "siret": "11111111111111"},
        {"sub": "sub-1", "siret": None},
        {"sub": "sub-1", "siret": []},
    ],
    ids=str,
)
def test_nobody_else_is_let_in(claims: dict[str, Any]) -> None:
    assert known_as(people(), {**CITY, **claims}) is None


@pytest.mark.parametrize(
    ("claims", "roles"),
    [
        ({"groups": "engage"}, ("reader",)),
        ({"department": 7}, ("operator",)),
        ({"department": "7", "groups": ["engage"]}, ("reader", "operator")),
        ({"email": "ADA.martin@ville.example", "email_verified": True}, ("programme-head",)),
        ({"siret": 21130055300024, "groups": ["engage"]}, ("reader",)),
    ],
    ids=str,
)
def test_a_claim_may_be_a_text_a_number_or_a_list(claims: dict[str, Any], roles: tuple[str, ...]) -> None:
    known = known_as(people(), {**CITY, **claims})
    assert known is not None
    assert known.roles == roles


def test_mail_is_taken_where_the_provider_vouches_for_it() -> None:
    claims = {**CITY, "email": "ada.martin@ville.example"}
    assert known_as(people(FILE.replace("verified = false", "verified = true")), claims) is not None


@pytest.mark.parametrize(
    ("claims", "name"),
    [
        ({"name": "Ada Martin", "given_name": "A", "usual_name": "M"}, "Ada Martin"),
        ({"given_name": "Ada", "usual_name": "Martin", "family_name": "Born"}, "Ada Martin"),
        ({"given_name": "Ada", "family_name": "Martin"}, "Ada Martin"),
        ({"name": " ", "preferred_username": "ada"}, "ada"),
        ({"name": 7}, "sub-9"),
        ({"name": "Ada\n\x1b[31m  Martin\u202e"}, "Ada [31m Martin"),
        ({"name": "x" * 500}, "x" * 100),
        ({"sub": "\x00"}, "?"),
    ],
    ids=str,
)
def test_somebody_is_shown_by_the_name_that_there_is(claims: dict[str, Any], name: str) -> None:
    known = known_as(people(), {**CITY, "groups": ["engage"], **claims})
    assert known is not None
    assert known.name == name


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('version = 1\n[[people]]\nroles = ["reader"]\n', "a person is known by one of subject and mail"),
        ('version = 1\n[[people]]\nsubject = "a"\nmail = "a@b.c"\nroles = ["reader"]\n', "one of subject and mail"),
        ('version = 1\n[[people]]\nsubject = "a"\nroles = ["officer"]\n', "an officer is one of a directorate"),
        ('version = 1\n[[people]]\nsubject = "a"\nroles = []\n', "people.0.roles"),
        ('version = 1\n[[people]]\nsubject = "a"\nroles = ["boss"]\n', "people.0.roles.0"),
        ('version = 1\n[[people]]\nsubject = "a"\nrole = ["reader"]\n', "did you mean roles?"),
        ('version = 1\n[[people]]\nsubject = "a"\nroles = ["reader"]\nperson_id = "7"\n', "people.0.person_id"),
        ("version = 2\n", "version"),
        (
            'version = 1\n[[people]]\nmail = "A@b.c"\nroles = ["reader"]\n'
            '[[people]]\nmail = "a@B.c"\nroles = ["operator"]\n',
            "people 1 and 2 are one",
        ),
    ],
)
def test_a_file_that_can_not_be_meant_is_refused_by_field(text: str, said: str) -> None:
    with pytest.raises(DataFileError, match=said.replace("?", r"\?")):
        people(text)


def test_what_is_wrong_is_told_without_whom_it_is_about() -> None:
    with pytest.raises(DataFileError) as error:
        people('version = 1\n[[people]]\nmail = "ada.martin"\nroles = ["reader"]\n')
    assert "people.0.mail" in str(error.value)
    assert "ada.martin" not in str(error.value)


@pytest.mark.parametrize(
    ("old", "new", "stays"),
    [
        ("[[groups]]", '[[people]]\nsubject = "sub-2"\nroles = ["reader"]\n\n[[groups]]', True),
        ('subject = "sub-1"', 'subject = "sub-2"', False),
        ('directorate = "education"', 'directorate = "health"', False),
        ('value = "engage"\nroles = ["reader"]', 'value = "engage"\nroles = ["operator"]', False),
        (', "21130055300024"', "", False),
        ("mail_is_verified = false", "mail_is_verified = true", False),
        ('value = "7"', 'value = "8"', True),
    ],
    ids=lambda each: str(each).partition("\n")[0],
)
def test_what_lets_somebody_in_is_another_thing_where_it_says_another(old: str, new: str, stays: bool) -> None:
    known = known_as(people(), {**CITY, "sub": "sub-1", "groups": ["engage"]})
    assert known is not None
    assert len(known.entitled_by) == 2
    assert entitlements(people()).issuperset(known.entitled_by)
    changed = people(FILE.replace(old, new, 1))
    assert entitlements(changed).issuperset(known.entitled_by) == stays
