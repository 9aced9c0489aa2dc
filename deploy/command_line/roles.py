"""The logins of PostgreSQL, as an administrator makes them."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from deploy.command_line.environment import connected, secret
from libraries.chassis.settings import SettingsError


def roles(
    only_print: Annotated[bool, typer.Option("--print", help="Print the statements, and change nothing")] = False,
) -> None:
    """Make a login for each service, one that migrates and one for operators, each with the rights that it needs.

    ENGAGE_DATABASE_URL names an administrator, who may make roles and owns the database. Passwords come from
    ENGAGE_ROLE_PASSWORD_INTAKE and so on, or from the files that ENGAGE_ROLE_PASSWORD_INTAKE_FILE and so on name.
    """
    from deploy.roles import LOGINS, apply_roles, roles_sql

    found = {name: secret(f"ENGAGE_ROLE_PASSWORD_{name.upper()}") for name in LOGINS}
    passwords = {name: password for name, password in found.items() if password is not None}
    try:
        statements = roles_sql(passwords)
    except ValueError as error:
        raise SettingsError(f"ENGAGE_ROLE_PASSWORD_…: {error}") from None
    if only_print:
        print(statements, end="")
        return

    async def apply() -> None:
        async with connected() as connection:
            await apply_roles(connection, passwords)

    asyncio.run(apply())
    without = [name for name in LOGINS if name not in passwords]
    typer.echo(
        f"{len(LOGINS)} logins have their rights"
        + (f"; no password given for {', '.join(without)}" if without else ""),
        err=True,
    )
