"""Characters that split, hide or turn text around: made harmless where text enters, whoever wrote it.

What Unicode calls a line or paragraph separator becomes a space, or in long texts a new line; controls and characters
that nobody sees are dropped, but for those that a script or an emoji needs; all is brought to NFC. U+0000 stays: no
person writes it, so the contracts refuse it.
"""

from __future__ import annotations

import re
from typing import Any, Final
from unicodedata import is_normalized, normalize

# What ends a line for Unicode, for Python's str.splitlines() or for some reader of mail, and the separators of ASCII.
_BREAK: Final = r"\r\n|[\n\x0b\x0c\r\x1c-\x1f\x85\u2028\u2029]"
_BREAK_OR_TAB: Final = re.compile(rf"{_BREAK}|\t")
_BREAK_ONLY: Final = re.compile(_BREAK)

# The categories Cc and Cf, and what is drawn as nothing besides: the combining grapheme joiner, the fillers of Hangul,
# two vowels of Khmer that are never written. Left out are the signs of Arabic, Syriac and Kaithi that stand visibly
# under digits, and the two joiners, which _needless has.
_NEVER: Final = (
    r"\x01-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f"
    r"\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb"
    r"\U00013430-\U0001345f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff"
)
# The flags of England, Scotland and Wales, the only ones that are spelled with tags.
_FLAG: Final = "(?<=\U0001f3f4)\U000e0067\U000e0062(?:{})\U000e007f".format(
    "|".join("".join(chr(0xE0000 + ord(letter)) for letter in nation) for nation in ("eng", "sct", "wls"))
)
_HIDDEN: Final = re.compile(rf"({_FLAG})|[{_NEVER}]")
_SUSPECT: Final = re.compile(rf"[{_NEVER}\n\x0b\x0c\r\t\x1c-\x1f\u2028\u2029\x85\u200c\u200d\ufe00-\ufe0f]")

# What most texts can be written in, a byte a letter, with the bytes that are suspect: the second has the apostrophe of
# French typography.
_CODE_PAGES: Final = [
    (code_page, bytes(byte for byte in range(256) if _SUSPECT.match(bytes([byte]).decode(code_page, "ignore"))))
    for code_page in ("latin-1", "cp1252")
]

# Letters that are written joined or not, by the blocks of their scripts: Arabic, Syriac, N'Ko, Mandaic; Devanagari
# to Sinhala; Myanmar, Khmer, Mongolian; Phags-pa, more of Devanagari; forms of Arabic; Brahmi and its kin; Adlam.
_JOINED: Final = (
    r"\u0600-\u08ff\u0900-\u0dff\u1000-\u109f\u1780-\u18af\ua840-\ua87f\ua8e0-\ua8ff\ufb50-\ufdff\ufe70-\ufefc"
    r"\U00011000-\U000114df\U00011600-\U0001163f\U0001e900-\U0001e95f"
)
_PICTURE: Final = r"\u2190-\u21ff\u2300-\u23ff\u25a0-\u27bf\u2900-\u297f\u2b00-\u2bff\u3030\U0001f000-\U0001faff"
# How a letter is to be drawn that has one way alone: of Europe, between such, or none at all. By it digits, `#` and `*`
# become keys, and `©` and `®` pictures.
_UNDRAWN: Final = re.compile(
    r"(?<![^\x00-\x22\x24-\x29\x2b-\x2f\x3a-\xa8\xaa-\xad\xaf-\u052f\u1e00-\u203b\ufe00-\ufe0f])[\ufe00-\ufe0f]+"
)
# A picture may be followed by the mark that it is to be one, or by a colour of skin (which is a picture by its block).
_NEEDLESS: Final = re.compile(
    rf"(?<=[{_JOINED}])[\u200c\u200d](?=[{_JOINED}])()|(?<=[{_PICTURE}\ufe0f])\u200d(?=[{_PICTURE}])()|[\u200c\u200d]"
)


def one_line(text: Any) -> Any:
    """A text of one line: every separator is a space. What is no text is left as it is, for the contract to refuse."""
    # Nearly all that is read is ASCII or has nothing to repair: this is done for each field of each record.
    if not isinstance(text, str) or (text.isascii() and text.isprintable()):
        return text
    return _harmless(text, _BREAK_OR_TAB, " ")


def lines(text: Any) -> Any:
    """A text of several lines: each separator is a new line, tabs stay."""
    if not isinstance(text, str) or (text.isascii() and text.isprintable()):
        return text
    return _harmless(text, _BREAK_ONLY, "\n")


def bare_line(text: Any) -> Any:
    """A text of one line without white space around it, as an address or a number is written."""
    return text if not isinstance(text, str) else one_line(text).strip()


def _harmless(text: str, breaks: re.Pattern[str], instead: str) -> str:
    if _is_plain(text):
        return text
    if _SUSPECT.search(text) is not None:
        text = _UNDRAWN.sub("", _HIDDEN.sub(_kept, breaks.sub(instead, text)))
        # What is hidden is gone, so that each joiner stands beside what it joins.
        text = _NEEDLESS.sub(lambda found: found[0] if found.lastindex else "", normalize("NFC", text))
    return text if is_normalized("NFC", text) else normalize("NFC", text)


def _is_plain(text: str) -> bool:
    """Whether it is of Western Europe, and nothing is to be repaired: seen in a tenth of the time that others take."""
    for code_page, suspect in _CODE_PAGES:
        try:
            letters = text.encode(code_page)
        except UnicodeEncodeError:
            continue
        # No letter of these is composed of others: such a text is in NFC.
        return len(letters.translate(None, suspect)) == len(letters)
    return False


def _kept(found: re.Match[str]) -> str:
    return found[1] or ""
