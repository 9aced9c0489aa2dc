"""Whether settings are right, and what follows from those that are left out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from pydantic_settings import BaseSettings

from deploy.doctor.finding import Finding
from libraries.chassis.settings import Settings, SettingsError, read_settings
from libraries.chassis.sources import sources_of
from services.intake.door.settings import DoorSettings
from services.matching.settings.deciding import DecidingSettings
from services.notifications.city_services import CITY_SERVICES
from services.notifications.links import LinkSettings
from services.notifications.roles import Office
from services.notifications.settings import MailSettings

_KINDS: Final = (Settings, DoorSettings, DecidingSettings, MailSettings, LinkSettings)


_OFFICES: Final[Mapping[Office, str]] = {
    "foundation": "ENGAGE_MAIL_FOUNDATION",
    "ethics-officer": "ENGAGE_MAIL_ETHICS",
}


def look_at_settings() -> Iterator[Finding]:
    """What is wrong with settings; where nothing is, what was chosen or left out."""
    wrong = list(dict.fromkeys(line for kind in _KINDS for line in _wrong_with(kind)))
    for line in wrong:
        yield Finding("settings", "failed", line, "docs/configure.md says what each setting takes")
    if wrong:
        return
    yield Finding("settings", "ok", "each is as it should be")
    yield from _choices()


def _wrong_with(kind: type[BaseSettings]) -> list[str]:
    try:
        read_settings(kind)
    except SettingsError as error:
        return str(error).splitlines()
    return []


def _choices() -> Iterator[Finding]:
    """What is allowed to be left out, and what follows from it."""
    yield _sources()
    yield _choice(
        "links",
        read_settings(LinkSettings).links is not None,
        "mails hold links that people answer by",
        "mails hold no links: people have to answer by forms",
        "set ENGAGE_PUBLIC_URL and ENGAGE_LINK_KEY",
    )
    yield _choice(
        "programme heads",
        bool(read_settings(DecidingSettings).programme_heads),
        "somebody decides where no owner and no deputy can",
        "nobody decides where no owner and no deputy can",
        "list person ids in ENGAGE_PROGRAMME_HEADS",
    )
    mail = read_settings(MailSettings)
    for office, setting in _OFFICES.items():
        yield _choice(
            office, office in mail.offices, "it has an address", "what is for it is cancelled", f"set {setting}"
        )
    yield from _choices_of_mail(mail)


def _sources() -> Finding:
    path = read_settings(Settings).sources_file
    try:
        sources_of(path)
    except SettingsError as error:
        return Finding("sources", "failed", str(error), "mend the file: docs/security.md says what it holds")
    return _choice(
        "sources",
        path is not None,
        f"{path} says who may send what",
        "any name but a service's is taken for a form of that name",
        "name a file by ENGAGE_SOURCES_FILE before others can reach Kafka",
    )


def _choices_of_mail(mail: MailSettings) -> Iterator[Finding]:
    yield _choice(
        "city services",
        bool(CITY_SERVICES),
        f"{len(CITY_SERVICES)} get obstacles by mail",
        "none gets mail: obstacles go to the officers who own the needs",
        "list them in city_services.toml of the programme",
    )
    yield _choice(
        "signed mail",
        mail.signer is not None,
        "mails are signed (DKIM)",
        "mails are not signed: some providers will not take them",
        "set ENGAGE_DKIM_KEY_FILE and ENGAGE_DKIM_SELECTOR",
    )
    if mail.mail_paused:
        yield Finding("mail", "warning", "all mail is held back", "set ENGAGE_MAIL_PAUSED to false")


def _choice(thing: str, made: bool, so: str, else_: str, remedy: str) -> Finding:
    return Finding(thing, "ok", so) if made else Finding(thing, "warning", else_, remedy)
