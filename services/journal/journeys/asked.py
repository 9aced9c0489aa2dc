"""What somebody pasted in: the ids, traces and numbers in it."""

from __future__ import annotations

import re
from typing import Final, NamedTuple
from unicodedata import normalize
from uuid import UUID

from contracts.event import is_passed_on

MOST_CHARACTERS: Final = 10_000
_MOST_FOUND: Final = 50
_UUID: Final = re.compile(r"(?<![0-9a-fA-F-])[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}(?![0-9a-fA-F-])")
# Alone, or in a `traceparent`, between its version and the id of a span.
_TRACE: Final = re.compile(r"(?<![0-9a-fA-F-])(?:[0-9a-f]{2}-(?=[0-9a-f]{32}-))?([0-9a-fA-F]{32})(?![0-9a-fA-F])")
_SIREN: Final = re.compile(r"(?<![0-9A-Za-z-])\d{3} ?\d{3} ?\d{3}(?: ?\d{5})?(?![0-9A-Za-z-])")
_RNA: Final = re.compile(r"(?<![0-9A-Za-z])[Ww] ?\d[0-9A-Za-z]\d ?\d{3} ?\d{3}(?![0-9A-Za-z])")
_IN_LOGS: Final = re.compile(r'"(subject|application_id|event_id|correlation_id)" ?: ?"([^"]{1,200})"')
_BEST_FIRST: Final = ("subject", "application_id", "event_id", "correlation_id")


class Asked(NamedTuple):
    """What a text names, the best guess first: ids and trace ids, SIREN and RNA numbers."""

    ids: tuple[UUID, ...]
    sirens: tuple[str, ...]
    rnas: tuple[str, ...]
    others: tuple[str, ...] = ()
    """Words that may be the id of a form's event: what a line of a log gives as one, or a text that is one word."""

    def __bool__(self) -> bool:
        return any(self)


def asked_in(text: str) -> Asked:
    """What a text names; a line of a service's log names its subject first. Of a long text, its beginning."""
    # Wide digits and narrow spaces, as pages and spreadsheets have them, become plain ones.
    text = normalize("NFKC", text[:MOST_CHARACTERS])
    told = dict(_IN_LOGS.findall(text))
    others = [told[name] for name in _BEST_FIRST if name in told and not _UUID.fullmatch(told[name])]
    if is_passed_on(text.strip()) and not _UUID.fullmatch(text.strip()):
        others.append(text.strip())
    ids = [UUID(told[name]) for name in _BEST_FIRST if name in told and _UUID.fullmatch(told[name])]
    ids += [UUID(found) for found in _UUID.findall(text)]
    ids += [UUID(found) for found in _TRACE.findall(text)]
    # A number within an id is none: what was read as an id is taken out first.
    rest = _TRACE.sub(" ", _UUID.sub(" ", text))
    rnas = [found.replace(" ", "").upper() for found in _RNA.findall(rest)]
    # A SIRET begins with the SIREN.
    sirens = [found.replace(" ", "")[:9] for found in _SIREN.findall(_RNA.sub(" ", rest))]
    return Asked(*(tuple(dict.fromkeys(found))[:_MOST_FOUND] for found in (ids, sirens, rnas, others)))
