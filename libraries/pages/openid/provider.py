"""The provider as we ask it: where it is, where a browser is sent, and what a code is good for."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar
from urllib.parse import urlencode, urlsplit

import httpx2
import orjson
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from joserfc.jwk import KeySet
from pydantic import ValidationError

from libraries.pages.openid.discovery import Described
from libraries.pages.openid.tokens import (
    Claims,
    LoggedOut,
    NotTrusted,
    UnknownKey,
    keys_of,
    read_id_token,
    read_logout_token,
    read_user_info,
    session_in,
)
from libraries.pages.openid.transport import SECONDS, Bounded, ProviderAway, is_safe, within_time

_ERROR_CODE: Final = re.compile(r"[a-z_]{1,40}")
_WELL_KNOWN: Final = "/.well-known/openid-configuration"
_KNOWN_FOR: Final = timedelta(hours=1)
_KEYS_ANEW: Final = timedelta(seconds=30)
"""How often, at most, keys are fetched because of one that is not known."""


Read = TypeVar("Read")


class ProviderRefuses(Exception):
    """The provider gives nothing for what it was asked; `why` is its code of the error, where it looks like one."""

    def __init__(self, why: str) -> None:
        # It comes by way of the browser: whoever sits there may write anything, and it goes into a log.
        self.why = why if _ERROR_CODE.fullmatch(why) else "other"
        super().__init__(self.why)


@dataclass(frozen=True, slots=True)
class Client:
    """Who we are to the provider at `issuer`, what we ask to be told of people, and where it sends them back to."""

    issuer: str
    client_id: str
    client_secret: str
    scopes: str
    comes_back: str


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What the provider proved of a person, and the id token, by which it knows the session that is to end.

    `session` is what it calls that session itself, where it says so.
    """

    claims: Claims
    id_token: str
    session: str | None


