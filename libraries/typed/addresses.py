"""Addresses: how people type them, and how mail travels to them, by one rule for what is taken and what is mailed.

Checked by a rule of our own; domains in other letters as ASCII (IDNA 2008).
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

import idna

from contracts.characters import bare_line
from libraries.typed.slip import Slip, Typed, plain

# RFC 5321, section 4.5.3.1, in bytes.
_LONGEST_LOCAL_PART: Final = 64
_LONGEST_ADDRESS: Final = 254
_ATOM: Final = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u00a1-\U0010ffff-]+"
# What looks like an encoded word is none in an address, but some readers would decode it.
_LOCAL_PART: Final = re.compile(rf"(?!.*=\?)(?:{_ATOM}(?:\.{_ATOM})*|\"(?:[!#-\[\]-~]|\\[!-~])+\")")
_LABEL: Final = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_DOMAIN: Final = re.compile(rf"{_LABEL}(?:\.{_LABEL})+")

# As a mail program, a page or a person puts it: `<x@asso.example>`, `mailto:x@asso.example`, `x@asso.example;`.
_AROUND: Final = " \t<>()[]\"'«»“”‘’,;:"
_LINK: Final = re.compile(r"(?:mailto|e-?mail|courriel|mel)\s*:\s*", re.IGNORECASE)
_NAMED: Final = re.compile(r".*<([^<>]+)>\s*[,;]?")
_KNOWN_END: Final = re.compile(r"\.[^\W\d_][^.@]+$")
_LEAST_DIGITS: Final = 6
_TELEPHONE: Final = re.compile(r"\+?[0-9 .()-]{6,20}")
# What a spreadsheet adds where it takes the number for an amount.
_AS_AMOUNT: Final = re.compile(r"^(\+?\d{9,15})[.,]0$")
_COUNTRY: Final = re.compile(r"^\((\+\d{1,3})\)")
_CALL: Final = re.compile(r"(?:t[ée]l(?:[ée]phone)?|phone|portable|mobile|fixe)\s*\.?\s*:?\s*", re.IGNORECASE)


class AddressError(Exception):
    """No mail can be sent to this address, whatever the server; the text never quotes it."""


class Destination(NamedTuple):
    """Where a mail goes; `international` where that needs a server that knows SMTPUTF8."""

    address: str
    international: bool


def destination_of(email: str) -> Destination:
    """Where mail to an address goes; raises AddressError."""
    local_part, _, domain = bare_line(email).rpartition("@")
    travelling = _ascii(domain)
    address = f"{local_part}@{travelling}"
    if (
        not _LOCAL_PART.fullmatch(local_part)
        or not local_part.replace("\u00a0", " ").isprintable()
        or not _DOMAIN.fullmatch(travelling)
        or len(local_part.encode()) > _LONGEST_LOCAL_PART
        or len(address.encode()) > _LONGEST_ADDRESS
    ):
        raise AddressError("the address is not valid")
    return Destination(address, not local_part.isascii())


def is_same(email: str, other: str) -> bool:
    """Whether two addresses are one: no mail server that anybody uses tells letters apart by their case."""
    return _compared(email) == _compared(other)


def _compared(email: str) -> str:
    # As mail travels to it, and not folded: `ß` is no `ss` for IDNA 2008, so `x@strasse.de` is somebody else.
    try:
        return destination_of(email).address.lower()
    except AddressError:
        return email.lower()


def provider_of(email: str) -> str:
    """The domain of an address, which tells who takes its mail in; of one that is none, whatever stands there."""
    return email.rpartition("@")[2].strip().lower()


def _ascii(domain: str) -> str:
    if domain.isascii():
        return domain
    try:
        # Capitals, wide letters and other full stops as people type them are brought to those that are registered.
        return idna.encode(domain, uts46=True).decode()
    except idna.IDNAError:
        raise AddressError("the address is not valid") from None


def email(typed: Typed) -> str | None:
    """An address that can be mailed, without what is around it; None where nothing is typed.

    Raises Slip where it is none, also with a domain that does not exist as one (a space, a comma, two dots).
    """
    written = plain(typed)
    if not written:
        return None
    if (named := _NAMED.fullmatch(written)) is not None:
        written = named[1]
    written = _LINK.sub("", written.strip(_AROUND), count=1).strip(_AROUND).removesuffix(".").strip()
    try:
        destination_of(written)
    except AddressError:
        raise Slip("email-unclear") from None
    if not _is_of_a_person(written):
        raise Slip("email-unclear")
    return written


def _is_of_a_person(address: str) -> bool:
    """Whether an address that SMTP allows is one that most servers, and our contracts, take of a person."""
    # Between quotes SMTP allows brackets and `@`, too; no domain of a person ends in a number.
    _, _, domain = address.partition("@")
    return not {"<", ">"} & set(address) and not {"@", "_"} & set(domain) and bool(_KNOWN_END.search(address))


def telephone(typed: Typed) -> str | None:
    """A telephone number, with its spaces, points and country's code as they were typed; None where nothing is.

    Raises Slip where it is none: letters, an extension, two numbers.
    """
    written = plain(typed)
    if not written:
        return None
    written = _AS_AMOUNT.sub(r"\1", written)
    # A spreadsheet takes the zero before nine digits away.
    written = f"0{written}" if re.fullmatch(r"[1-9]\d{8}", written) else written
    written = _CALL.sub("", written, count=1).replace("/", " ").replace("\u2010", "-").replace("–", "-").strip(" .:,;")
    written = _COUNTRY.sub(r"\1", written)
    if not _TELEPHONE.fullmatch(written) or sum(sign.isdigit() for sign in written) < _LEAST_DIGITS:
        raise Slip("telephone-unclear")
    return written
