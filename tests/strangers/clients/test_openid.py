"""Signing in at a real provider of identities, npm's `oidc-provider`, and what hostile ones and hostile pages try."""

from __future__ import annotations

import base64
import re
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import asyncpg
import httpx2
import orjson
import pytest
import structlog
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey

from libraries.chassis.settings import read_settings
from libraries.pages.openid.settings import ENDS
from services.console.app import Console
from services.console.settings import ConsoleSettings
from tests.integration.conftest import connect, database_url, postgresql  # noqa: F401  # fixtures of ours
from tests.strangers.clients.openid.provider import SECRET, provider

ADDRESS = "http://engage.test"
PERSON = "0192f0c1-2a3b-7c4d-8e5f-0a1b2c3d4e5f"
ACCOUNTS: dict[str, dict[str, Any]] = {
    "ada": {"name": "Ada Martin", "email": "ada@ville.example", "email_verified": True, "groups": ["engage-operators"]},
    "claude": {
        "given_name": "Claude",
        "usual_name": "Roux",
        "email": "Claude.Roux@ville.example",
        "siret": "21130055300016",
        "idp_id": "71144ab3-ee1a-4401-b7b3-79b44f7daeeb",
    },
    "nobody": {"name": "Nobody", "email": "ada@ville.example", "email_verified": False},
}
PEOPLE = """
version = 1

[[groups]]
claim = "groups"
value = "engage-operators"
roles = ["operator"]

[[people]]
mail = "ada@ville.example"
roles = ["reader"]

[[people]]
subject = "late"
roles = ["reader"]
"""
LOGGED_OUT: dict[str, Any] = {"http://schemas.openid.net/event/backchannel-logout": {}}
PRO_CONNECT = f"""
version = 1
mail_is_verified = true

[required]
idp_id = ["71144ab3-ee1a-4401-b7b3-79b44f7daeeb"]
siret = ["21130055300016"]

[[people]]
mail = "claude.roux@ville.example"
person_id = "{PERSON}"
roles = ["officer", "programme-head"]
directorate = "education"
"""


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    with provider([ADDRESS], ACCOUNTS) as address:
        yield address


class Clock:
    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now


class Between(httpx2.AsyncBaseTransport):
    """What stands between the console and the provider: it may change an answer, or be away."""

    def __init__(self) -> None:
        self.inner = httpx2.AsyncHTTPTransport()
        self.asked: list[str] = []
        self.change: Callable[[str, httpx2.Response], httpx2.Response] = lambda path, answer: answer

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(request.url.path)
        answer = await self.inner.handle_async_request(request)
        await answer.aread()
        # A stream once more: what was read can't be read again.
        whole = httpx2.Response(answer.status_code, headers=_bare(answer.headers), content=answer.content)
        return self.change(request.url.path, whole)

    async def aclose(self) -> None:
        await self.inner.aclose()


def _bare(headers: httpx2.Headers) -> dict[str, str]:
    return {"content-type": headers.get("content-type", "")}


class Browser:
    """Somebody's browser: one jar of cookies for the console and for the provider."""

    def __init__(self, console: Console) -> None:
        # A transport of its own for each site, as each is reached in its own way.
        ours = httpx2.ASGITransport(console)
        self.client = httpx2.AsyncClient(mounts={ADDRESS: ours}, headers={"accept-language": "en"})

    async def get(self, address: str) -> httpx2.Response:
        return await self.client.get(ADDRESS + address if address.startswith("/") else address)

    async def send(self, path: str, page: httpx2.Response, **fields: str) -> httpx2.Response:
        token = re.search(r'name="form_token" value="([^"]+)"', page.text)
        assert token is not None
        return await self.client.post(ADDRESS + path, data={"form_token": token[1], **fields})

    async def at_provider(self, login: str, goes_on: str = "/") -> str:
        """Signs in at the provider; returns where that sends the browser back to, which is not gone to."""
        answer = await self.get(f"/sign-in?goes_on={goes_on}")
        assert answer.status_code == 303, answer.text
        for _ in range(12):
            while answer.is_redirect:
                assert answer.next_request is not None
                to = str(answer.next_request.url)
                if to.startswith(ADDRESS):
                    return to
                answer = await self.client.get(to)
            prompt = re.search(r'name="prompt" value="(\w+)"', answer.text)
            assert prompt is not None, answer.text
            fields = {"prompt": prompt[1], **({"login": login, "password": "x"} if prompt[1] == "login" else {})}
            answer = await self.client.post(str(answer.url), data=fields)
        raise AssertionError("the provider sends nobody back")

    async def sign_in(self, login: str, goes_on: str = "/") -> httpx2.Response:
        return await self.get(await self.at_provider(login, goes_on))

    @property
    def session(self) -> str | None:
        return self.client.cookies.get("engage_console_session")


