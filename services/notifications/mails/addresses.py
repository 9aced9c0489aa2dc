"""Addresses as mail travels to them: checked by a rule of our own, domains in other letters as ASCII (IDNA 2008)."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

import idna

from contracts.characters import bare_line

# RFC 5321, section 4.5.3.1, in bytes.
_LONGEST_LOCAL_PART: Final = 64
_LONGEST_ADDRESS: Final = 254
_ATOM: Final = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u00a1-\U0010ffff-]+"
# What looks like an encoded word is none in an address, but some readers would decode it.
_LOCAL_PART: Final = re.compile(rf"(?!.*=\?)(?:{_ATOM}(?:\.{_ATOM})*|\"(?:[!#-\[\]-~]|\\[!-~])+\")")
_LABEL: Final = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_DOMAIN: Final = re.compile(rf"{_LABEL}(?:\.{_LABEL})+")


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
