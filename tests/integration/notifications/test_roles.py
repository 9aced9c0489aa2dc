"""Whoever holds a role now gets what is planned, and each state that contradicts what was said last is told."""

from __future__ import annotations

from datetime import date, timedelta
from email.message import EmailMessage
from typing import Any
from uuid import UUID

import pytest

from contracts.assignments import AssignmentDecisionRefused
from contracts.event import Event
from contracts.message import Reason
from contracts.needs import NeedReviewDue
from contracts.rounds import ApplicationUnplaced, NeedUnmet, NominationProposed
from services.notifications.people import FOUNDATION, Correspondent, office_contact
from tests.events import example
from tests.integration.notifications.happenings import (
    OWNER,
    START,
    activated,
    amended,
    assignment_amended,
    confirmed,
    contact,
    contest_decided,
    correction_requested,
    erasure_requested,
    event,
    named,
    obstacle_amended,
    obstacle_opened,
    offer_declined,
    offered,
    pair_amended,
    proposed,
    registered,
    rejected,
    released,
    withdrawn,
)
from tests.integration.notifications.test_sender import Office, office

__all__ = ["office"]

NEW = named("lead new")


def plain(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


async def told(office: Office) -> dict[UUID, list[str]]:
    """What each person was sent, in its order."""
    while await office.send():
        pass
    rows = await office.desk.rows(where="state = 'sent'")
    found: dict[UUID, list[str]] = {}
    for row in sorted(rows, key=lambda row: (row["sent_at"], row["kind"])):
        found.setdefault(row["recipient_id"], []).append(row["kind"])
    return found


async def test_a_lead_who_is_replaced_gets_nothing_more_and_the_new_one_all_that_is_to_come(office: Office) -> None:
    people = [contact(who) for who in ("lead a", "lead new", "owner", "person of mentor a")]
    await office.desk.handle(*people, confirmed("a"), offered("a"))
    before = await told(office)
    assert before[named("lead a")] == ["assignment-confirmation", "pair-offer-to-lead"]
    to_come = {it["kind"]: it["due_at"] for it in await office.desk.to_come()}
    said = await office.desk.handle(
        assignment_amended("a", 3, lead_id=NEW, to="confirmed", project_title="Un autre titre"),
        pair_amended("a", 2, lead_id=NEW, to="offered", expires_at=START + timedelta(days=9)),
    )
    cancelled = [it for it in said if it["event"] == "cancelled"]
    assert {it["reason"] for it in cancelled} == {"role-handed-over"}
    assert {it["recipient_id"] for it in cancelled} == {str(named("lead a"))}
    assert {it["kind"]: it["due_at"] for it in await office.desk.to_come()} == to_come
    after = await told(office)
    assert after[named("lead a")] == before[named("lead a")]
    assert after[NEW] == ["pair-offer-to-lead"], "the offer waits for an answer, the confirmation does not"
    everything = after
    for _ in range(120):
        office.clock.advance(timedelta(days=10).total_seconds())
        everything = await told(office)
    assert everything[named("lead a")] == before[named("lead a")]
    mails = [mail for mail in office.server.mails if mail["To"].addresses[0].addr_spec == "lead-new@asso.example"]
    assert len(mails) == len(everything[NEW])
    assert sum("Un autre titre" in str(mail["Subject"]) for mail in mails) >= 1


async def test_an_owner_who_abstains_or_is_gone_has_their_deputy_told_though_nothing_is_kept(office: Office) -> None:
    deputy = named("owner deputy")
    await office.desk.handle(contact("owner"), contact("owner deputy"), proposed("a"), obstacle_opened("a"))
    assert "assignment-proposal" in (await told(office))[named("owner")]
    await office.desk.handle(erasure_requested("owner"))
    await office.desk.handle(
        assignment_amended("a", 2, owner_id=deputy, to="proposed"),
        obstacle_amended("a", 2, owner_id=deputy, to="opened", due_at=START + timedelta(days=9)),
    )
    assert sorted((await told(office))[deputy]) == ["assignment-proposal", "obstacle-opened"]


async def test_an_offer_tells_the_lead_what_the_mentor_does_and_the_mentor_what_the_project_is(office: Office) -> None:
    work = {"occupation": "Juriste", "directorate": "direction-emploi", "skills": ["health", "no-such-theme"]}
    await office.desk.handle(contact("lead a"), contact("person of mentor a", work=work))
    await office.desk.handle(offered("a", themes=("health",), territories=("13203",)))
    office.server.mails.clear()
    await told(office)
    texts = {it["To"].addresses[0].addr_spec: plain(it) for it in office.server.mails}
    to_lead, to_mentor = texts["lead-a@asso.example"], texts["person-of-mentor-a@asso.example"]
    assert "Juriste, Direction de l’emploi" in to_lead
    assert "Accès à la santé, No such theme" in to_lead
    assert "Mentor A" not in to_lead, "their name is told once both have accepted"
    assert "Accès à la santé" in to_mentor
    assert "Marseille 3e Arrondissement" in to_mentor


async def test_both_are_introduced_again_when_the_lead_is_another(office: Office) -> None:
    mentor = named("person of mentor a")
    people = [contact(who) for who in ("lead a", "lead new", "person of mentor a")]
    await office.desk.handle(*people, activated("a", first_contact_by=date(2025, 3, 17)))
    await told(office)
    office.server.mails.clear()
    await office.desk.handle(pair_amended("a", 6, lead_id=NEW, to="active", first_contact_by=date(2025, 3, 17)))
    found = await told(office)
    assert found[NEW] == ["introduction-to-lead"]
    assert found[mentor] == ["introduction-to-mentor"] * 2
    assert found[named("lead a")] == ["introduction-to-lead"]
    (to_mentor,) = [it for it in office.server.mails if "mentor" in it["To"].addresses[0].addr_spec]
    assert "lead-new@asso.example" in plain(to_mentor)
    assert await office.desk.handle(pair_amended("a", 7, lead_id=NEW, to="active")) == []


@pytest.mark.parametrize(
    ("story", "kinds"),
    [
        ([registered("s"), rejected("s", 2), registered("s", 3)], ["acknowledgement", "rejection", "acknowledgement"]),
        ([correction_requested("s"), rejected("s", 2)], ["correction-request", "rejection"]),
        ([registered("s"), correction_requested("s", 2), registered("s", 3)],
         ["acknowledgement", "correction-request", "acknowledgement"]),
        ([registered("s"), amended("s", 2), amended("s", 3)], ["acknowledgement"]),
        ([registered("s"), withdrawn("s")], ["acknowledgement", "withdrawal"]),
        ([rejected("s"), rejected("s", 2)], ["rejection", "rejection"]),
        ([confirmed("s"), released("s", 3, before="confirmed", reason="no-capacity")],
         ["assignment-confirmation", "assignment-undone"]),
        ([confirmed("s"), released("s", 3, before="confirmed", reason="withdrawn")], ["assignment-confirmation"]),
        ([offered("s"), offer_declined("s", 2)], ["pair-offer-to-lead", "offer-over-to-lead"]),
    ],
)  # fmt: skip
async def test_what_contradicts_the_last_word_is_told_to_the_lead(
    office: Office, story: list[Event[Any]], kinds: list[str]
) -> None:
    await office.desk.handle(contact("lead s"), contact("person of mentor s"))
    for happening in story:
        await office.desk.handle(happening)
        await told(office)
        office.clock.advance(60)
    assert (await told(office))[named("lead s")] == kinds


async def test_what_never_left_is_not_contradicted(office: Office) -> None:
    await office.desk.handle(contact("lead s"), contact("owner"))
    await office.desk.handle(registered("s"), rejected("s", 2), registered("s", 3), proposed("s"), released("s", 2))
    assert await told(office) == {named("lead s"): ["acknowledgement"]}


async def test_who_decides_hears_that_a_proposal_is_gone_or_was_decided_by_another(office: Office) -> None:
    await office.desk.handle(contact("owner"), *(proposed(name) for name in "abc"))
    await told(office)
    head = f"officer:{named('head')}"
    of_another = confirmed("b")
    of_another = of_another._replace(data=of_another.data.model_copy(update={"actor": head}))
    assert confirmed("c").data.actor == OWNER
    await office.desk.handle(released("a", 2, reason="need-closed"), of_another, confirmed("c"))
    office.clock.now = START + timedelta(days=8)
    kinds = (await told(office))[named("owner")]
    assert sorted(kinds) == ["assignment-proposal"] * 3 + ["proposal-decided", "proposal-withdrawn"]
    (gone,) = [mail for mail in office.server.mails if "n’attend plus" in str(mail["Subject"])]
    text = plain(gone)
    assert "le besoin a été clos" in text
    assert "nous vous le proposerons" not in text, "a closed need gets nothing more"


CAUSE = Reason(code="no-need-meets", fr="Aucun besoin ouvert ne correspond.", en="No open need meets it.")
REMEDY = Reason(code="territories", fr="Indiquez les territoires.", en="Give the territories.")


async def test_after_a_round_those_without_a_need_and_needs_without_an_answer_are_told_once_for_each_cause(
    office: Office,
) -> None:
    lead, owner = named("lead a"), named("owner")
    await office.desk.handle(contact("lead a"), contact("owner"))
    for number, cause in enumerate((CAUSE, CAUSE, CAUSE.model_copy(update={"code": "places-taken"}))):
        await office.desk.handle(
            event(
                example(
                    ApplicationUnplaced,
                    application_id=named("application a"),
                    round_id=UUID(int=number),
                    lead_id=lead,
                    cause=cause,
                    remedies=(REMEDY,),
                )
            ),
            event(example(NeedUnmet, need_id=named("need"), owner_id=owner, cause=CAUSE)),
        )
    await office.desk.handle(event(example(NeedReviewDue, need_id=named("need"), owner_id=owner)))
    office.clock.now = START + timedelta(days=8)
    found = await told(office)
    assert found[lead] == ["not-placed"] * 2
    assert sorted(found[owner]) == ["need-review", "need-unmet"]
    texts = list(map(plain, office.server.mails))
    assert sum("Indiquez les territoires." in text for text in texts) == 2


async def test_a_decision_that_changed_nothing_is_answered_to_officers_who_are_known(office: Office) -> None:
    await office.desk.handle(contact("owner"))
    refusals = [
        example(AssignmentDecisionRefused, actor=actor, reasons=(CAUSE,))
        for actor in (OWNER, OWNER, f"officer:{named('stranger')}", "officer:nobody", "form")
    ]
    await office.desk.handle(*(event(refusal) for refusal in refusals))
    assert await told(office) == {named("owner"): ["decision-refused"] * 2}
    assert len(await office.desk.rows()) == 2, "nothing waits for who is nobody"


@pytest.mark.parametrize("address", [None, Correspondent("La France s’engage", "marseille@fondation.example")])
async def test_the_foundation_hears_of_nominations_and_what_became_of_them(
    office: Office, address: Correspondent | None
) -> None:
    office.sender._offices = {} if address is None else {FOUNDATION: office_contact(FOUNDATION, address)}
    nominated = example(NominationProposed, application_id=named("application a"), lead_id=named("lead a"))
    await office.desk.handle(event(nominated))
    for days in (8, 16, 24):
        office.clock.now = START + timedelta(days=days)
        await office.send()
        if days == 8:
            await office.desk.handle(contest_decided("a", "laureate")._replace(time=office.clock.now))
            await office.desk.handle(contest_decided("b", "laureate")._replace(time=office.clock.now))
        if days == 16:
            await office.desk.handle(confirmed("a")._replace(time=office.clock.now))
            await office.desk.handle(confirmed("b")._replace(time=office.clock.now))
    found = (await told(office)).get(FOUNDATION, [])
    if address is None:
        assert found == []
        rows = await office.desk.rows(where="kind = 'nomination'")
        assert [row["settled"] for row in rows] == ["no-address-set"]
    else:
        assert found == ["nomination", "nomination-decided", "nomination-taken-up"]
