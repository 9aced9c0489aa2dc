"""The sender that the environment describes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from libraries.chassis.settings import read_settings
from libraries.clocks.programme import programme_clock
from libraries.links.holders import service_id
from services.notifications.city_services import CITY_SERVICES
from services.notifications.kinds import KINDS
from services.notifications.links import LinkSettings
from services.notifications.mails.texts import load_texts
from services.notifications.mails.writing import Writer
from services.notifications.people import HOLDERS, Contact, office_contact
from services.notifications.sending.sender import Sender
from services.notifications.sending.smtp import Mailer
from services.notifications.settings import MailSettings


def sender_from_environment() -> Sender:
    """The sender that the environment describes.

    Raises libraries.chassis.settings.SettingsError for a setting, TextsError for a text.
    """
    settings, links = read_settings(MailSettings), read_settings(LinkSettings)
    clock = programme_clock()
    return Sender(
        mailer=Mailer(
            settings.server,
            connections=settings.smtp_connections,
            local_hostname=settings.sender.domain,
            timeout_seconds=settings.smtp_timeout_seconds,
            per_second=settings.smtp_per_second,
        ),
        writer=Writer(
            load_texts(kind.kind for kind in KINDS.all),
            sender=settings.sender,
            clock=clock,
            links=links.links,
            desk_links=links.desk_links,
            bounces=settings.bounces,
            signer=settings.signer,
            rehearses=clock.is_rehearsed,
        ),
        per_second=settings.smtp_per_second,
        retry=KINDS.retry,
        clock=clock,
        lease=clock.passing_in,
        claim=timedelta(seconds=settings.mail_claim_seconds),
        paused=settings.mail_paused,
        at_any_hour=settings.mail_at_any_hour,
        offices=_offices(settings),
    )


def _offices(settings: MailSettings) -> Mapping[UUID, Contact]:
    """How those are reached whom no form names, by their ids."""
    contacts = [office_contact(HOLDERS[office], who) for office, who in settings.offices.items()]
    contacts += [office_contact(service_id(code), it.correspondent, it.language) for code, it in CITY_SERVICES.items()]
    return {contact.person_id: contact for contact in contacts}
