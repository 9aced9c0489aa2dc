"""Signatures as Standard Webhooks has them, by its own example, and everything that is not one."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest

from services.intake.door.signature import NotSigned, check_headers, secret_bytes, signature, signer

# The example that the specification's libraries share.
KEY = secret_bytes("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
MESSAGE, TIMESTAMP, BODY = "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", b'{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
NOW = datetime.fromtimestamp(1614265330, UTC)
HEADERS = {"webhook-id": MESSAGE, "webhook-timestamp": TIMESTAMP, "webhook-signature": SIGNATURE}
OTHER = b"x" * 24


def who(changes: dict[str, str] | None = None, *, now: datetime = NOW, body: bytes = BODY) -> str:
    headers = {name: value for name, value in {**HEADERS, **(changes or {})}.items() if value != "-"}
    secrets = {"other-form": [OTHER], "city-form": [b"y" * 24, KEY]}
    check_headers(headers, now=now, tolerance=timedelta(minutes=5))
    return signer(headers, body, secrets)


def test_the_specifications_example() -> None:
    assert signature(KEY, MESSAGE, TIMESTAMP, BODY) == SIGNATURE
    assert who() == "city-form"


def test_one_of_several_signatures_is_enough() -> None:
    stranger = signature(b"z" * 24, MESSAGE, TIMESTAMP, BODY)
    assert who({"webhook-signature": f"v1a,abc {stranger} {SIGNATURE}"}) == "city-form"


@pytest.mark.parametrize("seconds", [-300, 300])
def test_the_clocks_may_differ_a_little(seconds: int) -> None:
    assert who(now=NOW + timedelta(seconds=seconds)) == "city-form"


@pytest.mark.parametrize(
    ("changes", "header"),
    [
        ({"webhook-id": "-"}, "webhook-id"),
        ({"webhook-id": "m" * 201}, "webhook-id"),
        ({"webhook-id": "é"}, "webhook-id"),
        ({"webhook-timestamp": "-"}, "webhook-timestamp"),
        ({"webhook-timestamp": "soon"}, "webhook-timestamp"),
        ({"webhook-timestamp": "1614265029"}, "webhook-timestamp"),
        ({"webhook-timestamp": "9" * 400}, "webhook-timestamp"),
        ({"webhook-timestamp": "1614265331"}, "webhook-signature"),
        ({"webhook-id": "another"}, "webhook-signature"),
        ({"webhook-signature": "-"}, "webhook-signature"),
        ({"webhook-signature": SIGNATURE.removeprefix("v1,")}, "webhook-signature"),
        ({"webhook-signature": "v1,é"}, "webhook-signature"),
    ],
)
def test_what_is_not_signed_names_the_header(changes: dict[str, str], header: str) -> None:
    with pytest.raises(NotSigned) as caught:
        who(changes)
    assert caught.value.header == header


def test_a_changed_body_is_not_signed() -> None:
    with pytest.raises(NotSigned, match="webhook-signature"):
        who(body=BODY + b" ")


@pytest.mark.parametrize("seconds", [-301, 301])
def test_what_was_kept_can_not_be_sent_later(seconds: int) -> None:
    with pytest.raises(NotSigned, match="webhook-timestamp"):
        who(now=NOW + timedelta(seconds=seconds))


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_é", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_c2hvcnQ="])
def test_a_bad_secret_is_refused_and_never_quoted(secret: str) -> None:
    with pytest.raises(ValueError, match="must be whsec_") as caught:
        secret_bytes(secret)
    assert "c2hvcnQ" not in str(caught.value)


def test_a_secret_of_the_right_length_is_taken() -> None:
    assert secret_bytes("whsec_" + base64.b64encode(OTHER).decode()) == OTHER
