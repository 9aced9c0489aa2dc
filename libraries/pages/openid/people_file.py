"""The file of people as it is now: read anew where it has changed."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from structlog.typing import FilteringBoundLogger

from libraries.chassis.settings import SettingsError, read_settings_file
from libraries.pages.openid.people import People, entitlements

_VARIABLE: Final = "ENGAGE_OIDC_ROLES_FILE"


class PeopleFile:
    """Who is let in, by the file at a path; raises SettingsError at first for one that can't be used."""

    def __init__(self, path: Path, log: FilteringBoundLogger) -> None:
        self._path = path
        self._log = log
        self._stamp = _stamp(path)
        self._people, self._entitlements = self._read()

    @property
    def entitlements(self) -> frozenset[str]:
        """What the file calls the entries by which it lets people in now."""
        self.now()
        return self._entitlements

    def now(self) -> People:
        """Whom the file lets in now; where it is gone or can't be used, whom it let in before, and the log says so."""
        # Before it is read: what changes meanwhile is seen at the next look.
        if (stamp := _stamp(self._path)) != self._stamp:
            self._stamp = stamp
            try:
                self._people, self._entitlements = self._read()
            except SettingsError as error:
                self._log.error("who was let in before is let in still", action="people", error=str(error))
            else:
                self._log.info("the file of people was read anew", action="people")
        return self._people

    def _read(self) -> tuple[People, frozenset[str]]:
        people = read_settings_file(_VARIABLE, self._path, People)
        return people, entitlements(people)


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
