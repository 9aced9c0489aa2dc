"""What people type: repaired where the meaning is certain, else a slip with its sentence."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from contracts.contacts import ContactPublished
from contracts.typed import DeclaredPerson
from libraries.places.communes import commune, may_be_postal, same_place
from libraries.places.territories import territory
from libraries.typed import addresses, numbers, texts
from libraries.typed.people import read_person
from libraries.typed.slip import Asked, Reading, Slip, Typed, plain
from libraries.typed.words import SLIPS, reasons_of
from libraries.vocabularies.vocabularies import theme
from tests.ids import identifier

Reader = Callable[[Typed], Any]


def amount(typed: Typed) -> int | None:
    return numbers.whole_number(typed, least=0, most=10**12)


def founding(typed: Typed) -> date | None:
    return numbers.day(typed, first=date(1800, 1, 1), last=date(2099, 12, 31))


def outcome(reader: Reader, typed: Typed) -> Any:
    try:
        return reader(typed)
    except Slip as slip:
        return f"? {slip.code}"


AMOUNTS = {
    85000.0: 85000, "85000": 85000, "85000.00": 85000, "85000,00": 85000, "85 000": 85000,
    "85\u202f000\u00a0€": 85000, "85 000 EUR": 85000, "€85,000.00": 85000, "85.000,00": 85000, "1.250.000": 1_250_000,
    "85 k€": 85000, "1,5 M€": 1_500_000, "'85000": 85000, "８５０００": 85000,
    "": None, "N/A": None, "néant": None, "-": None,
    "85.000": "? number-unclear", "85,000": "? number-unclear", "environ 85000": "? number-unclear",
    "85000.5": "? number-not-whole", 85000.5: "? number-not-whole", "-5": "? number-out-of-range",
    "9" * 40: "? number-out-of-range", "12 34": "? number-unclear", "1e9": "? number-unclear",
}  # fmt: skip
DAYS = {
    "2019-12-31": date(2019, 12, 31), "31/12/2019": date(2019, 12, 31), "31.12.2019": date(2019, 12, 31),
    "31 décembre 2019": date(2019, 12, 31), "1er mars 2015": date(2015, 3, 1), "01/02/2019": date(2019, 2, 1),
    "12/31/2019": date(2019, 12, 31), "2019-12-31T00:00:00Z": date(2019, 12, 31), "le 3 avr. 2018": date(2018, 4, 3),
    "2019-12-30T23:00:00.000Z": date(2019, 12, 31), "2019-06-29T22:00:00Z": date(2019, 6, 30),
    "2019-06-29T23:00:00Z": date(2019, 6, 29), "2019-12-31T00:00:00+02:00": date(2019, 12, 31),
    "2019-12-31T00:00:00": date(2019, 12, 31), "0001-01-01T00:00:00+14:00": "? day-out-of-range",
    "": None, "n.c.": None, "31/12/19": "? day-unclear", "2015": "? day-unclear", 43830: "? day-unclear",
    "30/02/2019": "? day-unclear", "31/12/1799": "? day-out-of-range", "hier": "? day-unclear",
}  # fmt: skip
EMAILS = {
    'x <"a@b"@asso.example>': "? email-unclear", ">\u1680x@asso.example": "x@asso.example",
    "x@asso.example ": "x@asso.example", "<x@asso.example>": "x@asso.example",
    "mailto:x@asso.example": "x@asso.example",
    "Ada <x@asso.example>": "x@asso.example", "x@asso.example;": "x@asso.example", "'x@asso.example'": "x@asso.example",
    "“x@asso.example”": "x@asso.example", "x@asso.example.": "x@asso.example", "été@exämple.fr": "été@exämple.fr",
    "x\u200b@asso.example": "x@asso.example", "": None, "N/A": None, "x@asso,example": "? email-unclear",
    "x @asso.example": "? email-unclear", "x@asso..fr": "? email-unclear", "x(at)asso.fr": "? email-unclear",
    "a@b.fr, c@d.fr": "? email-unclear",  "x@1.2.3.4": "? email-unclear", "x@b_c.fr": "? email-unclear", "x@localhost":
    "? email-unclear",
}  # fmt: skip
TELEPHONES = {
    "": None, "06 12 34 56 78": "06 12 34 56 78", "Tél : 04.91.00.00.00": "04.91.00.00.00", 612345678: "0612345678",
    "+33 (0)4 91 00 00 00": "+33 (0)4 91 00 00 00", "04/91/00/00/00": "04 91 00 00 00", "04‑91-00-00-00":
    "04-91-00-00-00", "0612345678.0": "0612345678", "612345678.0": "0612345678", "+33612345678,0": "+33612345678",
    "06.12.34.56.70": "06.12.34.56.70",
    "(+33) 6 12 34 56 78": "+33 6 12 34 56 78", "06 12 34 56 78 ;": "06 12 34 56 78",
    "------": "? telephone-unclear", "0491 poste 12": "? telephone-unclear",
    "06 12 34 56 78 ou 04 91 00 00 00": "? telephone-unclear",
}  # fmt: skip
COMMUNES = {
    "13203": "13203", "13055": "13055", 13055: "13055", "13055.0": "13055", "1004": "01004", "2a004": "2A004",
    "Marseille": "13055", "MARSEILLE CEDEX 02": "13055", "Marseille 3e": "13203", "13003 Marseille": "13203",
    "3e arrondissement de Marseille": "13203", "75011 Paris": "75111", "75011": "75111", "69003 Lyon": "69383",
    "Aubagne": "13005", "13400 Aubagne": "13005", "Aix en Provence": "13001",
    "93200 St Denis": "93066", "Nouméa": "98818",
    "97411": "97411", "99132": "99132", "Marseille (13)": "13055", "": None, "N/A": None, "13003": "13003",
    "Saint-Denis": "? commune-several", "La Réunion": "? commune-several", "Nulle-Part": "? commune-unknown",
    "12345": "? commune-unknown", "99999": "? commune-unknown", "Marseille 17e": "? commune-unknown",
}  # fmt: skip
TERRITORIES = {
    "13203": "13203", "13003": "13203", "13 003": "13203", "13003 Marseille": "13203", "3e": "13203", "3ème": "13203",
    "Marseille 3e arrondissement": "13203", "arrondissement 4": "13204", "1er": "13201", 16: "13216",
    "Quartiers Nord": "quartiers-nord", "quartiers_nord": "quartiers-nord",
    "MARSEILLE": "marseille", "13055": "marseille",
    "toute la ville": "marseille", "qn01304m": "QN01304M", "": None, "13299": "? territory-unknown",
    "Marseille 17e": "? territory-unknown", "La Ciotat": "? territory-unknown", "13017": "? territory-unknown",
}  # fmt: skip
CODES = {
    "youth-employment": "youth-employment", "Youth_Employment ": "youth-employment", "Éducation": "education",
    "": None, "!!!": "? code-unclear", "x" * 65: "? code-unclear",
}  # fmt: skip
TRUTHS = {"oui": True, "Non": False, "x": True, 1: True, "0": False, "": None, "N/A": None,
          "peut-être": "? yes-or-no-unclear"}  # fmt: skip
TABLES: list[tuple[Reader, dict[Any, Any]]] = [
    (amount, AMOUNTS), (founding, DAYS), (addresses.email, EMAILS), (addresses.telephone, TELEPHONES),
    (commune, COMMUNES), (territory, TERRITORIES), (texts.code, CODES), (texts.truth, TRUTHS),
]  # fmt: skip


@pytest.mark.parametrize(
    ("reader", "typed", "expected"),
    [(reader, typed, expected) for reader, table in TABLES for typed, expected in table.items()],
)
def test_what_is_typed_is_read_or_asked_back(reader: Reader, typed: Typed, expected: Any) -> None:
    # As a contract has brought it here: without what nobody sees.
    seen = typed.replace("\u200b", "") if isinstance(typed, str) else typed
    assert outcome(reader, seen) == expected


@pytest.mark.parametrize("reader", [reader for reader, _ in TABLES])
def test_what_was_read_once_is_read_so_again(reader: Reader) -> None:
    for typed, expected in dict(TABLES)[reader].items():
        if expected is not None and not str(expected).startswith("?") and not isinstance(expected, bool):
            again = expected.isoformat() if isinstance(expected, date) else expected
            assert outcome(reader, again) == expected, typed


@given(st.text(max_size=30) | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False))
def test_whatever_is_typed_is_read_or_asked_back_in_words(typed: Typed) -> None:
    reading = Reading()
    for reader, _ in TABLES:
        reading.read("field", reader, typed)
    reading.read("field", texts.required, typed, most=10)
    for reason in reasons_of(reading.asked):
        assert reason.fr
        assert "{" not in reason.fr + reason.en


_IN_ADDRESSES = st.sampled_from(
    ["a", "é", "@", ".", '"', "\\", " ", "<", ">", ";", "_", "\u1680", "@asso.fr", ".fr", "１", "="]
)


LONG = {
    "amount": (amount, "85000"), "day": (founding, "31/12/2019"), "theme": (theme, "youth-employment"),
    "territory": (territory, "13203"), "yes": (texts.truth, "oui"), "commune": (commune, "13055"),
    "email": (addresses.email, "x@asso.example"), "telephone": (addresses.telephone, "04 91 00 00 00"),
}  # fmt: skip


@pytest.mark.parametrize(("reader", "right"), LONG.values(), ids=LONG)
@pytest.mark.parametrize("more", [" ", "!", "ﷺ", "1", " \U0001f469\u200d", "\u0345"], ids=ascii)
def test_what_nobody_types_costs_no_more_than_what_people_do(reader: Reader, right: str, more: str) -> None:
    typed = right + more * (99_000 // len(more))
    began = time.process_time()
    read = outcome(reader, typed)
    assert time.process_time() - began < 0.1, "one letter may become eighteen, and a form may hold as many fields"
    assert len(plain(typed)) < 2_000, "what is remembered of it must fill no memory"
    # White space around what was typed is what a spreadsheet adds.
    assert (read == outcome(reader, right)) is (not more.strip()) or reader is commune


@given(st.lists(_IN_ADDRESSES, max_size=9).map("".join))
@example('>\u1680"a@b"@asso.fr')
def test_an_address_that_is_taken_can_be_mailed_and_read_by_every_service(typed: str) -> None:
    person = DeclaredPerson(person_id=identifier("p"), name="Ada", email=typed)
    if (read := read_person(person, "lead", Reading())) is not None:
        assert read.contact("lead").email == read.email
        assert addresses.destination_of(read.email).address


def test_places_are_compared_by_commune_and_postal_codes_are_noticed() -> None:
    assert {same_place(code) for code in ("13055", "13201", "13216")} == {"13055"}
    assert (same_place("75111"), same_place("69383"), same_place("13005")) == ("75056", "69123", "13005")
    assert {same_place(code) for code in ("74010", "74011", "74093")} == {"74010"}, "joined in 2017"
    assert [same_place(code) for code in ("97416", "99131", None)] == ["97416", "99131", None]
    assert (may_be_postal("13003"), may_be_postal("13203"), may_be_postal("13055")) == (True, False, False)


def test_a_person_is_read_whole_or_asked_for() -> None:
    reading = Reading()
    declared = DeclaredPerson(
        person_id=identifier("p"), name=" Ada ", email="<ada@asso.example>", telephone="", language="EN"
    )
    read = read_person(declared, "lead", reading)
    assert read == (identifier("p"), "Ada", "ada@asso.example", None, "en")
    assert read_person(DeclaredPerson(person_id=identifier("p")), "lead", reading) is None
    assert reading.asked == [Asked("name-missing", "lead.name", {}), Asked("email-missing", "lead.email", {})]


def test_whoever_has_no_name_is_reached_by_an_address_that_is_longer_than_a_name_may_be() -> None:
    email = f"{'a' * 60}@{'.'.join(['b' * 60] * 3)}.example"
    declared = DeclaredPerson(person_id=identifier("nobody"), name="", email=email)
    read = read_person(declared, "lead", Reading())
    assert read is not None
    assert read.email == email
    assert ContactPublished.model_validate_json(read.contact("lead").model_dump_json()).name == email[:200]


def test_every_slip_has_its_sentence() -> None:
    codes = {expected[2:] for _, table in TABLES for expected in table.values() if str(expected).startswith("?")}
    assert codes <= SLIPS.slips.keys()
