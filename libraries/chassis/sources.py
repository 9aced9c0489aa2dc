"""Who may publish on the topics of forms, as an operator lists them."""

from __future__ import annotations

from pathlib import Path

from contracts.sources import Sources, SourcesFile
from libraries.chassis.settings import read_settings_file


def read_sources_file(path: Path) -> SourcesFile:
    """The sources that a TOML or JSON file lists; raises SettingsError, which names what is wrong and where."""
    return read_settings_file("ENGAGE_SOURCES_FILE", path, SourcesFile)


def sources_of(path: Path | None) -> Sources:
    """Who may send what; without a file any form."""
    return Sources(None if path is None else read_sources_file(path).sources)
