"""The HTTP door of a running intake: every answer, one effect however often a message is sent, and no names in logs."""

from __future__ import annotations

import base64
import json
import os
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import requests
import schemathesis
from requests import PreparedRequest
from requests.auth import AuthBase

from contracts.applications import ApplicationCorrected, ApplicationSubmitted, ApplicationWithdrawalRequested
from contracts.event import Event
from deploy.local.stack import Stack
from publication.registry import PUBLISHED
from services.intake.door.openapi import openapi_document
from tests.door import Answer, request, signed
from tests.eventually import eventually
from tests.forms import START, application
from tests.kafka import read_events
from tests.tools import program

EXAMPLES = Path("contracts/examples")
POST = "/v1/applications"


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with Stack(services=("intake",), environment={"ENGAGE_DOOR_BODY_BYTES": "20000"}) as made:
        yield made


class Form:
    """A form with the stack's secret."""

    def __init__(self, stack: Stack) -> None:
        self.address, self.secret = stack.addresses()["intake"], stack.door_secret

    def send(self, message_id: str, body: object, path: str = POST) -> Answer:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return request(self.address, "POST", path, content, signed(self.secret, message_id, content))

    def state(self, application_id: object) -> Answer:
        return request(self.address, "GET", f"{POST}/{application_id}")


@pytest.fixture
def form(stack: Stack) -> Form:
    return Form(stack)


def body_of(data: ApplicationSubmitted | ApplicationCorrected | ApplicationWithdrawalRequested) -> dict[str, Any]:
    return json.loads(data.model_dump_json(by_alias=True))  # type: ignore[no-any-return]


async def registered(form: Form, application_id: object, state: str = "registered") -> dict[str, Any]:
    async def look() -> dict[str, Any] | None:
        answer = form.state(application_id)
        return answer.body if answer.status == 200 and answer.body["state"] == state else None

    found = await eventually(look)
    assert found is not None
    return found


async def test_an_application_goes_through_the_door_to_its_end(stack: Stack, form: Form) -> None:
    data = application("door")
    answer = form.send("door-1", body_of(data))
    assert (answer.status, answer.body["application_id"]) == (202, str(data.application_id))
    assert answer.headers["location"] == answer.body["status"] == f"{POST}/{data.application_id}"
    known = await registered(form, data.application_id)
    assert (known["version"], known["edition"], known["reasons"]) == (1, "implantation-2024", [])

    fields = {name: getattr(data, name) for name in type(data).model_fields}
    corrected = body_of(ApplicationCorrected(**fields, corrected_at=START))
    assert form.send("door-2", corrected, f"{POST}/{data.application_id}/corrections").status == 202
    withdrawal = body_of(ApplicationWithdrawalRequested(application_id=data.application_id, requested_at=START))
    assert form.send("door-3", withdrawal, f"{POST}/{data.application_id}/withdrawal").status == 202
    assert (await registered(form, data.application_id, "withdrawn"))["version"] == 3

    events = await read_events(stack.broker.bootstrap_servers, "forms.applications.v1")
    mine = [event for event in events if isinstance(event, Event) and event.subject == str(data.application_id)]
    assert [event.type.split(".")[2] for event in mine] == ["submitted", "corrected", "withdrawal-requested"]
    assert {event.source for event in mine} == {"urn:form:local-form"}


async def test_a_rejected_application_is_told_every_reason_in_two_languages(form: Form) -> None:
    data = application("poor", track="contest")
    assert form.send("poor", body_of(data)).status == 202
    answer = await eventually(lambda: _judged(form, data.application_id))
    assert answer is not None
    assert answer["state"] in {"rejected", "correction-requested"}
    assert answer["reasons"]
    assert all(reason["fr"] and reason["en"] and reason["code"] for reason in answer["reasons"])


async def _judged(form: Form, application_id: object) -> dict[str, Any] | None:
    body: dict[str, Any] = form.state(application_id).body
    return body if body["state"] not in {"received", "registered"} else None


async def test_a_message_sent_again_has_one_effect_and_the_same_answer(stack: Stack, form: Form) -> None:
    data = application("again")
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: form.send("again", body_of(data)), range(8)))
    assert {answer.status for answer in answers} == {202}
    assert len({answer.body["event_id"] for answer in answers}) == 1
    await registered(form, data.application_id)
    assert form.send("again", body_of(data)).body == answers[0].body
    events = await read_events(stack.broker.bootstrap_servers, "applications.v1")
    mine = [event.type.split(".")[2] for event in events if event.subject == str(data.application_id)]
    assert mine == ["registered", "flagged"]