class World:
    """A console that has people sign in at a provider, its clock, its file of people, what stands between, browsers."""

    def __init__(self, console: Console, between: Between, clock: Clock, stack: AsyncExitStack, people: Path) -> None:
        self.console, self.between, self.clock, self.people = console, between, clock, people
        self._stack = stack

    async def browser(self) -> Browser:
        browser = Browser(self.console)
        self._stack.push_async_callback(browser.client.aclose)
        return browser

    def forge(self, **claims: Any) -> Forger:
        forger = Forger(claims)
        self.between.change = forger.change
        return forger


class Forger:
    """Signs id tokens by a key that it says is the provider's: all but what is tried is as it should be."""

    def __init__(self, claims: Mapping[str, Any]) -> None:
        self.claims = claims
        self.key = ECKey.generate_key("P-256", auto_kid=True)
        self.sign: Callable[[dict[str, Any]], str] = lambda claims: jwt.encode(
            {"alg": "ES256", "kid": self.key.kid}, claims, self.key
        )

    def change(self, path: str, answer: httpx2.Response) -> httpx2.Response:
        if path == "/jwks":
            return httpx2.Response(200, json={"keys": [self.key.as_dict(private=False)]})
        if path == "/token":
            told = answer.json()
            claims = _payload(told["id_token"])
            # Of the real signature: what it is the half hash of stays.
            told["id_token"] = self.sign({name: v for name, v in {**claims, **self.claims}.items() if v is not None})
            return httpx2.Response(200, json=told)
        return answer


def _payload(token: str) -> dict[str, Any]:
    middle = token.split(".")[1]
    claims: dict[str, Any] = orjson.loads(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))
    return claims


