"""Mails as they leave: a follow-up's text in the person's language, or a digest's, addressed and signed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from email.headerregistry import Address
from typing import Any

import orjson

from libraries.links.desk import ASSIGNMENT_PAGES, OWN_PAGES, DeskLinks
from libraries.links.seal import Link
from services.notifications.kinds import KINDS
from services.notifications.kinds_file import Kind
from services.notifications.links import Links
from services.notifications.mails.bodies import Text
from services.notifications.mails.composing import Mail, compose
from services.notifications.mails.headers import check_finished
from services.notifications.mails.invitations import invitation_of
from services.notifications.mails.signing import Signer
from services.notifications.mails.texts import Texts
from services.notifications.sending.outcomes import ClaimedMail
from services.notifications.words import said_of


class Writer:
    """Writes one mail for one claim, or for all that is in a person's digest; where it `rehearses`, each says so."""

    def __init__(
        self,
        texts: Texts,
        *,
        sender: Address,
        clock: Callable[[], datetime],
        links: Links | None = None,
        desk_links: DeskLinks | None = None,
        bounces: Address | None = None,
        signer: Signer | None = None,
        rehearses: bool = False,
    ) -> None:
        self.sender = sender
        self._texts = texts
        self._clock = clock
        self._links = links
        self._desk_links = desk_links
        self._bounces = bounces
        self._signer = signer
        self._rehearses = rehearses

    def write(self, claims: Sequence[ClaimedMail]) -> Mail:
        """The mail of these claims, which are for one person and of one language.

        Raises AddressError, UnwritableError, and whatever a text raises that can't be rendered.
        """
        claim, now = claims[0], self._clock()
        kind = KINDS.by_name[claim.kind]
        url = self._links.unsubscribing(claim.contact_id, now) if self._links and kind.optional else None
        parameters = [_parameters(each) for each in claims]
        texts = [self._text(each, its, url, now) for each, its in zip(claims, parameters, strict=True)]
        mail = compose(
            self._texts.digest(texts, claim.language, recipient=claim.recipient) if kind.digest else texts[0],
            to=claim.recipient,
            sender=self.sender,
            follow_up_id=claim.follow_up_id,
            at=now,
            rehearses=self._rehearses,
            unsubscribe_url=url,
            bounces=self._bounces,
            invitation=invitation_of(
                kind, parameters[0], matter_id=claim.matter_id, language=claim.language, sender=self.sender, at=now
            ),
        )
        signed = mail if self._signer is None else self._signer.sign(mail)
        check_finished(signed.content, signed.fields)
        return signed

    def _text(
        self, claim: ClaimedMail, parameters: Mapping[str, Any], unsubscribe_url: str | None, now: datetime
    ) -> Text:
        kind = KINDS.by_name[claim.kind]
        return self._texts.render(
            claim.kind,
            claim.language,
            parameters=parameters,
            reference=str(claim.matter_id),
            recipient=claim.recipient,
            counterpart=claim.counterpart,
            unsubscribe_url=unsubscribe_url,
            answer_url=self._answer_url(kind, claim, now),
            desk_url=self._desk_url(kind, claim, now),
            in_digest=kind.digest is not None,
        )

    def _answer_url(self, kind: Kind, claim: ClaimedMail, now: datetime) -> str | None:
        if self._links is None:
            return None
        if kind.confirms_address:
            return self._links.confirming(claim.matter_id, now)
        if kind.clears:
            return self._links.clearing(claim.matter_id, claim.recipient_id, now)
        if kind.answered_by is None:
            return None
        return self._links.answering(claim.matter_id, kind.answered_by, claim.recipient_id, now)

    def _desk_url(self, kind: Kind, claim: ClaimedMail, now: datetime) -> str | None:
        # To an address that nobody has confirmed no right is sent: there the mail names what to say elsewhere.
        if self._desk_links is None or kind.desk is None or not claim.is_trusted:
            return None
        # A decision can be refused where there is no assignment: the mail is then about an application, or a slip.
        if kind.desk in ASSIGNMENT_PAGES and claim.matter_id == claim.application_id:
            return None
        matter_id = claim.recipient_id if kind.desk in OWN_PAGES else claim.matter_id
        return self._desk_links.to(kind.desk, Link(matter_id, claim.recipient_id, kind.to), now)


def _parameters(claim: ClaimedMail) -> dict[str, Any]:
    """What a text says: what was planned, and what is known by now, which is not kept with the mail."""
    known = dict(claim.words) if claim.new_address is None else {**claim.words, "new_address": claim.new_address}
    return {**said_of(orjson.loads(claim.parameters), claim.language), **known}
