"""What people call the fields of the application form, from `mails/fields.toml`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from pydantic import RootModel

from contracts.message import Language
from libraries.programme.running import programme
from libraries.vocabularies.vocabularies import Words

_POSITION: Final = re.compile(r"\.\d+(?=\.|$)")


class FieldNames(RootModel[Mapping[str, Words]]):
    """The names of fields by their paths."""

    def name(self, path: str, language: Language) -> str:
        """The name of the field at a dotted path; the path itself where none is known.

        Positions in lists do not count: `members.0.siren` is found as `members.siren`. The place in a field's own list
        is named, as people count: `project.themes.1` is the second of them.
        """
        known = self.root.get(_POSITION.sub("", path))
        if known is None:
            return path
        last = path.rpartition(".")[2]
        number = {"fr": "n°\u00a0", "en": "no. "}[language]
        return known.in_language(language) + (f" ({number}{int(last) + 1})" if last.isdecimal() else "")


FIELD_NAMES: Final = programme().read("mails/fields.toml", FieldNames)
