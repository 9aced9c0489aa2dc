"""Who may publish on the topics of forms, as an operator lists them."""

from __future__ import annotations

from pathlib import Path

from contracts.sources import Sources, SourcesFile
from libraries.chassis.settings import SettingsError
from libraries.data_files import DataFileError, parse_data_file


def read_sources_file(path: Path) -> SourcesFile:
    """The sources that a TOML or JSON file lists; raises SettingsError, which names what is wrong and where."""
    try:
        return parse_data_file(path.read_text(encoding="utf-8"), str(path), SourcesFile)
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"ENGAGE_SOURCES_FILE: {path} can't be read: {error}") from None
    except DataFileError as error:
        raise SettingsError(f"ENGAGE_SOURCES_FILE: {error}") from None


def sources_of(path: Path | None) -> Sources:
    """Who may send what; without a file any form."""
    return Sources(None if path is None else read_sources_file(path).sources)