def test_the_same_id_with_other_content_is_a_conflict(form: Form) -> None:
    assert form.send("conflict", body_of(application("one"))).status == 202
    answer = form.send("conflict", body_of(application("two")))
    assert (answer.status, answer.body["type"]) == (409, "urn:engage:problem:other-content")
    assert form.state(application("two").application_id).status == 404


def test_a_broken_contract_is_told_field_by_field_without_its_values(form: Form) -> None:
    body = body_of(application("broken"))
    body["lead"]["email"] = {"camille": "canari"}
    body["track"] = "Camille Canari"
    body["submitted_at"] = "2025-01-10T09:00:00"
    body["organisation"]["operating_income_eur"] = -1
    body["project"]["themes"] = ["Not A Code"] * 21
    del body["application_id"]
    answer = form.send("broken", body)
    assert answer.status == 422
    assert {(error["field"], error["code"]) for error in answer.body["errors"]} >= {
        ("application_id", "missing"),
        ("track", "choice"),
        ("submitted_at", "time"),
    }
    assert all(error["fr"] != error["en"] for error in answer.body["errors"])
    assert "anari" not in json.dumps(answer.body)


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"{", 400, "json"),
        (b"\xff", 400, "json"),
        (b"[]", 422, "invalid"),
        (b'{"a": "' + b"x" * 20_000 + b'"}', 413, "too-large"),
    ],
)
def test_other_bodies_are_refused(form: Form, content: bytes, status: int, code: str) -> None:
    answer = form.send("odd", content)
    assert (answer.status, answer.body["type"]) == (status, f"urn:engage:problem:{code}")
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_body_without_a_length_is_read_no_further_than_allowed(form: Form) -> None:
    headers = signed(form.secret, "endless", b"")
    parts = (b"x" * 1000 for _ in range(40))
    assert requests.post(form.address + POST, data=parts, headers=headers, timeout=30).status_code == 413


def test_only_signed_messages_of_json_are_taken(form: Form) -> None:
    content = json.dumps(body_of(application("unsigned"))).encode()
    headers = signed(form.secret, "unsigned", content)
    stranger = signed("whsec_" + base64.b64encode(b"s" * 32).decode(), "unsigned", content)
    stale = signed(form.secret, "unsigned", content, at=1_600_000_000)
    for wrong, header in (
        ({"content-type": "application/json"}, "webhook-id"),
        (stranger, "webhook-signature"),
        (stale, "webhook-timestamp"),
    ):
        answer = request(form.address, "POST", POST, content, wrong)
        assert (answer.status, answer.body["header"]) == (401, header)
    answer = request(form.address, "POST", POST, content, {**headers, "content-type": "text/plain"})
    assert answer.status == 415
    assert form.state(application("unsigned").application_id).status == 404


def test_other_addresses_and_methods(form: Form) -> None:
    assert request(form.address, "GET", "/v1/nothing").status == 404
    assert form.state("no-uuid").status == 404
    answer = request(form.address, "DELETE", POST)
    assert (answer.status, answer.headers["allow"]) == (405, "POST")
    body = body_of(application("elsewhere"))
    fields = {**body, "corrected_at": "2025-01-10T09:00:00Z"}
    answer = form.send("elsewhere", fields, f"{POST}/{application('other').application_id}/corrections")
    assert [error["code"] for error in answer.body["errors"]] == ["other-application"]


def test_health_and_metrics_are_on_a_port_of_their_own(stack: Stack, form: Form) -> None:
    health = stack.addresses()["intake_health"]
    assert form.send("measured", body_of(application("measured"))).status == 202
    assert request(health, "GET", "/health/live").status == 200
    for path in ("/health/live", "/health/ready", "/metrics"):
        assert request(form.address, "GET", path).status == 404
    assert requests.get(health + "/v1/openapi.json", timeout=10).status_code == 404
    text = requests.get(health + "/metrics", timeout=10).text
    assert 'engage_door_requests_total{method="POST",status="202"}' in text
    wanted = {"accept": "application/openmetrics-text; version=1.0.0"}
    answer = requests.get(health + "/metrics", headers=wanted, timeout=10)
    assert answer.headers["content-type"].startswith("application/openmetrics-text")
    assert answer.text.endswith("# EOF\n")


