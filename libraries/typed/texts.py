"""Texts, codes and yes or no, as people type them."""

from __future__ import annotations

import re
from typing import Final

from contracts.message import Language
from libraries.folding import folded
from libraries.typed.slip import Slip, Typed, plain

_YES: Final = frozenset({"oui", "o", "yes", "y", "vrai", "true", "1", "on", "coche", "checked", "ok", "x"})
_NO: Final = frozenset({"non", "n", "no", "faux", "false", "0", "off"})
_CODE: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_BETWEEN: Final = re.compile(r"[^a-z0-9]+")
_LONGEST_CODE: Final = 64
_ENGLISH: Final = frozenset({"en", "eng", "english", "anglais"})


def optional(typed: Typed, *, most: int) -> str:
    """A text of at most so many characters, without white space around it; empty where nothing is typed.

    Raises Slip where it is longer: what to leave out is for who wrote it to say.
    """
    written = "" if typed is None else str(typed).strip()
    if len(written) > most:
        raise Slip("text-too-long", most=most, length=len(written))
    return written


def required(typed: Typed, *, most: int) -> str:
    """Such a text where one has to be; raises Slip where none is, too."""
    written = optional(typed, most=most)
    if not plain(written):
        raise Slip("text-missing")
    return written


def code(typed: Typed) -> str | None:
    """A code of a vocabulary from how it is typed: `Éducation` is `education`, `Youth_employment ` `youth-employment`.

    Raises Slip where no code can be made of it.
    """
    if typed is None:
        return None
    # Mostly a form's program has made it of a list.
    if isinstance(typed, str) and _CODE.fullmatch(typed) and len(typed) <= _LONGEST_CODE and plain(typed):
        return typed
    written = plain(typed)
    if not written:
        return None
    made = _BETWEEN.sub("-", folded(written)).strip("-")
    if not made or len(made) > _LONGEST_CODE:
        raise Slip("code-unclear")
    return made


def required_code(typed: Typed) -> str:
    """Such a code where one has to be; raises Slip where none is, too."""
    made = code(typed)
    if made is None:
        raise Slip("text-missing")
    return made


def truth(typed: bool | Typed) -> bool | None:
    """A yes or a no; raises Slip where it is neither."""
    if isinstance(typed, bool) or typed is None:
        return typed
    written = folded(plain(typed))
    if not written:
        return None
    if written in _YES:
        return True
    if written in _NO:
        return False
    raise Slip("yes-or-no-unclear")


def language(typed: Typed) -> Language:
    """The language of mail: English where it is named, else French, in which all that we send can be had."""
    named = folded(plain(typed)).partition("-")[0].partition("_")[0]
    return "en" if named in _ENGLISH else "fr"
