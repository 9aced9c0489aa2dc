"""The rights that are exported: each service reads and writes what the catalogue says, and nobody more."""

from __future__ import annotations

from pathlib import Path

import yaml
from typer.testing import CliRunner

from contracts.catalogue import SERVICES, TOPICS
from deploy.command_line.commands import program
from publication.access import User, users

USERS = {user.name: user for user in users()}


_AT_THE_DOOR = {"intake": {"forms.applications.v1"}, "notifications": {"forms.decisions.v1"}}


def topics_of(user: User, operation: str) -> set[str]:
    return {it.name for it in user.grants if it.resource == "topic" and operation in it.operations}


def test_services_have_what_the_catalogue_gives_them() -> None:
    for service in SERVICES:
        user = USERS[f"engage-{service}"]
        assert topics_of(user, "Read") == {topic.name for topic in TOPICS if service in topic.consumers}
        written = {topic.name for topic in TOPICS if service in topic.producers}
        assert topics_of(user, "Write") == written | _AT_THE_DOOR.get(service, set())


def test_only_who_may_reach_people_reads_where_they_are() -> None:
    assert {name for name, user in USERS.items() if "contacts.v1" in topics_of(user, "Read")} == {
        "engage-notifications",
        "contacts-subscriber",
        "erasures",
        "restores",
    }
    restricted = {topic.name for topic in TOPICS if topic.privacy == "restricted"}
    assert not topics_of(USERS["public-subscriber"], "Read") & restricted


def test_a_form_hears_its_answers_and_nothing_personal() -> None:
    public = {topic.name for topic in TOPICS if topic.privacy == "public"}
    forms = {topic.name: USERS[topic.name.removesuffix(".v1").replace(".", "-")] for topic in TOPICS if topic.is_form}
    for topic, user in forms.items():
        assert topics_of(user, "Write") == {topic}
        assert topics_of(user, "Read") == public
        assert [it.name for it in user.grants if it.resource == "group"] == [f"{user.name}-"]


def test_subscribers_and_operators_write_nothing() -> None:
    for name in ("public-subscriber", "contacts-subscriber", "operator"):
        assert not topics_of(USERS[name], "Write")


def test_whoever_proves_an_erasure_reads_every_topic_and_asks_as_a_form_does() -> None:
    assert topics_of(USERS["erasures"], "Read") == {topic.name for topic in TOPICS}
    assert topics_of(USERS["erasures"], "Write") == {"forms.erasures.v1"}


def test_whoever_repairs_writes_where_forms_do_and_reads_no_record() -> None:
    forms = {topic.name for topic in TOPICS if topic.is_form}
    for name in ("engage-console", "repairs"):
        assert topics_of(USERS[name], "Write") == forms
        assert not topics_of(USERS[name], "Read")
    assert topics_of(USERS["engage-console"], "Describe") == {topic.name for topic in TOPICS}, "how far they go"


def test_the_journal_may_see_how_far_what_it_reads_goes() -> None:
    journal = USERS["engage-journal"]
    assert topics_of(journal, "Describe") >= topics_of(journal, "Read") > set()


def test_the_resources_are_written_as_strimzi_reads_them(tmp_path: Path) -> None:
    options = f"contracts export --strimzi --directory {tmp_path} --cluster city --replication 3".split()
    done = CliRunner().invoke(program, options)
    assert done.exit_code == 0, done.output
    topics = {it["metadata"]["name"]: it for it in yaml.safe_load_all((tmp_path / "topics.yaml").read_text())}
    assert set(topics) == {topic.name for topic in TOPICS}
    needs = topics["needs.v1"]
    assert needs["metadata"]["labels"] == {"strimzi.io/cluster": "city"}
    assert needs["spec"]["config"] == {"cleanup.policy": "compact", "retention.ms": "-1", "min.insync.replicas": "2"}
    people = {it["metadata"]["name"]: it for it in yaml.safe_load_all((tmp_path / "users.yaml").read_text())}
    assert set(people) == set(USERS)
    assert {it["kind"] for it in people.values()} == {"KafkaUser"}