def test_a_method_that_nobody_has_heard_of_is_no_figure_of_its_own(stack: Stack, form: Form) -> None:
    requests.request("BREW", form.address + "/v1/applications", timeout=10)
    text = requests.get(stack.addresses()["intake_health"] + "/metrics", timeout=10).text
    assert 'method="other"' in text
    assert "BREW" not in text


def test_a_form_needs_no_more_than_curl_and_openssl(form: Form) -> None:
    program("curl", "install curl")
    program("openssl", "install openssl")
    done = subprocess.run(
        ["sh", EXAMPLES / "form-http.sh"],
        env={**os.environ, "DOOR": form.address, "SECRET": form.secret, "MESSAGE": "from-the-shell"},
        input=json.dumps(body_of(application("shell"))),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr + done.stdout
    assert json.loads(done.stdout)["application_id"] == str(application("shell").application_id)


class Signer(AuthBase):
    """Signs whatever is sent, as the form that it plays would."""

    def __init__(self, secret: str) -> None:
        self._secret, self._count = secret, 0

    def __call__(self, prepared: PreparedRequest) -> PreparedRequest:
        if prepared.method == "POST":
            body = prepared.body or b""
            body = body.encode() if isinstance(body, str) else body
            assert isinstance(body, bytes)
            self._count += 1
            headers = signed(self._secret, f"schemathesis-{self._count}", body)
            prepared.headers.update({name: value for name, value in headers.items() if name != "content-type"})
        return prepared


def without_signatures() -> dict[str, Any]:
    """The door's document but for the headers of a signature, which the session adds to whatever it sends."""
    document = openapi_document()
    for operations in document["paths"].values():
        if "post" in operations:
            del operations["post"]["parameters"], operations["post"]["security"]
    return document


# A body may be wrong and too large at once: then its size is what it is refused for.
REFUSALS = {"expected-statuses": ["400", "401", "404", "409", "413", "415", "422"]}
SCHEMA = schemathesis.openapi.from_dict(
    without_signatures(), config=schemathesis.Config.from_dict({"checks": {"negative_data_rejection": REFUSALS}})
)


@SCHEMA.parametrize()
def test_the_door_keeps_to_its_document(case: Any, stack: Stack) -> None:
    session = requests.Session()
    session.auth = Signer(stack.door_secret)
    # The id in a path must be that in the body, which no schema can say: a right body may be refused.
    accepts = schemathesis.checks.CHECKS.get_one("positive_data_acceptance")
    case.call_and_validate(base_url=stack.addresses()["intake"], session=session, excluded_checks=[accepts])


def test_the_document_is_served_and_its_schemas_hold(form: Form) -> None:
    document = request(form.address, "GET", "/v1/openapi.json").body
    assert document == json.loads((PUBLISHED / "openapi.json").read_text())
    schema = {**document["components"]["schemas"]["ApplicationSubmitted"], "components": document["components"]}
    jsonschema.Draft202012Validator(schema).validate(body_of(application("fits")))


def test_no_log_line_names_anybody(stack: Stack, form: Form) -> None:
    form.send("canary", body_of(application("Camille Canari")))
    form.send("canary-broken", {"lead": {"name": "Camille Canari"}})
    log = (stack.logs / "intake.log").read_text()
    assert "taken at the door" in log
    assert "anari" not in log


async def test_a_form_that_is_not_listed_is_told_so_and_nothing_of_its_is_kept(tmp_path: Path) -> None:
    sources = tmp_path / "sources.toml"
    sources.write_text(
        '[[sources]]\nname = "urn:form:local-form"\nuser = "local-form"\n'
        'events = ["engage.application.submitted.v1"]\n',
        encoding="utf-8",
    )
    with Stack(services=("intake",), environment={"ENGAGE_SOURCES_FILE": str(sources)}) as listed:
        form, data = Form(listed), application("listed")
        assert form.send("listed-1", body_of(data)).status == 202
        withdrawal = body_of(ApplicationWithdrawalRequested(application_id=data.application_id, requested_at=START))
        refused = form.send("listed-2", withdrawal, f"{POST}/{data.application_id}/withdrawal")
        assert (refused.status, refused.body["type"]) == (403, "urn:engage:problem:not-listed")
        await registered(form, data.application_id)
        events = await read_events(listed.broker.bootstrap_servers, "forms.applications.v1")
        assert [event.type.split(".")[2] for event in events if isinstance(event, Event)] == ["submitted"]
