"""Identifiers of organisations: cleaned of what people and spreadsheets do to them, then checked."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from stdnum.fr import siret as stdnum_siret

from contracts.declared import DeclaredOrganisation
from libraries.folding import fold, folded
from libraries.places.communes import commune, same_place
from libraries.typed.slip import Slip, Typed, plain

_RNA: Final = re.compile(r"(?:[A-Z]*?)(W[0-9A-Z]{9})")
# What a number may be called, in words or in letters before it (a VAT number holds the SIREN behind two digits).
_VAT: Final = re.compile(r"(?:[A-Z]*?)FR[0-9]{2}([0-9]{9})")
_NUMBERED: Final = re.compile(r"([A-Z]*)([0-9]+)([A-Z]*)")
_SIREN_LENGTH: Final = 9
_SIRET_LENGTH: Final = 14
# The SIREN register begins with 000…: a spreadsheet takes up to three zeros away. None of a commune's
# departments begins with two.
_ZEROS_LOST: Final = 3
_LA_POSTE: Final = "356000000"
# What people type to get past a required field; it passes Luhn's check.
_ZEROS: Final = "000000000"

_ONCE: Final = bytes.maketrans(b"0123456789", bytes(range(10)))
_TWICE: Final = bytes.maketrans(b"0123456789", bytes([0, 2, 4, 6, 8, 1, 3, 5, 7, 9]))
"""What a digit counts in Luhn's check: every second one twice, and what has two digits by their sum."""


class Defect(NamedTuple):
    """What is wrong with an identifier: a reason's code and the form's field below the organisation."""

    code: str
    field: str


class Identifiers(NamedTuple):
    """An organisation's identifiers, cleaned; those that fail their check are None and named in `defects`.

    `siren_inferred` says that the SIREN was read off the SIRET and not declared.
    """

    siren: str | None = None
    siret: str | None = None
    rna: str | None = None
    commune: str | None = None
    siren_inferred: bool = False
    defects: tuple[Defect, ...] = ()

    @property
    def identified_by(self) -> str:
        """`siren`, `rna`, or `name-and-commune` where neither is known."""
        return "siren" if self.siren else "rna" if self.rna else "name-and-commune"

    def keys(self, name: str) -> tuple[str, ...]:
        """All that tells this organisation from others: its SIREN, its RNA, its folded name and commune.

        A city and its arrondissements are one commune. A name alone tells nothing where there is a number.
        """
        numbers = (("siren", self.siren), ("rna", self.rna))
        found = [f"{kind}:{number}" for kind, number in numbers if number is not None]
        if (folded_name := fold(name)) and (self.commune is not None or not found):
            found.append(f"name:{folded_name}@{same_place(self.commune) or ''}")
        return tuple(found)


def clean(typed: Typed) -> str:
    """An identifier in upper case, with letters and digits alone, without the `.0` that a spreadsheet adds."""
    written = plain(typed)
    if written.isalnum() and written.isascii():
        return written.upper()
    # Only a single zero: the last group of 123.456.000 is part of the number.
    folded_text = folded(written).removesuffix(".0").removesuffix(",0")
    return "".join(character for character in folded_text if character.isascii() and character.isalnum()).upper()


def clean_number(typed: Typed, *, length: int, zeros_lost: int = _ZEROS_LOST) -> str:
    """A cleaned number of `length` digits: without the words around it, with the zeros that a spreadsheet took away."""
    number = clean(typed)
    if (vat := _VAT.fullmatch(number)) is not None and length == _SIREN_LENGTH:
        return vat[1]
    if (numbered := _NUMBERED.fullmatch(number)) is not None:
        number = numbered[2]
    if length - zeros_lost <= len(number) < length and number.isdigit():
        return number.zfill(length)
    return number


def is_siren(number: str) -> bool:
    """Whether a cleaned number is a SIREN: nine digits that pass Luhn's check, and not all zeros."""
    return len(number) == _SIREN_LENGTH and _digits(number) and number != _ZEROS and _passes_luhn(number)


def is_siret(number: str) -> bool:
    """Whether a cleaned number is a SIRET: a SIREN and five digits, Luhn's check, or La Poste's own."""
    if len(number) != _SIRET_LENGTH or not _digits(number) or number.startswith(_ZEROS):
        return False
    if number.startswith(_LA_POSTE):
        return stdnum_siret.is_valid(number)
    return _passes_luhn(number) and _passes_luhn(number[:_SIREN_LENGTH])


def identify(declared: DeclaredOrganisation) -> Identifiers:
    """The identifiers of an organisation as declared; the SIREN comes from the SIRET where it is absent."""
    defects: list[Defect] = []
    siret = _checked_siret(declared.siret, defects) if declared.siret is not None else None
    siren = None
    inferred = False
    if declared.siren is not None and (typed := clean_number(declared.siren, length=_SIREN_LENGTH)):
        siren = _checked_siren(typed, siret, defects)
    elif siret is not None:
        siren, inferred = siret[:_SIREN_LENGTH], True
    rna = _checked_rna(declared.rna, defects) if declared.rna is not None else None
    commune = _checked_commune(declared.commune, defects) if declared.commune is not None else None
    return Identifiers(siren, siret, rna, commune, inferred, tuple(defects))


def is_overseas(commune: str) -> bool:
    """Whether an INSEE code is that of an overseas commune: it begins with 97 or 98."""
    return commune.startswith(("97", "98"))


def is_abroad(commune: str) -> bool:
    """Whether an INSEE code is that of a foreign country: it begins with 99."""
    return commune.startswith("99")


def _passes_luhn(number: str) -> bool:
    """Luhn's check of a number of ASCII digits; stdnum's own takes five times as long, as it takes any alphabet."""
    digits = number.encode()[::-1]
    return (sum(digits[::2].translate(_ONCE)) + sum(digits[1::2].translate(_TWICE))) % 10 == 0


def _digits(number: str) -> bool:
    return number.isascii() and number.isdigit()


def _checked_siret(typed: Typed, defects: list[Defect]) -> str | None:
    number = clean_number(typed, length=_SIRET_LENGTH)
    if not number or is_siret(number):
        return number or None
    defects.append(Defect("siret-invalid", "siret"))
    return None


def _checked_siren(number: str, siret: str | None, defects: list[Defect]) -> str | None:
    if siret is not None and siret.startswith(number) and len(number) == _SIREN_LENGTH:
        return number  # The SIRET's check has covered it.
    if not is_siren(number):
        defects.append(Defect("siren-invalid", "siren"))
        return None
    if siret is not None:
        defects.append(Defect("siren-siret-disagree", "siret"))
    return number


def _checked_rna(typed: Typed, defects: list[Defect]) -> str | None:
    number = clean(typed)
    if not number:
        return None
    if (found := _RNA.fullmatch(number)) is not None:
        return found[1]
    defects.append(Defect("rna-invalid", "rna"))
    return None


def _checked_commune(typed: Typed, defects: list[Defect]) -> str | None:
    try:
        return commune(typed)
    except Slip as slip:
        defects.append(Defect(slip.code, "commune"))
        return None
