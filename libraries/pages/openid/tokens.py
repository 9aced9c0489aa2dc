"""What a provider signed, read: who somebody is, where every claim that protects them holds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple, TypeAlias

import orjson
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import ClaimError, InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry
from joserfc.jwt import ClaimsOption, JWTClaimsRegistry

Claims: TypeAlias = Mapping[str, Any]

ALGORITHMS: Final = (
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519",
)  # fmt: skip
"""By which a provider may sign: each by a key of its own that we only know the public half of, and never `none`."""

_LEEWAY_SECONDS: Final = 60
"""By how much the provider's clock may differ from ours."""
_MOST_TOKEN_CHARACTERS: Final = 20_000
_MOST_ID_CHARACTERS: Final = 255
_LONGEST_GOOD_SECONDS: Final = 86_400
_LOGGED_OUT: Final = "http://schemas.openid.net/event/backchannel-logout"
_TYPES: Final = ("logout+jwt", "jwt")
"""What a logout token may call itself, where it says what it is."""


class NotTrusted(Exception):
    """What came from the provider proves nothing; `why` is a code, and nothing that it said."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class UnknownKey(NotTrusted):
    """It is signed by a key that is not among those that were fetched: the provider may have a new one."""

    def __init__(self) -> None:
        super().__init__("key")


def read_id_token(
    token: object, keys: KeySet, *, issuer: str, client_id: str, nonce: str, access_token: str, now: datetime
) -> Claims:
    """The claims of an id token (OpenID Connect Core 3.1.3.7); raises NotTrusted."""
    decoded = _decoded(token, keys)
    options = {
        "iss": {"essential": True, "value": issuer},
        "aud": {"essential": True, "value": client_id},
        "sub": {"essential": True},
        "nonce": {"essential": True},
    }
    params = {"client_id": client_id, "nonce": nonce, "access_token": access_token}
    claims = CodeIDToken(decoded.claims, decoded.header, options, params)
    try:
        claims.validate(now=int(now.timestamp()), leeway=_LEEWAY_SECONDS)
    except ClaimError as error:
        raise NotTrusted(str(error.claim)) from None
    return dict(claims)


def read_user_info(
    content_type: str, body: bytes, keys: KeySet, *, issuer: str, client_id: str, subject: str
) -> Claims:
    """What the provider says of a person, as JSON or, as ProConnect has it, signed; raises NotTrusted.

    What is signed has to be of the issuer and for us; either has to be about the subject of the id token.
    """
    if content_type.partition(";")[0].strip().lower() == "application/jwt":
        claims: Any = _decoded(body.decode("ascii", "replace").strip(), keys).claims
        audience = claims.get("aud")
        if claims.get("iss") != issuer:
            raise NotTrusted("iss")
        if client_id not in (audience if isinstance(audience, list) else [audience]):
            raise NotTrusted("aud")
    else:
        try:
            claims = orjson.loads(body)
        except orjson.JSONDecodeError:
            raise NotTrusted("userinfo") from None
    if not isinstance(claims, dict) or claims.get("sub") != subject:
        raise NotTrusted("sub")
    return claims


class LoggedOut(NamedTuple):
    """What ended at the provider: a session by its id there, all of a person by their subject, or one that has both.

    `token_id` is the token's own, which it has until `good_until`: it is to be heard once.
    """

    token_id: str
    good_until: datetime
    subject: str | None
    session: str | None


def read_logout_token(token: object, keys: KeySet, *, issuer: str, client_id: str, now: datetime) -> LoggedOut:
    """What a logout token says (OpenID Connect Back-Channel Logout 1.0, 2.6); raises NotTrusted."""
    decoded = _decoded(token, keys)
    claims, needed = decoded.claims, ClaimsOption(essential=True)
    registry = JWTClaimsRegistry(
        now=int(now.timestamp()),
        leeway=_LEEWAY_SECONDS,
        iss=ClaimsOption(essential=True, value=issuer),
        aud=ClaimsOption(essential=True, value=client_id),
        iat=needed,
        exp=needed,
        jti=needed,
    )
    try:
        registry.validate(claims)
    except ClaimError as error:
        raise NotTrusted(str(error.claim)) from None
    if str(decoded.header.get("typ", "JWT")).lower() not in _TYPES:
        raise NotTrusted("typ")
    # An id token is none: browsers have it, and it is good for more.
    events = claims.get("events")
    if "nonce" in claims or not isinstance(events, dict) or not isinstance(events.get(_LOGGED_OUT), dict):
        raise NotTrusted("events")
    # It is remembered for as long as it is good.
    if claims["exp"] > now.timestamp() + _LONGEST_GOOD_SECONDS:
        raise NotTrusted("exp")
    subject, session = _id_in(claims, "sub"), _id_in(claims, "sid")
    if subject is None and session is None:
        raise NotTrusted("sub")
    good_until = datetime.fromtimestamp(claims["exp"] + _LEEWAY_SECONDS, UTC)
    return LoggedOut(claims["jti"], good_until, subject, session)


def session_in(claims: Claims) -> str | None:
    """By which id the provider knows the session that an id token is of, where it says so; raises NotTrusted."""
    return _id_in(claims, "sid")


def _id_in(claims: Claims, name: str) -> str | None:
    value = claims.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or not 0 < len(value) <= _MOST_ID_CHARACTERS or "\x00" in value:
        raise NotTrusted(name)
    return value


def keys_of(document: object) -> KeySet:
    """The public keys that a provider signs by; raises NotTrusted where there are none."""
    try:
        given = [key for key in document["keys"] if key.get("use", "sig") == "sig"]  # type: ignore[index]
        return KeySet.import_key_set({"keys": given})
    except (JoseError, KeyError, TypeError, AttributeError, ValueError):
        raise NotTrusted("keys") from None


def _decoded(token: object, keys: KeySet) -> jwt.Token:
    if not isinstance(token, str) or len(token) > _MOST_TOKEN_CHARACTERS:
        raise NotTrusted("token")
    try:
        return jwt.decode(token, keys, registry=JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False))
    except InvalidKeyIdError:
        raise UnknownKey from None
    except (JoseError, ValueError, TypeError) as error:
        # Its words may quote the token; the kind of error does not.
        raise NotTrusted(getattr(error, "error", None) or "token") from None
