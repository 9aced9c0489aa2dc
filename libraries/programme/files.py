"""Which files a programme has: what each holds, and where the shipped one of it lies."""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

FILES: Final[Mapping[str, str]] = {
    "programme.toml": "the version of the whole, and what mails call the city",
    "calendar.toml": "the time zone, and the days on which nobody works",
    "territories.toml": "the city, its arrondissements, its zones and what they hold",
    "vocabularies.toml": "themes, publics, directorates, axes and fields, and which theme belongs to which",
    "codes.toml": "the names of what Engage itself says: tracks, states, and why a state changed",
    "city_services.toml": "the city's services that lift obstacles, and how mail reaches them",
    "editions/*.toml": "for each edition when it is open, and the rules that an application must meet",
    "lexicon.toml": "words that suggest a theme or a public, for forms that name none",
    "matching_rules.toml": "weights, the least fit, urgency, bounds of equity, the lottery's seed",
    "stop_words.toml": "words that say nothing when texts are compared",
    "pairing_rules.toml": "how mentors are compared for a project",
    "rhythms.toml": "how long an offer is open, how often a pair meets, when obstacles are due",
    "sentences/slips.toml": "what is asked back of a form that was mistyped",
    "sentences/reasons.toml": "the words of each refusal and each question of the rules",
    "sentences/matching.toml": "the words by which a proposal explains itself",
    "sentences/mentoring.toml": "the words that mentors and leads get with an answer",
    "mails/kinds.toml": "each kind of mail: what plans it, for whom, when; the hours of courtesy",
    "mails/words.toml": "codes in words, for mails",
    "mails/fields.toml": "what mails call the fields of a form",
    "mails/samples.toml": "made-up people and projects, with which the texts are tried",
    "mails/texts/*.toml": "subject and text of each kind of mail, in French and English",
    "mails/layouts/*": "what stands around every text: greeting, end, colours",
    "desk.toml": "what people choose from behind the links of their mails: reasons, next steps, figures",
}
"""Every file by its place in the directory; `*` stands for any name."""

WHOLE: Final = ("editions/",)
"""Folders that are taken as they are: beside editions of one city those of another would be wrong."""

# These still lie beside the code that reads them.
_ELSEWHERE: Final = {
    "territories.toml": "libraries.places",
    "vocabularies.toml": "libraries.vocabularies",
    "codes.toml": "libraries.vocabularies",
}


def is_known(name: str) -> bool:
    """Whether a programme has a file of that name."""
    return any(fnmatchcase(name, pattern) and name.count("/") == pattern.count("/") for pattern in FILES)


def shipped_files() -> dict[str, str]:
    """The shipped programme: the text of each file by its place in the directory."""
    found = dict(_below(files("libraries.programme").joinpath("shipped"), ""))
    return found | {name: files(package).joinpath(name).read_text("utf-8") for name, package in _ELSEWHERE.items()}


def shipped_path(name: str) -> str:
    """Where the shipped file of that name lies, from the root of the repository."""
    return f"{_ELSEWHERE.get(name, 'libraries.programme.shipped').replace('.', '/')}/{name}"


def _below(folder: Traversable, path: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for entry in folder.iterdir():
        name = path + entry.name
        if entry.is_dir():
            found |= _below(entry, f"{name}/")
        elif is_known(name):
            found[name] = entry.read_text("utf-8")
    return found