@pytest.fixture
def make_world(
    issuer: str,
    database_url: str,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> Callable[..., Any]:
    @asynccontextmanager
    async def world(people: str = PEOPLE, **settings: str) -> AsyncIterator[World]:
        (tmp_path / "people.toml").write_text(people)
        for name, value in {
            "DATABASE_URL": database_url,
            "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1",  # nothing listens there
            "CONSOLE_KEY": "a key of sixteen letters",
            "CONSOLE_URL": ADDRESS,
            "OIDC_ISSUER": issuer,
            "OIDC_CLIENT_ID": "engage",
            "OIDC_CLIENT_SECRET": SECRET,
            "OIDC_ROLES_FILE": str(tmp_path / "people.toml"),
            **settings,
        }.items():
            monkeypatch.setenv(f"ENGAGE_{name}", value)
        between, clock = Between(), Clock()
        async with AsyncExitStack() as stack:
            console = Console(read_settings(ConsoleSettings), structlog.get_logger(), clock, between)
            await console.open()
            stack.push_async_callback(console.close)
            yield World(console, between, clock, stack, tmp_path / "people.toml")

    return world


@pytest.fixture
async def world(make_world: Callable[..., Any]) -> AsyncIterator[World]:
    async with make_world() as made:
        yield made


async def test_somebody_signs_in_comes_where_they_wanted_to_and_out_again(world: World) -> None:
    browser = await world.browser()
    outside = await browser.get("/audit?who=Ada")
    assert outside.status_code == 401
    way = re.search(r'href="(/sign-in[^"]*)"', outside.text)
    assert way is not None
    assert way[1] == "/sign-in?goes_on=/audit%3Fwho%3DAda"
    assert "engage console link" not in outside.text
    answer = await browser.sign_in("ada", "/audit%3Fwho%3DAda")
    assert answer.status_code == 200
    assert 'content="0; url=/audit?who=Ada"' in answer.text
    audit = await browser.get("/audit")
    assert "signed in" in audit.text
    assert "Ada Martin" in audit.text
    assert "operator, reader" in audit.text or "reader, operator" in audit.text
    cookie = browser.session
    left = await browser.send("/leave", audit)
    assert "sign out at the provider" in left.text
    elsewhere = re.search(r'href="(http://127[^"]*)"', left.text)
    assert elsewhere is not None
    asked = await browser.get(elsewhere[1].replace("&amp;", "&"))
    assert asked.status_code == 200
    assert "sign-out" in asked.text.lower() or "sign out" in asked.text.lower() or "logout" in asked.text.lower()
    # The cookie that somebody kept is no session any more.
    browser.client.cookies.set("engage_console_session", str(cookie), domain="engage.test")
    assert (await browser.get("/")).status_code == 401


async def test_pro_connect_tells_who_somebody_is_in_a_signed_answer(make_world: Callable[..., Any]) -> None:
    scopes = "openid given_name usual_name email siret idp_id"
    async with make_world(PRO_CONNECT, OIDC_CLIENT_ID="engage-signed", OIDC_SCOPES=scopes) as world:
        browser = await world.browser()
        answer = await browser.sign_in("claude")
        assert "Hello Claude Roux" in answer.text
        signer = read_settings(ConsoleSettings).signer
        session = signer.open("session", str(browser.session), world.clock())
        assert session is not None
        assert session.person_id == UUID(PERSON)
        assert session.roles == ("officer", "programme-head")
        assert session.directorate == "education"
        assert (await (await world.browser()).sign_in("ada")).status_code == 403


async def test_who_leaves_the_file_has_no_session_a_second_later(make_world: Callable[..., Any]) -> None:
    reader = '[[people]]\nsubject = "nobody"\nroles = ["reader"]\n'
    async with make_world(PEOPLE + reader) as world:
        leaver, stayer = await world.browser(), await world.browser()
        for browser, login in ((leaver, "nobody"), (stayer, "ada")):
            await browser.sign_in(login)
            assert (await browser.get("/stories")).status_code == 200

        async def written(text: str) -> tuple[int, int]:
            world.people.write_text(text)
            world.clock.now += timedelta(seconds=1)
            return (await leaver.get("/stories")).status_code, (await stayer.get("/stories")).status_code

        assert await written("version = 1\n[[people]]\n") == (200, 200), "a file that can't be used ends nothing"
        assert await written(f"{PEOPLE}# longer\n{reader}") == (200, 200), "all that it says is as it was"
        assert await written(PEOPLE) == (401, 200)
        assert (await (await world.browser()).sign_in("nobody")).status_code == 403
        assert await written(PEOPLE + reader) == (401, 200), "who comes back signs in anew"
        assert await written(PEOPLE.replace('"operator"', '"reader"')) == (401, 401), "as another they sign in anew"
        assert (await stayer.sign_in("ada")).status_code == 200


async def test_what_ends_at_the_provider_ends_here_once_it_says_so(world: World, issuer: str) -> None:
    forger = world.forge()
    first, second = await world.browser(), await world.browser()
    for browser, session in ((first, "one"), (second, "two")):
        forger.claims = {"sid": session}
        await browser.sign_in("ada")

    async def told(**claims: Any) -> int:
        now = int(world.clock().timestamp())
        said = {"iss": issuer, "aud": "engage", "iat": now, "exp": now + 120, "events": LOGGED_OUT, **claims}
        sent = {"logout_token": forger.sign(said)}
        # Nobody's browser: no cookie, and no page of ours that it came from.
        return (await (await world.browser()).client.post(ADDRESS + ENDS, data=sent)).status_code

    async def open_sessions() -> list[int]:
        return [(await browser.get("/stories")).status_code for browser in (first, second)]

    assert await told(jti="0", sid="another", sub="ada") == 200, (
        "of a session that is none of ours there is none to end"
    )
    assert await told(jti="1", sub="ada", sid="one", aud="another") == 400
    assert await open_sessions() == [200, 200]
    assert await told(jti="2", sid="one") == 200
    assert await open_sessions() == [401, 200]
    await first.sign_in("ada")
    assert await told(jti="2", sub="ada") == 400, "what was heard before ends nothing again"
    assert await told(jti="3", sub="ada") == 200
    assert await open_sessions() == [401, 401]
    assert (await (await world.browser()).client.post(ADDRESS + ENDS, content=b"\xff")).status_code == 400
    assert (await first.get(ENDS)).status_code == 405


async def test_whom_the_file_does_not_know_is_refused_politely_and_noted_once(
    world: World,
    database_url: str,  # noqa: F811
) -> None:
    browser = await world.browser()
    for _ in range(3):
        # Their address is another's, and nobody vouches for it.
        answer = await browser.sign_in("nobody")
        assert answer.status_code == 403
        assert "You have no access here yet" in answer.text
        assert "<code>nobody</code>" in answer.text
    assert browser.session is None
    operator = await world.browser()
    await operator.sign_in("ada")
    assert (await operator.get("/audit")).text.count("was not let in") == 1


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "of another sign-in"},
        {"nonce": None},
        {"aud": "another"},
        {"aud": ["engage", "another"], "azp": "another"},
        {"aud": None},
        {"iss": "https://elsewhere.example"},
        {"exp": 1_000_000_000},
        {"exp": None},
        {"exp": "never"},
        {"iat": 99_999_999_999},
        {"nbf": 99_999_999_999},
        {"sub": "ada2"},
        {"sub": None},
        {"at_hash": "x"},
    ],
    ids=str,
)
async def test_a_token_that_proves_nothing_lets_nobody_in(world: World, claims: dict[str, Any]) -> None:
    world.forge(**claims)
    browser = await world.browser()
    answer = await browser.sign_in("ada")
    assert answer.status_code == 403
    assert "does not prove who you are" in answer.text
    assert browser.session is None