class Provider:
    """One provider; what it says of itself is asked when it is first needed, so that it may be away at a start."""

    def __init__(
        self, client: Client, clock: Callable[[], datetime], transport: httpx2.AsyncBaseTransport | None = None
    ) -> None:
        self._client = client
        self._clock = clock
        self._transport = transport or httpx2.AsyncHTTPTransport()
        self._described: tuple[datetime, Described] | None = None
        self._keys: tuple[datetime, KeySet] | None = None
        self._fetching = asyncio.Lock()

    async def close(self) -> None:
        """Lets go of connections."""
        await self._transport.aclose()

    async def address_for(self, *, state: str, nonce: str, verifier: str, language: str) -> str:
        """Where a browser is sent to sign in; raises ProviderAway and NotTrusted."""
        async with within_time(), self._session() as session:
            described = await self._describe(session)
            address, _ = session.create_authorization_url(
                described.authorization_endpoint, state=state, nonce=nonce, code_verifier=verifier, ui_locales=language
            )
        return str(address)

    async def take(self, *, code: str, nonce: str, verifier: str, issuer: str | None) -> SignedIn:
        """What a code proves; raises ProviderAway, ProviderRefuses and NotTrusted.

        `issuer` is what came with the code (RFC 9207): another provider's answer is none for us.
        """
        async with within_time(), self._session() as session:
            described = await self._describe(session)
            if issuer != described.issuer and (issuer or described.authorization_response_iss_parameter_supported):
                raise NotTrusted("iss")
            methods = described.token_endpoint_auth_methods_supported
            # Some encode what stands in a header and some do not; in a form there is one way.
            method = "client_secret_post" if "client_secret_post" in methods else "client_secret_basic"
            session.token_endpoint_auth_method = method
            token = await self._exchange(session, described.token_endpoint, code, verifier)
            id_token, access_token = token.get("id_token"), str(token.get("access_token", ""))
            claims = await self._read(
                session,
                lambda keys: read_id_token(
                    id_token,
                    keys,
                    issuer=described.issuer,
                    client_id=self._client.client_id,
                    nonce=nonce,
                    access_token=access_token,
                    now=self._clock(),
                ),
            )
            told = await self._told(session, described, claims["sub"], access_token)
        return SignedIn({**told, **claims}, str(id_token), session_in(claims))

    async def logged_out(self, token: str) -> LoggedOut:
        """What a logout token says has ended; raises ProviderAway and NotTrusted."""
        async with within_time(), self._session() as session:
            described = await self._describe(session)
            return await self._read(
                session,
                lambda keys: read_logout_token(
                    token, keys, issuer=described.issuer, client_id=self._client.client_id, now=self._clock()
                ),
            )

    async def left(self, id_token: str, back: str) -> str | None:
        """Where a browser is sent to sign out of the provider too; None where it has no such place, or is away."""
        try:
            async with within_time(), self._session() as session:
                described = await self._describe(session)
        except (ProviderAway, NotTrusted):
            return None
        if described.end_session_endpoint is None:
            return None
        asked = {
            "id_token_hint": id_token,
            "client_id": self._client.client_id,
            "post_logout_redirect_uri": back,
        }
        joined = "&" if urlsplit(described.end_session_endpoint).query else "?"
        return f"{described.end_session_endpoint}{joined}{urlencode(asked)}"

    async def _exchange(self, session: Any, address: str, code: str, verifier: str) -> Mapping[str, Any]:
        try:
            token = await session.fetch_token(
                address, grant_type="authorization_code", code=code, code_verifier=verifier
            )
        except OAuthError as error:
            raise ProviderRefuses(str(error.error)) from None
        except (ValueError, TypeError, AttributeError):
            # No JSON, or JSON that is no answer.
            raise NotTrusted("token") from None
        if not isinstance(token, dict):
            raise NotTrusted("token")
        return token

    async def _told(self, session: Any, described: Described, subject: str, access_token: str) -> Claims:
        if described.userinfo_endpoint is None:
            return {}
        headers = {"authorization": f"Bearer {access_token}", "accept": "application/json, application/jwt"}
        answer = await self._get(session, described.userinfo_endpoint, headers)
        return await self._read(
            session,
            lambda keys: read_user_info(
                answer.headers.get("content-type", ""),
                answer.content,
                keys,
                issuer=described.issuer,
                client_id=self._client.client_id,
                subject=subject,
            ),
        )

    async def _read(self, session: Any, read: Callable[[KeySet], Read]) -> Read:
        """What was signed, by the keys that are known, or by new ones where the provider has changed them."""
        try:
            return read(await self._signing_keys(session, _KNOWN_FOR))
        except UnknownKey:
            return read(await self._signing_keys(session, _KEYS_ANEW))

    async def _describe(self, session: Any) -> Described:
        if self._described is not None and self._clock() - self._described[0] < _KNOWN_FOR:
            return self._described[1]
        answer = await self._get(session, self._client.issuer.rstrip("/") + _WELL_KNOWN)
        try:
            described = Described.model_validate_json(answer.content)
        except ValidationError:
            raise NotTrusted("discovery") from None
        if described.issuer != self._client.issuer:
            raise NotTrusted("issuer")
        if not all(map(is_safe, described.addresses)):
            raise NotTrusted("https")
        self._described = self._clock(), described
        return described

    async def _signing_keys(self, session: Any, known_for: timedelta) -> KeySet:
        async with self._fetching:
            if self._keys is not None and self._clock() - self._keys[0] < known_for:
                return self._keys[1]
            described = await self._describe(session)
            answer = await self._get(session, described.jwks_uri)
            try:
                keys = keys_of(orjson.loads(answer.content))
            except orjson.JSONDecodeError:
                raise NotTrusted("keys") from None
            self._keys = self._clock(), keys
            return keys

    async def _get(self, session: Any, address: str, headers: Mapping[str, str] | None = None) -> httpx2.Response:
        answer: httpx2.Response = await session.request("GET", address, withhold_token=True, headers=headers)
        if answer.status_code != httpx2.codes.OK:
            raise ProviderAway(f"status {answer.status_code}")
        return answer

    def _session(self) -> AsyncOAuth2Client:
        return AsyncOAuth2Client(
            self._client.client_id,
            self._client.client_secret,
            scope=self._client.scopes,
            redirect_uri=self._client.comes_back,
            code_challenge_method="S256",
            transport=Bounded(self._transport),
            timeout=SECONDS,
            headers={"accept-encoding": "identity"},
        )
