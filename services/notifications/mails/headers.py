"""Header fields of a mail: what people wrote is encoded (RFC 2047) and never parsed, whatever it looks like.

The standard library's headers are no choice for it: they take `=?UTF-8?Q?=0A?=Bcc:` in a title for syntax, lose
spaces between encoded words and make these longer than the 75 characters that a reader has to take.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Collection, Iterator
from typing import Final
from unicodedata import combining

from contracts.characters import one_line

_LONGEST_LINE: Final = 76
"""Of a line that has an encoded word (RFC 2047, section 2)."""
_AROUND: Final = len("=?utf-8?q??=")
_ROOM: Final = 75 - _AROUND
"""For what is encoded within the 75 characters of an encoded word."""

# Printable ASCII with single spaces between. Whatever could be taken for an encoded word is encoded itself.
_PLAIN_TEXT: Final = re.compile(r"(?!.*=\?)[!-~]+(?: [!-~]+)*")
# A phrase of atoms (RFC 5322, section 3.2.5): what needs quotation marks there is encoded, which every reader knows.
_PLAIN_NAME: Final = re.compile(r"(?!.*=\?)[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?: [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
# What stands for itself in an encoded word of a phrase (RFC 2047, section 5), and of a text as well.
_LITERAL: Final = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!*+-/")
_Q: Final = tuple(chr(byte) if byte in _LITERAL else "_" if byte == 0x20 else f"={byte:02X}" for byte in range(256))
_SPACES: Final = re.compile(" +")
_FIELD: Final = re.compile(rb"([!-9;-~]+):[^\r\n]*(?:\r\n [^\r\n]*[^\r\n ][^\r\n]*)*\r\n")
_LONE_END: Final = re.compile(rb"\r(?!\n)|(?<!\r)\n|\0")
# Of SMTP (RFC 5321, section 4.5.3.1.6), without its end.
_LONGEST_OF_ALL: Final = 998


class UnwritableError(Exception):
    """What was to be a mail is none, or not the one that we wrote; the text never quotes it."""


def check_finished(content: bytes, names: Collection[str]) -> None:
    """Whether bytes are a mail with just these fields, each once: whatever people wrote began none.

    Raises UnwritableError.
    """
    if _LONE_END.search(content):
        raise UnwritableError("a line does not end as lines of mail do")
    if max(map(len, content.split(b"\r\n"))) > _LONGEST_OF_ALL:
        raise UnwritableError("a line is longer than a server has to take")
    head, _, _ = content.partition(b"\r\n\r\n")
    found, place = [], 0
    while field := _FIELD.match(head + b"\r\n", place):
        found.append(field[1].decode("ascii"))
        place = field.end()
    if place != len(head) + 2 or sorted(found) != sorted(names):
        raise UnwritableError("the header has not just the fields that were written")


# Marks that belong to what is before them, though they are no combining characters: joiners, variations, skin colours.
_BELONGS: Final = frozenset("\u200c\u200d\ufe0e\ufe0f\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff")
# Of four bytes each, and so 48 characters of Q at most: they fit into the first encoded word of a subject.
_MOST_TOGETHER: Final = 4


def text_field(name: str, text: str) -> bytes:
    """The field of a text, such as the subject, folded."""
    return _field(name, _words(name, bare(text), _PLAIN_TEXT))


def mailbox_field(name: str, display: str, address: str) -> bytes:
    """The field of one address with the name that people see; the address is checked already.

    It may be longer than a line: it can't be folded.
    """
    words = _words(name, bare(display), _PLAIN_NAME)
    return _field(name, [*words, f"<{address}>"] if words else [address])


def plain_field(name: str, value: str) -> bytes:
    """The field of a value of ours: ASCII, and short or folded already."""
    return f"{name}: {value}\r\n".encode("ascii")


def bare(text: str) -> str:
    """A text as a header has it: on one line, single spaces, none around."""
    line: str = one_line(text.replace("\0", ""))
    return _SPACES.sub(" ", line).strip()


def _field(name: str, words: list[str]) -> bytes:
    lines, line = [], f"{name}:"
    for word in words:
        # The first word never stands alone on a line: a line of white space would end the field for some readers.
        if len(line) + 1 + len(word.encode()) > _LONGEST_LINE and line != f"{name}:":
            lines.append(line)
            line = ""
        line += f" {word}"
    return "\r\n".join([*lines, line]).encode() + b"\r\n"


def _words(name: str, text: str, plain: re.Pattern[str]) -> list[str]:
    """What is put between single spaces, each of which fits on a line of its own and the first behind the name."""
    if not text:
        return []
    first = _LONGEST_LINE - len(f"{name}: ")
    if plain.fullmatch(text):
        words = text.split(" ")
        if len(words[0]) <= first and all(len(word) < _LONGEST_LINE for word in words):
            return words
    return list(_encoded_words(text, first))


def _encoded_words(text: str, first: int) -> Iterator[str]:
    """The whole text in encoded words: between two of them a reader drops the space, so theirs are within."""
    raw = text.encode("utf-8", "replace")
    # The shorter one: Q keeps French legible, B has a name of other letters in one word, which more readers get right.
    encode = min((_in_q, _in_b), key=lambda way: len(way(raw)))
    room, word = min(first - _AROUND, _ROOM), b""
    for character in _characters(text):
        longer = word + character.encode("utf-8", "replace")
        if word and len(encode(longer)) > room:
            yield f"=?utf-8?{'q' if encode is _in_q else 'b'}?{encode(word)}?="
            room, longer = _ROOM, character.encode("utf-8", "replace")
        word = longer
    yield f"=?utf-8?{'q' if encode is _in_q else 'b'}?{encode(word)}?="


def _in_q(raw: bytes) -> str:
    return "".join(map(_Q.__getitem__, raw))


def _in_b(raw: bytes) -> str:
    return b64encode(raw).decode()


def _characters(text: str) -> Iterator[str]:
    """Characters with the marks that belong to them, as far as one encoded word can hold them."""
    held = ""
    for character in text:
        joins = held.endswith("\u200d") or character in _BELONGS or combining(character)
        if held and (not joins or len(held) == _MOST_TOGETHER):
            yield held
            held = ""
        held += character
    if held:
        yield held