async def test_the_forger_is_as_good_as_the_provider_where_nothing_is_wrong(world: World) -> None:
    world.forge()
    assert (await (await world.browser()).sign_in("ada")).status_code == 200


@pytest.mark.parametrize("algorithm", ["none", "HS256", "another-key", "no-signature"])
async def test_a_signature_that_is_none_lets_nobody_in(world: World, algorithm: str) -> None:
    forger = world.forge()
    whole = forger.sign
    other = ECKey.generate_key("P-256", {"kid": str(forger.key.kid)})
    public = forger.key.as_pem(private=False)

    def none(claims: dict[str, Any]) -> str:
        _, payload, _ = whole(claims).split(".")
        return f"eyJhbGciOiJub25lIn0.{payload}."

    forger.sign = {
        "none": none,
        # The public key as if it were a secret that both have.
        "HS256": lambda claims: jwt.encode(
            {"alg": "HS256", "kid": forger.key.kid}, claims, OctKey.import_key(public), algorithms=["HS256"]
        ),
        "another-key": lambda claims: jwt.encode({"alg": "ES256", "kid": forger.key.kid}, claims, other),
        "no-signature": lambda claims: whole(claims).rpartition(".")[0] + ".",
    }[algorithm]
    browser = await world.browser()
    assert (await browser.sign_in("ada")).status_code == 403
    assert browser.session is None


async def test_a_code_is_good_once_and_for_the_browser_that_began(world: World) -> None:
    ada, thief = await world.browser(), await world.browser()
    comes_back = await ada.at_provider("ada")
    # Another browser, with a sign-in of its own begun and without one.
    assert (await thief.get(comes_back)).status_code == 400
    await thief.at_provider("nobody")
    assert (await thief.get(comes_back)).status_code == 400
    assert thief.session is None
    kept = str(ada.client.cookies.get("engage_console_sign_in"))
    assert (await ada.get(comes_back)).status_code == 200
    ada.client.cookies.set("engage_console_sign_in", kept, domain="engage.test", path="/sign-in")
    assert (await ada.get(comes_back)).status_code == 400


async def test_a_code_that_was_used_is_refused_by_the_provider(world: World) -> None:
    ada, thief = await world.browser(), await world.browser()
    used = parse_qs(urlsplit(await ada.at_provider("ada")).query)["code"][0]
    mine = await thief.at_provider("nobody")
    own = parse_qs(urlsplit(mine).query)["code"][0]
    # A code of another's sign-in, put into one's own answer: it was asked for with another verifier.
    answer = await thief.get(mine.replace(own, used))
    assert answer.status_code == 403
    assert thief.session is None


async def test_a_state_that_is_not_the_browsers_or_too_old_is_refused(world: World) -> None:
    ada = await world.browser()
    comes_back = await ada.at_provider("ada")
    state = parse_qs(urlsplit(comes_back).query)["state"][0]
    assert (await ada.get(comes_back.replace(state, "x" * len(state)))).status_code == 400
    world.clock.now += timedelta(minutes=11)
    assert (await ada.get(comes_back)).status_code == 400
    assert ada.session is None


async def test_an_answer_of_another_issuer_is_none(world: World) -> None:
    ada = await world.browser()
    comes_back = await ada.at_provider("ada")
    assert "iss=" in comes_back
    assert (await ada.get(re.sub(r"iss=[^&]*", "iss=https%3A%2F%2Felsewhere.example", comes_back))).status_code == 403
    comes_back = await ada.at_provider("ada")
    assert (await ada.get(re.sub(r"&iss=[^&]*", "", comes_back))).status_code == 403


