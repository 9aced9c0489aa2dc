"""What a provider signs: only what holds in every claim that protects somebody says who they are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey

from libraries.pages.openid.tokens import (
    ALGORITHMS,
    LoggedOut,
    NotTrusted,
    UnknownKey,
    keys_of,
    read_id_token,
    read_logout_token,
    read_user_info,
)
from libraries.pages.openid.transport import is_safe

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
KEY = ECKey.generate_key("P-256", {"kid": "1"})
KEYS = KeySet([KEY])
ISSUER, CLIENT, NONCE = "https://sso.example", "engage", "a nonce"
CLAIMS = {
    "iss": ISSUER,
    "aud": CLIENT,
    "sub": "ada",
    "nonce": NONCE,
    "iat": int(NOW.timestamp()),
    "exp": int(NOW.timestamp()) + 300,
}


def read(token: object) -> dict[str, Any]:
    return dict(read_id_token(token, KEYS, issuer=ISSUER, client_id=CLIENT, nonce=NONCE, access_token="x", now=NOW))


def signed(**claims: Any) -> str:
    given = {name: value for name, value in {**CLAIMS, **claims}.items() if value is not None}
    return jwt.encode({"alg": "ES256", "kid": "1"}, given, KEY)


def test_what_is_right_is_read() -> None:
    assert read(signed(email="ada@ville.example"))["email"] == "ada@ville.example"
    assert read(signed(aud=[CLIENT]))["sub"] == "ada"
    assert read(signed(aud=[CLIENT, "other"], azp=CLIENT))["sub"] == "ada"


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"nonce": "another"}, "nonce"),
        ({"nonce": None}, "nonce"),
        ({"aud": "another"}, "aud"),
        ({"aud": [CLIENT, "other"]}, "azp"),
        ({"aud": []}, "aud"),
        ({"azp": "other"}, "azp"),
        ({"iss": "https://sso.example/"}, "iss"),
        ({"exp": int(NOW.timestamp()) - 61}, "exp"),
        ({"iat": int(NOW.timestamp()) + 3_600}, "iat"),
        ({"sub": ""}, "sub"),
        ({"sub": 7}, "sub"),
    ],
    ids=str,
)
def test_each_claim_that_protects_is_looked_at(claims: dict[str, Any], why: str) -> None:
    with pytest.raises(NotTrusted) as error:
        read(signed(**claims))
    assert error.value.why == why


def test_a_minute_between_two_clocks_is_none() -> None:
    assert read(signed(exp=int(NOW.timestamp()) - 59))


def test_nobody_signs_but_by_a_key_that_only_the_provider_has() -> None:
    assert "none" not in ALGORITHMS
    assert not [name for name in ALGORITHMS if name.startswith("HS")]
    secret = OctKey.import_key("a secret of both, which is long enough for it", {"kid": "1"})
    for token in (
        jwt.encode({"alg": "HS256", "kid": "1"}, CLAIMS, secret),
        jwt.encode({"alg": "ES256", "kid": "1"}, CLAIMS, ECKey.generate_key("P-256", {"kid": "1"})),
    ):
        with pytest.raises(NotTrusted):
            read(token)
    with pytest.raises(UnknownKey):
        read(jwt.encode({"alg": "ES256", "kid": "2"}, CLAIMS, KEY))


@given(st.one_of(st.none(), st.integers(), st.text(), st.binary(), st.from_regex(r"[\w-]{0,20}(\.[\w-]{0,20}){0,4}")))
def test_whatever_comes_in_its_place_is_refused(token: object) -> None:
    with pytest.raises(NotTrusted):
        read(token)


def test_what_is_endless_is_not_read() -> None:
    with pytest.raises(NotTrusted):
        read(signed(text="x" * 20_000))


def user_info(body: bytes, content_type: str = "application/json") -> dict[str, Any]:
    return dict(read_user_info(content_type, body, KEYS, issuer=ISSUER, client_id=CLIENT, subject="ada"))


def test_what_is_told_of_somebody_is_of_who_signed_in() -> None:
    assert user_info(b'{"sub": "ada", "siret": "1"}')["siret"] == "1"
    told = jwt.encode({"alg": "ES256", "kid": "1"}, {"iss": ISSUER, "aud": CLIENT, "sub": "ada", "siret": "1"}, KEY)
    assert user_info(told.encode(), "Application/JWT; charset=utf-8")["siret"] == "1"


@pytest.mark.parametrize("body", [b'{"sub": "eve"}', b"{}", b"[]", b"null", b"\xff", b'{"sub": '])
def test_what_is_told_of_another_is_not_taken(body: bytes) -> None:
    with pytest.raises(NotTrusted):
        user_info(body)


@pytest.mark.parametrize("claims", [{"iss": "https://x.example"}, {"aud": "x"}, {"sub": "eve"}, {"iss": None}])
def test_what_is_signed_for_others_is_not_taken(claims: dict[str, Any]) -> None:
    given = {"iss": ISSUER, "aud": CLIENT, "sub": "ada", **claims}
    token = jwt.encode({"alg": "ES256", "kid": "1"}, {k: v for k, v in given.items() if v is not None}, KEY)
    with pytest.raises(NotTrusted):
        user_info(token.encode(), "application/jwt")


@pytest.mark.parametrize(
    "document", [None, [], {}, {"keys": []}, {"keys": [7]}, {"keys": [{"kty": "RSA"}]}, {"keys": 1}]
)
def test_keys_that_are_none_are_refused(document: object) -> None:
    with pytest.raises(NotTrusted):
        keys_of(document)


def test_keys_to_encrypt_for_sign_nothing() -> None:
    encrypting = ECKey.generate_key("P-256", {"use": "enc", "kid": "2"}).as_dict(private=False)
    keys = keys_of({"keys": [encrypting, KEY.as_dict(private=False), {"kty": "of tomorrow"}]})
    assert [key.kid for key in keys] == ["1"]


@pytest.mark.parametrize(
    ("address", "safe"),
    [
        ("https://sso.example/x", True),
        ("http://127.0.0.1:9/x", True),
        ("http://localhost", True),
        ("http://[::1]:8", True),
        ("http://sso.example", False),
        ("http://127.0.0.1.example", False),
        ("ftp://127.0.0.1", False),
        ("https://", False),
        ("https://[", False),
        ("/x", False),
    ],
)
def test_where_a_secret_may_be_sent(address: str, safe: bool) -> None:
    assert is_safe(address) is safe


LOGOUT: dict[str, Any] = {
    "iss": ISSUER,
    "aud": CLIENT,
    "iat": int(NOW.timestamp()),
    "exp": int(NOW.timestamp()) + 120,
    "jti": "one",
    "events": {"http://schemas.openid.net/event/backchannel-logout": {}},
    "sub": "ada",
    "sid": "a session",
}


def left(token: object) -> LoggedOut:
    return read_logout_token(token, KEYS, issuer=ISSUER, client_id=CLIENT, now=NOW)


def logout(typ: str | None = "logout+jwt", **claims: Any) -> str:
    given = {name: value for name, value in {**LOGOUT, **claims}.items() if value is not None}
    header = {"alg": "ES256", "kid": "1", **({} if typ is None else {"typ": typ})}
    return jwt.encode(header, given, KEY)


def test_what_ended_at_the_provider_is_read() -> None:
    until = NOW + timedelta(seconds=180)
    assert left(logout()) == LoggedOut("one", until, "ada", "a session")
    assert left(logout(sid=None)) == LoggedOut("one", until, "ada", None)
    assert left(logout(sub=None, typ=None)) == LoggedOut("one", until, None, "a session")
    assert left(logout(aud=[CLIENT, "other"], typ="JWT"))


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"aud": "another"}, "aud"),
        ({"aud": None}, "aud"),
        ({"iss": "https://elsewhere.example"}, "iss"),
        ({"iss": None}, "iss"),
        ({"iat": None}, "iat"),
        ({"iat": int(NOW.timestamp()) + 3_600}, "iat"),
        ({"exp": None}, "exp"),
        ({"exp": int(NOW.timestamp()) - 61}, "exp"),
        ({"exp": int(NOW.timestamp()) + 90_000}, "exp"),
        ({"exp": 1e300}, "exp"),
        ({"exp": "never"}, "exp"),
        ({"jti": None}, "jti"),
        ({"jti": 7}, "jti"),
        ({"nonce": NONCE}, "events"),
        ({"events": None}, "events"),
        ({"events": []}, "events"),
        ({"events": {"another": {}}}, "events"),
        ({"events": {"http://schemas.openid.net/event/backchannel-logout": None}}, "events"),
        ({"sub": None, "sid": None}, "sub"),
        ({"sub": 7}, "sub"),
        ({"sid": ""}, "sid"),
        ({"sid": "x" * 256}, "sid"),
        ({"sid": "\x00"}, "sid"),
        ({"typ": "at+jwt"}, "typ"),
    ],
    ids=str,
)
def test_nothing_else_ends_a_session(claims: dict[str, Any], why: str) -> None:
    with pytest.raises(NotTrusted) as error:
        left(logout(**claims))
    assert error.value.why == why


def test_neither_an_id_token_nor_another_s_word_ends_a_session() -> None:
    for token in (
        signed(),
        jwt.encode({"alg": "ES256", "kid": "1"}, LOGOUT, ECKey.generate_key("P-256", {"kid": "1"})),
    ):
        with pytest.raises(NotTrusted):
            left(token)
