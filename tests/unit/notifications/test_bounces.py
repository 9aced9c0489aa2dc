"""Refusals and delivery reports: which follow-up came back, for good or for now, and whose fault it is."""

from __future__ import annotations

import tomllib
from email.headerregistry import Address
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifications.mails.bounces import Bounce, bounce_of, return_path
from services.notifications.mails.faults import Diagnosis, of_reply, of_report

FOLLOW_UP = UUID("01890c5e-7b1a-8c33-9d2f-3f0a8c6d1e55")
BOUNCES = Address("", "bounces", "engage.example")
HERE = Path(__file__).parent
REPLIES: list[dict[str, Any]] = tomllib.loads((HERE / "replies.toml").read_text(encoding="utf-8"))["replies"]
REPORTS: list[dict[str, Any]] = tomllib.loads((HERE / "reports.toml").read_text(encoding="utf-8"))["reports"]
CAME_BACK = Bounce(FOLLOW_UP, "lead-a@asso.example", "5.1.1", Diagnosis("recipient", is_final=True))


def report(
    *, to: str = "engage@engage.example", action: str = "failed", status: str = "5.1.1", original: bool = True
) -> bytes:
    """A report as Postfix writes it; with `original` it brings the headers of the mail back."""
    returned = ""
    if original:
        returned = (
            "--=_b\r\nContent-Type: text/rfc822-headers\r\n\r\n"
            f"From: Engage <engage@engage.example>\r\nMessage-ID: <{FOLLOW_UP}@engage.example>\r\nSubject: x\r\n\r\n"
        )
    return (
        f"Return-Path: <>\r\nTo: {to}\r\nSubject: Undelivered Mail Returned to Sender\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="=_b"\r\n\r\n'
        "--=_b\r\nContent-Type: text/plain\r\n\r\nI'm sorry to have to inform you.\r\n\r\n"
        "--=_b\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; mx.asso.example\r\n\r\n"
        f"Final-Recipient: rfc822; lead-a@asso.example\r\nAction: {action}\r\nStatus: {status} (bad mailbox)\r\n\r\n"
        f"{returned}--=_b--\r\n"
    ).encode()


def test_a_report_names_its_follow_up_by_the_message_id_that_it_brings_back() -> None:
    assert bounce_of(report()) == CAME_BACK


def test_or_by_the_address_that_it_came_to() -> None:
    path = return_path(BOUNCES, FOLLOW_UP)
    assert path == "bounces+01890c5e7b1a8c339d2f3f0a8c6d1e55@engage.example"
    assert bounce_of(report(to=path, original=False)) == CAME_BACK


@pytest.mark.parametrize("case", REPLIES, ids=[case["by"] for case in REPLIES])
def test_whose_fault_a_refusal_is(case: dict[str, Any]) -> None:
    said = of_reply(case["code"], case["text"], case["phase"])
    assert (said.fault, said.is_final) == (case["fault"], case["code"] >= 500)
    assert said.no_such_address == (case["fault"] == "recipient" and case["code"] >= 500)


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize("case", REPORTS, ids=[case["by"] for case in REPORTS])
def test_whose_fault_a_report_says_it_is(case: dict[str, Any], ends: str) -> None:
    content = case["content"].replace("FOLLOW-UP", str(FOLLOW_UP)).replace("\n", ends).encode()
    bounce = bounce_of(content)
    assert bounce is not None
    assert (bounce.follow_up_id, bounce.recipient) == (FOLLOW_UP, "lead-a@asso.example")
    assert (bounce.status, bounce.diagnosis.fault) == (case["status"], case["fault"])
    assert bounce.no_such_address == (case["fault"] == "recipient")


NO_SUCH_ADDRESS = {"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10"}


def test_only_these_say_that_there_is_no_such_address() -> None:
    codes = [f"{kind}.{subject}.{detail}" for kind in (4, 5) for subject in range(10) for detail in range(130)]
    assert {code for code in codes if of_report(code).no_such_address} == NO_SUCH_ADDRESS
    replies = {code for code in codes if of_reply(int(code[0]) * 100 + 50, code, "recipient").no_such_address}
    assert replies == NO_SUCH_ADDRESS
    assert {code for code in codes if of_reply(550, code, "sender").no_such_address} == set()


@given(st.integers(200, 599), st.text(max_size=60), st.sampled_from(["sender", "recipient", "content"]))
def test_whatever_a_server_says_it_is_somebodys_fault(code: int, text: str, phase: Any) -> None:
    assert of_reply(code, text, phase).is_final == (code >= 500)


# What strangers write into the header of a mail, at which the standard library's newer reading of headers raises.
BROKEN = ["<", '"a" <', "a@[", "..@", "<@", ",<", "=?utf-8?q?=0A?= <a@b>", "=?utf-8?q?=0D=0A?=@b"]


@pytest.mark.parametrize("to", BROKEN)
def test_a_broken_header_hides_no_report(to: str) -> None:
    assert bounce_of(report(to=to)) == CAME_BACK


@pytest.mark.parametrize("charset", [b"=undefined", b"=nul\0", b"*=x'y'%ff"])
def test_a_charset_that_is_none_breaks_nothing(charset: bytes) -> None:
    named, of_status = b"; charset" + charset + b"\r\n", b"message/delivery-status\r\n"
    bounce_of(report().replace(of_status, of_status[:-2] + named + b"X\r\n\xff"))
    bounce_of(report().replace(b"rfc822-headers\r\n", b"rfc822-headers" + named))


def test_a_report_that_leaves_the_action_out_is_read_by_its_status() -> None:
    assert bounce_of(report().replace(b"Action: failed\r\n", b"")) == CAME_BACK
    assert bounce_of(report(status="4.4.7").replace(b"Action: failed\r\n", b"")) is None


def test_a_recipient_may_stand_in_brackets_and_an_action_before_a_remark() -> None:
    bracketed = report(action="failed (permanent)").replace(b"lead-a@asso.example", b"<lead-a@asso.example>")
    assert bounce_of(bracketed) == CAME_BACK


def test_what_a_server_says_may_be_encoded() -> None:
    said = b"Diagnostic-Code: smtp; =?utf-8?q?550_Bo=C3=AEte_aux_lettres_pleine?=\r\nStatus: 5.0.0"
    bounce = bounce_of(report().replace(b"Status: 5.1.1", said))
    assert bounce is not None
    assert bounce.diagnosis.fault == "mailbox"


@pytest.mark.parametrize(
    "content",
    [
        report(action="delayed", status="4.4.1"),
        report(action="relayed", status="5.1.1"),
        report(action="expanded", status="5.1.1"),
        report(action="delivered", status="2.0.0"),
        report(action="failed", status="2.0.0"),
        report(status="nonsense"),
        report(original=False),
        b"Subject: Re: your mail\r\n\r\nThank you!\r\n",
        b"",
    ],
)
def test_all_else_is_no_bounce(content: bytes) -> None:
    assert bounce_of(content) is None


@given(st.binary(max_size=400), st.integers(0, 900), st.binary(max_size=30))
def test_nothing_that_comes_in_breaks_it(anything: bytes, position: int, noise: bytes) -> None:
    bounce_of(anything)
    content = report()
    bounce_of(content[:position] + noise + content[position:])
