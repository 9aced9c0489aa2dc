"""What was released stays: migrations are never edited, and new ones come after them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from deploy.release import upgrades
from deploy.release.released import PATH, Brought, migrations_in, mistakes, read_register, with_release
from deploy.release.texts import ReleaseError
from libraries.chassis.servers.migration_files import Migration
from publication.registry import PUBLISHED
from publication.registry import read_register as read_contracts

ROOT = Path(__file__).resolve().parents[3]
FIRST, SECOND = Migration("intake/0001_all.sql", "SELECT 1;"), Migration("intake/0002_more.sql", "SELECT 2;")
RELEASED = {"0.1.0": Brought(migrations={each.name: each.digest for each in (FIRST, SECOND)}, contracts=("a.v1.0",))}


def test_nothing_that_was_released_was_edited() -> None:
    assert list(mistakes(read_register(ROOT), migrations_in(ROOT))) == []


def test_every_migration_of_a_service_is_looked_at() -> None:
    names = {migration.name for migration in migrations_in(ROOT)}
    assert {"chassis/0001_chassis.sql", "intake/0002_door.sql", "console/0001_console.sql"} <= names


def test_what_was_released_of_the_contracts_is_still_published() -> None:
    released = {name for brought in read_register(ROOT).values() for name in brought.contracts}
    assert released <= read_contracts(PUBLISHED).versions.keys()


@pytest.mark.parametrize(
    ("present", "said"),
    [
        ([FIRST, SECOND, Migration("intake/0003_new.sql", "SELECT 3;"), Migration("desk/0001_desk.sql", "")], None),
        (
            [FIRST, Migration(SECOND.name, "SELECT 2; -- better")],
            "intake/0002_more.sql was released with 0.1.0 and was edited",
        ),
        ([SECOND], "intake/0001_all.sql was released with 0.1.0 and is gone"),
        ([FIRST, SECOND, Migration("intake/0001_b.sql", "")], "0001_b.sql would come before intake/0002_more.sql"),
    ],
    ids=["new ones", "an edit", "one is gone", "one between"],
)
def test_a_change_of_what_was_released_is_a_mistake(present: list[Migration], said: str | None) -> None:
    found = list(mistakes(RELEASED, present))
    assert found == [] if said is None else [said in each for each in found] == [True]


def test_a_release_brings_what_none_before_it_did(tmp_path: Path) -> None:
    new = Migration("intake/0003_new.sql", "SELECT 3;")
    text = with_release(RELEASED, "0.2.0", [FIRST, SECOND, new], ["b.v1.0", "a.v1.0"])
    (tmp_path / PATH).parent.mkdir(parents=True)
    (tmp_path / PATH).write_text(text)
    register = read_register(tmp_path)
    assert register == {**RELEASED, "0.2.0": Brought(migrations={new.name: new.digest}, contracts=("b.v1.0",))}


def test_a_register_that_is_gone_or_wrong_is_told(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match=r"released\.json is gone: restore it"):
        read_register(tmp_path)
    (tmp_path / PATH).parent.mkdir(parents=True)
    (tmp_path / PATH).write_text(json.dumps({"0.1.0": {"migrations": {}}}))
    with pytest.raises(ReleaseError, match=r"0\.1\.0\.contracts: Field required: restore it"):
        read_register(tmp_path)


def test_the_page_says_in_which_order_each_release_is_upgraded() -> None:
    text = upgrades.PAGE.read_text(encoding="utf-8")
    assert upgrades.page(text) == text, "run `make configuration`"
    with pytest.raises(ValueError, match="needs a table"):
        upgrades.page("# Upgrade\n")


def test_the_order_of_a_release_is_that_of_what_it_brought() -> None:
    submitted, registered = "engage.application.submitted.v1.0", "engage.application.registered.v1.0"
    present = set(read_contracts(PUBLISHED).versions)
    first = Brought(migrations={}, contracts=tuple(present - {registered}))
    second, third = (Brought(migrations={}, contracts=names) for names in ((registered,), ()))
    register = {"0.1.0": first, "0.2.0": second, "0.3.0": third}
    assert list(upgrades.rows(register, present)) == [
        "| 0.3.0 | nothing | any |",
        "| 0.2.0 | `application.registered.v1.0` | matching, then notifications, then journal, then intake |",
        "| 0.1.0 | all | the first one |",
    ]
    assert upgrades.order_of(register, "0.1.0").startswith("The first release")
    assert upgrades.order_of(register, "0.2.0").startswith("1. matching\n2. notifications\n3. journal\n4. intake\n")
    assert upgrades.order_of(register, "0.3.0").startswith("Services in any order")
    assert submitted not in "".join(upgrades.rows(register, present))
