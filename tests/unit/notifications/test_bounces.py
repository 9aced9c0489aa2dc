"""Delivery reports: which follow-up came back, for good or for now, and whether its address is to blame."""

from __future__ import annotations

from email.headerregistry import Address
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifications.mails.bounces import Bounce, bounce_of, return_path

FOLLOW_UP = UUID("01890c5e-7b1a-8c33-9d2f-3f0a8c6d1e55")
BOUNCES = Address("", "bounces", "engage.example")


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
    assert bounce_of(report()) == Bounce(FOLLOW_UP, "lead-a@asso.example", "5.1.1")


def test_or_by_the_address_that_it_came_to() -> None:
    path = return_path(BOUNCES, FOLLOW_UP)
    assert path == "bounces+01890c5e7b1a8c339d2f3f0a8c6d1e55@engage.example"
    assert bounce_of(report(to=path, original=False)) == Bounce(FOLLOW_UP, "lead-a@asso.example", "5.1.1")


@pytest.mark.parametrize(
    ("status", "no_such_address"),
    [("5.1.1", True), ("5.1.10", True), ("5.2.1", True), ("5.2.2", False), ("5.7.1", False), ("5.10.1", False)],
)
def test_only_some_troubles_are_with_the_address(status: str, no_such_address: bool) -> None:
    bounce = bounce_of(report(status=status))
    assert bounce is not None
    assert bounce.no_such_address is no_such_address


@pytest.mark.parametrize(
    "content",
    [
        report(action="delayed", status="4.4.1"),
        report(action="delivered", status="2.0.0"),
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
