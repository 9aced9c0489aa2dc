"""Logins of PostgreSQL: one for each service, which sees its own schema, one that migrates, one for operators."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterator, Mapping
from typing import Final

import asyncpg

from contracts.catalogue import SERVICES
from libraries.chassis.database import role_of

MIGRATIONS: Final = "migrations"
OPERATORS: Final = "operators"
CONSOLE: Final = "console"
"""The operators' page: what it may see and change is said by its own migration."""
DESK: Final = "desk"
"""The pages on which people do their part; here too its own migration says what it may see."""
PAGES: Final = (CONSOLE, DESK)
WITH_SCHEMA: Final = (*SERVICES, *PAGES)
LOGINS: Final = (*WITH_SCHEMA, MIGRATIONS, OPERATORS)

_ITERATIONS: Final = 4096  # what PostgreSQL itself takes
_TOO_MUCH: Final = """
SELECT rolname FROM pg_roles
 WHERE rolname = ANY($1) AND (rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls)
UNION ALL
SELECT member.rolname FROM pg_auth_members
  JOIN pg_roles member ON member.oid = pg_auth_members.member
 WHERE member.rolname = ANY($2)
"""


class RolesError(RuntimeError):
    """A login may do more than it should, in a way that no statement of ours takes back; names it."""


def roles_sql(passwords: Mapping[str, str]) -> str:
    """The statements that make all logins and their rights in a database; running them again changes nothing.

    `passwords` are by the name of a service, `migrations` or `operators`; a login without one keeps the one that it
    has, or is let in by other means (a certificate, a socket). They are written as SCRAM verifiers: neither the text
    nor the server's log says them. Raises ValueError for one that is not plain ASCII.
    """
    return "\n".join([*_logins(passwords), *_rights()]) + "\n"


def _logins(passwords: Mapping[str, str]) -> Iterator[str]:
    for name in LOGINS:
        role = role_of(name)
        password = f" PASSWORD '{scram_verifier(passwords[name])}'" if name in passwords else ""
        yield (
            f"DO $$ BEGIN CREATE ROLE {role}; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;\n"
            f"ALTER ROLE {role} LOGIN{password};"
        )


def _rights() -> Iterator[str]:
    everybody = ", ".join(map(role_of, LOGINS))
    yield (
        "DO $$ BEGIN\n"
        "    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());\n"
        f"    EXECUTE format('GRANT CONNECT ON DATABASE %I TO {everybody}', current_database());\n"
        f"    EXECUTE format('GRANT CREATE ON DATABASE %I TO {role_of(MIGRATIONS)}', current_database());\n"
        "END $$;\n"
        "REVOKE ALL ON SCHEMA public FROM PUBLIC;"
    )
    # Operators have what services have, and no more: they repair rows and create nothing.
    yield f"GRANT {', '.join(map(role_of, WITH_SCHEMA))} TO {role_of(OPERATORS)};"


def scram_verifier(password: str) -> str:
    """What PostgreSQL keeps of a password (RFC 5803), with a salt of its own each time."""
    if not (password.isascii() and password.isprintable() and password):
        raise ValueError("a password must be of printable ASCII characters")
    salt = secrets.token_bytes(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, _ITERATIONS)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    parts = (base64.b64encode(part).decode() for part in (salt, stored, server))
    return "SCRAM-SHA-256${}:{}${}:{}".format(_ITERATIONS, *parts)


async def apply_roles(connection: asyncpg.Connection[asyncpg.Record], passwords: Mapping[str, str]) -> None:
    """Makes the logins in the database that an administrator is connected to.

    Raises RolesError where one that was there before may do more than it should; raises what asyncpg raises where the
    administrator may not make roles.
    """
    await connection.execute(roles_sql(passwords))
    services = [role_of(name) for name in (*WITH_SCHEMA, MIGRATIONS)]
    rows = await connection.fetch(_TOO_MUCH, [role_of(name) for name in LOGINS], services)
    if rows:
        names = ", ".join(sorted({row[0] for row in rows}))
        raise RolesError(f"{names}: may do more than it should, or is a member of another role: ALTER or REVOKE that")
