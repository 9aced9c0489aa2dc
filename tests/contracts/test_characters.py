"""Characters that split, hide or turn text around are harmless in whatever the contracts take, and in what we say."""

from __future__ import annotations

import json
import tomllib
import unicodedata
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from contracts.applications import ApplicationSubmitted, Identifier
from contracts.characters import lines, one_line
from contracts.message import (
    Comment,
    EmailAddress,
    LongText,
    Name,
    PersonName,
    Reason,
    Sentence,
    ShortText,
)
from contracts.typed import DeclaredPerson
from tests.forms import application, identifier
from tests.typed import reached

CASES: list[dict[str, str]] = tomllib.loads(
    (Path(__file__).parent / "characters.toml").read_text(encoding="utf-8")
)["cases"]  # fmt: skip
ABOUT = [case["about"] for case in CASES]
# Signs that stand visibly under digits, though Unicode counts them among what only forms text.
SEEN = {*range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD}
HARMFUL = {"Cc", "Cf", "Zl", "Zp"}
TRICKS = "\u200c\u200d\u200b\u0301e\u2028\r\n\t\u0085\u0644\u06cc\u0dca\u0dbb\U0001f469\u2764\ufe0f\U0001f3f4\U000e0067"
TEXTS = st.text(st.sampled_from(TRICKS) | st.characters(codec="utf-8"), max_size=40)


@pytest.mark.parametrize("case", CASES, ids=ABOUT)
def test_what_is_written_on_one_line(case: dict[str, str]) -> None:
    for kind in (ShortText, PersonName, Name):
        adapter: TypeAdapter[str] = TypeAdapter(kind)
        assert adapter.validate_json(json.dumps(case["written"]), strict=True) == case["one_line"]
    assert TypeAdapter[str](Identifier).validate_python(case["written"][:40]) == one_line(case["written"][:40]).strip()


@pytest.mark.parametrize("case", CASES, ids=ABOUT)
def test_what_is_written_on_several(case: dict[str, str]) -> None:
    for kind in (LongText, Comment, Sentence):
        adapter: TypeAdapter[str] = TypeAdapter(kind)
        expected = case.get("lines", case["one_line"])
        assert adapter.validate_json(json.dumps(case["written"]), strict=True) == expected


@given(TEXTS)
@example("\r\u200b\n")
@example("\u0644\u200d\u200b\u200c\u0644")
def test_nothing_is_left_that_splits_or_hides_and_a_second_time_changes_nothing(text: str) -> None:
    for repair, allowed in ((one_line, ""), (lines, "\n\t")):
        repaired: str = repair(text)
        assert repair(repaired) == repaired
        assert unicodedata.is_normalized("NFC", repaired)
        assert len(repaired.replace("\n", " ").splitlines()) <= 1
        left = {letter for letter in repaired if unicodedata.category(letter) in HARMFUL} - set(allowed) - {"\0"}
        assert {ord(letter) for letter in left} <= SEEN | {0x200C, 0x200D} | set(range(0xE0020, 0xE0080))


def test_every_control_format_and_separator_of_unicode_is_dealt_with() -> None:
    for code in range(1, 0x110000):
        if 0xD800 <= code < 0xE000:
            continue
        letter = chr(code)
        if unicodedata.category(letter) in HARMFUL and code not in SEEN:
            assert one_line(f"a{letter}b") in ("ab", "a b"), hex(code)
            assert lines(f"a{letter}b") in ("ab", "a\nb", "a\tb"), hex(code)


def test_addresses_and_telephones_lose_what_is_around_them_and_what_hides() -> None:
    person = DeclaredPerson(
        person_id=identifier("somebody"),
        name="E\u0301lo\u00efse\u2028Durand",
        email=" \u200beloise@asso.example\u2028",
        telephone="\u202a+33 6 12 34 56 78\u202c",
    )
    read = reached(person)
    assert (read.name, read.email) == ("Éloïse Durand", "eloise@asso.example")
    assert read.telephone == "+33 6 12 34 56 78"
    for broken in ("a\u2028b@asso.example", "\u200b@asso.example", "a@\u2029b.example"):
        with pytest.raises(ValidationError):
            TypeAdapter(EmailAddress).validate_python(broken)


def test_bounds_hold_for_what_is_kept() -> None:
    short: TypeAdapter[str] = TypeAdapter(ShortText)
    assert short.validate_python("\u200b" * 300 + "a") == "a"
    assert short.validate_python("e\u0301" * 200) == "é" * 200
    for refused in ("\u200b", "x" * 201, "a\0", 1, None, ["a"]):
        with pytest.raises(ValidationError):
            short.validate_python(refused)


def test_a_form_that_is_full_of_them_is_repaired_and_so_are_events_of_our_own() -> None:
    document = json.loads(application("a").model_dump_json())
    trick = "a\u2028\u202eb\u200b"
    document["organisation"] |= {"name": trick, "siren": trick, "rna": trick}
    document["project"] |= {"title": trick, "summary": trick}
    document["lead"]["name"] = trick
    form = ApplicationSubmitted.model_validate_json(json.dumps(document), strict=True)
    assert (form.organisation.name, form.organisation.siren, form.organisation.rna) == ("a b", "a b", "a b")
    assert (form.project.title, form.project.summary, form.lead.name) == ("a b", "a\nb", "a b")
    said = Reason(code="siren", field=trick, fr=trick, en=trick)
    assert (said.field, said.fr) == ("a b", "a\nb")


@given(st.text(st.characters(codec="cp1252") | st.sampled_from("\n\t\r\x00\x07\x85\xa0\xad\u200b\u2019\u0153\u0301")))
def test_what_is_passed_over_quickly_has_nothing_to_repair(text: str) -> None:
    for repaired in (one_line(text), lines(text)):
        # Repaired once more by the long way: what the quick one let through would show here.
        assert _long_way(repaired) == repaired


def _long_way(text: str) -> str:
    """The same without what looks at code pages: a letter beyond both of them leads there."""
    beyond = "\u0100"
    repaired: str = lines(text + beyond)
    return repaired.removesuffix(beyond)
