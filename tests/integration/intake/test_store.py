"""The store: duplicates found across batches, within one, and across transactions that run at once."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from contracts.applications import ApplicationSubmitted, ApplicationWithdrawalRequested
from libraries.chassis.store import named_queries
from services.intake.app import SERVICE
from services.intake.store import IntakeStore
from tests.integration.intake.conftest import Connection, Published, handle, sent, take
from tests.unit.intake.forms import IN_2024, OTHER_SIRET, SIRET, corrected, submitted

HOLDERS = named_queries("services.intake")["fetch_holders"]
LATER = IN_2024 + timedelta(days=3)
TITLE = {"title": "Les Étoiles de l'Étang"}
SAME_TITLE = {"title": "les etoiles de l’etang !"}


def by(siret: str | None, **changes: Any) -> ApplicationSubmitted:
    return submitted(organisation_changes={"siret": siret}, **changes)


def flags(published: list[Published]) -> list[tuple[str, list[str], list[str]]]:
    return [
        (each.key, [flag["code"] for flag in each.data["flags"]], each.data["related_application_ids"])
        for each in published
        if each.name == "application.flagged"
    ]


def names(*forms: ApplicationSubmitted) -> list[str]:
    return [str(form.application_id) for form in forms]


@pytest.mark.parametrize("batched", [False, True])
async def test_the_second_application_of_an_organisation_is_flagged(connection: Connection, batched: bool) -> None:
    first, second = by(SIRET), by("73282932000074.0")
    if batched:
        published = await take(connection, first, second)
    else:
        published = [*await take(connection, first), *await take(connection, second)]
    assert flags(published) == [(*names(second), ["same-organisation"], names(first))]
    assert [each.name for each in published] == [
        "application.registered",
        "application.registered",
        "application.flagged",
    ]
    # The flag is of the version that it was raised with.
    assert [each.data["version"] for each in published] == [1, 1, 1]


async def test_the_same_title_by_another_organisation_is_flagged(connection: Connection) -> None:
    first, second = by(SIRET, project=TITLE), by(OTHER_SIRET, project=SAME_TITLE)
    await take(connection, first)
    assert flags(await take(connection, second)) == [(*names(second), ["same-project"], names(first))]


async def test_one_event_names_all_flags_and_all_related_applications(connection: Connection) -> None:
    first, second = by(SIRET), by(OTHER_SIRET, project=TITLE)
    third = by(SIRET, project=SAME_TITLE)
    await take(connection, first, second)
    assert flags(await take(connection, third)) == [
        (*names(third), ["same-organisation", "same-project"], names(first, second))
    ]


async def test_an_organisation_without_identifiers_is_known_by_folded_name_and_commune(connection: Connection) -> None:
    def named(name: str, commune: str = "13055") -> ApplicationSubmitted:
        return submitted(organisation_changes={"siret": None, "name": name, "commune": commune})

    first, second, elsewhere = named("L'École d’Après"), named("L ECOLE D'APRES"), named("L'École d’Après", "13001")
    assert flags(await take(connection, first, second, elsewhere)) == [
        (*names(first), ["organisation-unidentified"], []),
        (*names(second), ["same-organisation", "organisation-unidentified"], names(first)),
        # 13001 is Aix-en-Provence by its INSEE code, and Marseille's first arrondissement by its postal code.
        (*names(elsewhere), ["organisation-unidentified", "commune-maybe-postal"], []),
    ]


async def test_other_editions_and_withdrawn_applications_are_no_duplicates(connection: Connection) -> None:
    first, withdrawn = by(SIRET, submitted_at=IN_2024.replace(year=2026)), by(SIRET)
    back = ApplicationWithdrawalRequested(application_id=withdrawn.application_id, requested_at=LATER)
    await take(connection, first, withdrawn, back)
    assert flags(await take(connection, by(SIRET))) == []


async def test_a_rejected_application_raises_no_flag_and_is_one_for_the_next(connection: Connection) -> None:
    first, rejected, third = by(SIRET), by(SIRET, consent=False), by(SIRET)
    assert flags(await take(connection, first, rejected)) == []
    assert flags(await take(connection, third)) == [(*names(third), ["same-organisation"], names(first, rejected))]


async def test_an_amendment_is_flagged_only_for_what_is_new(connection: Connection) -> None:
    first, second = by(SIRET, project=TITLE), by(SIRET)
    again = corrected(second, corrected_at=LATER)
    same_title = corrected(second, corrected_at=LATER, project=SAME_TITLE)
    await take(connection, first, second)
    assert flags(await take(connection, again)) == []
    published = await take(connection, same_title)
    assert flags(published) == [(*names(second), ["same-organisation", "same-project"], names(first))]
    assert [each.data["version"] for each in published] == [3, 3]
    assert flags(await take(connection, same_title)) == []


async def test_an_organisation_is_found_by_what_it_gave_before_too(connection: Connection) -> None:
    first = by(SIRET)
    moved = corrected(first, corrected_at=LATER, organisation=by(OTHER_SIRET).organisation)
    await take(connection, first)
    await take(connection, moved)
    former, present = by(SIRET), by(OTHER_SIRET)
    assert flags(await take(connection, former)) == [(*names(former), ["same-organisation"], names(first))]
    assert flags(await take(connection, present)) == [(*names(present), ["same-organisation"], names(first))]


async def test_an_organisation_is_the_same_by_its_siren_here_and_its_rna_there(connection: Connection) -> None:
    def known_by(name: str, **identifiers: str) -> ApplicationSubmitted:
        return submitted(organisation_changes={"siret": None, "name": name, **identifiers})

    both = known_by("Un", siren=SIRET[:9], rna="W131234567")
    there = known_by("Deux", rna="w13 1234567", commune="13203")
    named = known_by("UN", commune="Marseille 5e")
    stranger = known_by("Un", siren=OTHER_SIRET[:9])
    await take(connection, both)
    assert [flag[2] for flag in flags(await take(connection, there))] == [names(both)]
    assert [flag[2] for flag in flags(await take(connection, named))] == [names(both)]
    # The same name under another SIREN is another organisation: only the one without a number may be either.
    assert [flag[2] for flag in flags(await take(connection, stranger))] == [names(named)]


async def test_two_transactions_at_once_do_not_both_miss_a_duplicate(
    connection: Connection, other_connection: Connection
) -> None:
    first, second = by(SIRET), by(SIRET)
    holding = connection.transaction()
    await holding.start()
    assert flags(await handle(IntakeStore(connection), first)) == []
    other = asyncio.create_task(take(other_connection, second))
    await asyncio.sleep(0.2)
    assert not other.done(), "the second must wait for the first"
    await holding.commit()
    assert flags(await other) == [(*names(second), ["same-organisation"], names(first))]


async def test_after_a_rollback_the_one_that_waited_sees_nothing(
    connection: Connection, other_connection: Connection
) -> None:
    holding = connection.transaction()
    await holding.start()
    await handle(IntakeStore(connection), by(SIRET))
    other = asyncio.create_task(take(other_connection, by(SIRET)))
    await asyncio.sleep(0.1)
    await holding.rollback()
    assert flags(await other) == []


async def test_transactions_that_want_the_same_keys_in_different_orders_do_not_deadlock(
    connection: Connection, other_connection: Connection
) -> None:
    async def run(on: Connection, rounds: range) -> list[Published]:
        published = []
        for number in rounds:
            order = (SIRET, OTHER_SIRET) if number % 2 else (OTHER_SIRET, SIRET)
            published += await take(on, *(by(siret, project=TITLE) for siret in order))
        return published

    seen = await asyncio.gather(run(connection, range(20)), run(other_connection, range(1, 21)))
    published = [each for part in seen for each in part]
    # All but the very first share its title.
    assert len(flags(published)) == 79


async def test_however_many_keys_a_batch_has_it_takes_few_locks_and_lets_go_of_them(connection: Connection) -> None:
    forms = [submitted(organisation_changes={"siret": None, "name": f"Structure {n}"}) for n in range(1_500)]
    async with connection.transaction():
        events = [sent(form) for form in forms]
        await IntakeStore(connection).load(events, SERVICE.handlers.named(events))
        locks = await connection.fetchval("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")
        assert 600 < locks <= 1_024
    assert await connection.fetchval("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'") == 0


async def test_a_title_that_everyone_uses_does_not_make_events_longer_and_longer(connection: Connection) -> None:
    forms = [by(SIRET, project=TITLE) for _ in range(60)]
    published = await take(connection, *forms)
    published += await take(connection, by(SIRET, project=TITLE))
    assert flags(published)[-1][2] == names(*forms[:20])
    assert max(len(related) for _, _, related in flags(published)) == 20


async def test_no_more_holders_of_a_key_are_fetched_than_asked_for(connection: Connection) -> None:
    forms = [by(SIRET, project=TITLE) for _ in range(5)]
    await take(connection, *forms)
    keys = await connection.fetchrow("SELECT DISTINCT edition, project_key FROM application")
    assert keys is not None
    edition, project = keys
    organisation = f"siren:{SIRET[:9]}"
    rows = await connection.fetch(HOLDERS, [edition], [organisation], [edition], [project], 2)
    assert sorted(str(row["id"]) for row in rows) == sorted(2 * names(*forms[:2]))


@pytest.mark.parametrize(
    ("query", "types", "arguments"),
    [
        ("fetch_holders", "text[], text[], text[], text[], int", "'{e}', '{k7}', '{e}', '{p8}', 21"),
        ("fetch_applications", "uuid[], uuid[]", "ARRAY[md5('7')::uuid, md5('8')::uuid], ARRAY[md5('9')::uuid]"),
        (
            "update_applications",
            "uuid[], text[], text[], text[], text[], int[], uuid[], text[], text[], text[], text[], text[],"
            " text[], text[], text[], text[], timestamptz[], timestamptz[], text[]",
            "ARRAY[md5('7')::uuid], '{contest}', '{e}', '{r}', '{rejected}', '{2}', ARRAY[md5('1')::uuid],"
            " '{p}', '{o}', '{NULL}', '{NULL}', '{NULL}', '{siren}', '{t}', '{f}', '{s}', ARRAY[now()], ARRAY[now()],"
            " '{NULL}'",
        ),
        ("fetch_leads", "uuid[]", "ARRAY[md5('7')::uuid]"),
        ("fetch_told_by", "uuid[]", "ARRAY[md5('7')::uuid]"),
        ("forget_forms", "uuid[], timestamptz[]", "ARRAY[md5('7')::uuid], ARRAY[now()]"),
        ("fetch_keys", "uuid[]", "ARRAY[md5('7')::uuid]"),
        (
            "keep_keys",
            "text[], uuid[], uuid[], timestamptz[]",
            "'{k7}', ARRAY[md5('7')::uuid], ARRAY[md5('8')::uuid], ARRAY[now()]",
        ),
        ("forget_keys", "uuid[], timestamptz[]", "ARRAY[md5('7')::uuid], ARRAY[now()]"),
        ("fetch_confirmations", "uuid[], timestamptz[]", "ARRAY[md5('7')::uuid], '{2024-01-20}'"),
    ],
)
async def test_a_plan_made_on_an_empty_table_stays_right(
    connection: Connection, query: str, types: str, arguments: str
) -> None:
    await connection.execute("SET plan_cache_mode = force_generic_plan")
    for table in ("application", "application_version", "organisation_key", "lead", "confirmation"):
        await connection.execute(f"ALTER TABLE {table} SET (autovacuum_enabled = off)")
    await connection.execute(f"PREPARE looking ({types}) AS {named_queries('services.intake')[query]}")
    await connection.execute(f"EXECUTE looking ({arguments})")
    await connection.execute(
        "INSERT INTO application SELECT md5(n::text)::uuid, 'contest', 'e', 'r', 'registered', 1, md5(n::text)::uuid,"
        " 'p' || n, 'o', NULL, NULL, NULL, 'siren', 't', '', 's', now(), now()"
        " FROM generate_series(1, 20000) AS n"
    )
    await connection.execute(
        "INSERT INTO application_version SELECT id, 1, id, now(), 'form', '[]', id FROM application"
    )
    await connection.execute(
        "INSERT INTO organisation_key SELECT 'k' || n, md5(n::text)::uuid, md5(n::text)::uuid, now()"
        " FROM generate_series(1, 20000) AS n"
    )
    await connection.execute("INSERT INTO lead SELECT id, 's', now(), NULL FROM application")
    await connection.execute("INSERT INTO confirmation SELECT id, '2024-01-20', 'matching', '[]' FROM application")
    explain = "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) EXECUTE looking"
    (explained,) = json.loads(await connection.fetchval(f"{explain} ({arguments})"))
    assert explained["Plan"]["Shared Hit Blocks"] + explained["Plan"]["Shared Read Blocks"] < 60


async def test_a_store_can_load_again_after_saving_and_writes_each_change_once(connection: Connection) -> None:
    first, second = by(SIRET), by(SIRET)
    async with connection.transaction():
        store = IntakeStore(connection)
        await handle(store, first)
        published = await handle(store, second)
        published += await handle(store, corrected(first, corrected_at=LATER))
        await store.save()
    assert [key for key, _, _ in flags(published)] == names(second, first)
    rows = await connection.fetch("SELECT id::text, version FROM application ORDER BY id")
    assert [tuple(row) for row in rows] == list(zip(names(first, second), (2, 1), strict=True))


async def test_the_number_of_statements_does_not_depend_on_the_number_of_events(connection: Connection) -> None:
    counts = []
    for size in (2, 2, 40):  # the first time also prepares the statements
        forms = [by(SIRET) for _ in range(size)]
        await take(connection, *forms)
        seen: list[str] = []

        def count(query: asyncpg.connection.LoggedQuery, seen: list[str] = seen) -> None:
            seen.append(query.query)

        connection.add_query_logger(count)
        await take(connection, *(corrected(form, corrected_at=LATER) for form in forms), by(SIRET))
        await asyncio.sleep(0)
        connection.remove_query_logger(count)
        counts.append(len(seen))
    assert counts[1] == counts[2]
    assert counts[1] > 0


async def test_an_empty_batch_changes_nothing(connection: Connection) -> None:
    assert await take(connection) == []