@pytest.mark.parametrize(
    "to", ["https://elsewhere.example", "//elsewhere.example", "/\\elsewhere.example", "javascript:x"]
)
async def test_nobody_is_sent_elsewhere(world: World, to: str) -> None:
    answer = await (await world.browser()).sign_in("ada", to)
    assert 'content="0; url=/"' in answer.text
    assert "elsewhere" not in answer.text


async def test_who_gives_up_is_told_so(world: World) -> None:
    ada = await world.browser()
    state = parse_qs(urlsplit(await ada.at_provider("ada")).query)["state"][0]
    answer = await ada.get(f"/sign-in/back?state={state}&error=access_denied&error_description=<b>x")
    assert answer.status_code == 403
    assert "refused, or you gave up" in answer.text
    assert "<b>" not in answer.text


@pytest.mark.parametrize("failing", ["/.well-known/openid-configuration", "/token", "/jwks", "/me"])
@pytest.mark.parametrize("how", ["refused", "500", "endless", "compressed"])
async def test_a_provider_that_is_away_is_said_in_a_sentence(world: World, failing: str, how: str) -> None:
    def change(path: str, answer: httpx2.Response) -> httpx2.Response:
        if path != failing:
            return answer
        if how == "refused":
            raise httpx2.ConnectError("nothing listens there")
        if how == "500":
            return httpx2.Response(500, text="<b>broken</b>")
        if how == "compressed":
            return httpx2.Response(200, headers={"content-encoding": "gzip"}, stream=Endless())
        return httpx2.Response(200, stream=Endless())

    world.between.change = change
    ada = await world.browser()
    if failing.startswith("/.well"):
        answer = await ada.get("/sign-in")
    else:
        answer = await ada.sign_in("ada")
    assert answer.status_code == 503
    assert "The provider of identities does not answer" in answer.text
    assert ada.session is None
    # It comes back, and all goes on.
    world.between.change = lambda path, answer: answer
    assert (await ada.sign_in("ada")).status_code == 200


class Endless(httpx2.AsyncByteStream):
    async def __aiter__(self) -> AsyncIterator[bytes]:
        while True:
            yield b" " * 65_536


@pytest.mark.parametrize(
    "described",
    [
        b"[]",
        b"no json",
        orjson.dumps({"issuer": "https://elsewhere.example"}),
        None,
    ],
    ids=["list", "text", "another-issuer", "endpoints-without-tls"],
)
async def test_what_a_provider_says_of_itself_is_looked_at(world: World, described: bytes | None) -> None:
    def change(path: str, answer: httpx2.Response) -> httpx2.Response:
        if path == "/.well-known/openid-configuration":
            plain = {**answer.json(), "token_endpoint": "http://elsewhere.example/token"}
            return httpx2.Response(200, content=orjson.dumps(plain) if described is None else described)
        return answer

    world.between.change = change
    assert (await (await world.browser()).get("/sign-in")).status_code == 403
    assert "/token" not in world.between.asked


async def test_keys_that_the_provider_changed_are_fetched_once(world: World) -> None:
    ada = await world.browser()
    assert (await ada.sign_in("ada")).status_code == 200
    world.forge()
    # At once they are not asked for again: whoever sends tokens of unknown keys has us ask nobody.
    assert (await ada.sign_in("ada")).status_code == 403
    world.clock.now += timedelta(seconds=31)
    assert (await ada.sign_in("ada")).status_code == 200
    assert world.between.asked.count("/jwks") == 2


async def test_one_time_links_are_good_beside_a_provider_only_where_that_is_said(
    make_world: Callable[..., Any],
) -> None:
    from tests.integration.console.conftest import link

    async with make_world() as world:
        assert (await (await world.browser()).get(link())).status_code == 410
    async with make_world(OIDC_LINKS="true") as world:
        browser = await world.browser()
        assert (await browser.get(link())).status_code == 200
        assert "Or by a link" in (await browser.get("/")).text


async def test_the_database_keeps_nothing_of_the_provider_that_is_over(
    world: World,
    database_url: str,  # noqa: F811
) -> None:
    connection: asyncpg.Connection[asyncpg.Record] = await connect(database_url, "console")
    try:
        browser = await world.browser()
        page = await browser.sign_in("ada")
        assert await connection.fetchval("SELECT hint IS NOT NULL FROM session WHERE person = 'ada'")
        await browser.send("/leave", page)
        assert await connection.fetchval("SELECT hint IS NULL AND ended_at IS NOT NULL FROM session")
    finally:
        await connection.close()
