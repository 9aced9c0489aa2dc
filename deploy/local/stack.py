"""The whole system on one machine: PostgreSQL, a Kafka-protocol broker, a mail catcher and the services."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, NoReturn, Self

import asyncpg

from contracts.catalogue import SERVICES, TOPICS
from deploy.local.broker import EmbeddedBroker
from deploy.local.door_secret import kept_secret, new_secret
from deploy.local.links import LOCAL_HEAD, signing_in
from deploy.local.mail_catcher import MailCatcher
from deploy.local.ports import free_port
from deploy.local.postgresql import PostgreSQL
from deploy.local.processes import ProcessError, ServiceProcess
from deploy.local.readiness import is_ready
from deploy.local.rehearsing import NONE, Beginning, Rehearsal
from deploy.local.scratch import ScratchDirectory
from deploy.local.standing import Broker, Standing
from deploy.local.together import together
from deploy.roles import CONSOLE, DESK, MIGRATIONS, OPERATORS, WITH_SCHEMA, apply_roles
from libraries.chassis.database import role_of
from libraries.pages.signing import Signer

_DATABASE: Final = "engage"
_HOST: Final = "127.0.0.1"
_POLL_SECONDS: Final = 0.05
_LOCAL_FORM: Final = "local-form"
WITH_ROUTES: Final = ("intake", "notifications", CONSOLE, DESK)
"""The services that answer others over HTTP; all have health and metrics."""


class Stack:
    """The system with an empty database, ready for events once started; nothing of it outlives this process.

    `services` are those that run, the console where it is named, each under its login. `durable` makes PostgreSQL write
    through to the disk. Logs and mails are kept in `directory`, or go when the stack stops. `environment` is added to
    that of every service and of the migration. `broker` replaces the embedded one. With `data` all is kept in that
    directory, and a stack that is made with it again goes on with it; its broker has to keep its records as well.
    `tell` is told what is started, in words. In a `rehearsal` all live by a clock that begins so and can be set.
    """

    def __init__(
        self,
        *,
        durable: bool = False,
        services: Sequence[str] = SERVICES,
        directory: Path | None = None,
        environment: Mapping[str, str] | None = None,
        broker: Broker | None = None,
        data: Path | None = None,
        rehearsal: Beginning | None = None,
        tell: Callable[[str], object] = lambda said: None,
    ) -> None:
        unknown = sorted(set(services) - set(WITH_SCHEMA))
        if unknown:
            raise ValueError(f"no such service: {', '.join(unknown)}; there are {', '.join(WITH_SCHEMA)}")
        directory = directory or data
        self._tell = tell
        kept = None if data is None else data / "postgresql"
        self.postgresql = PostgreSQL(durable=durable or kept is not None, data_directory=kept)
        self.broker: Broker = broker or EmbeddedBroker({topic.name: topic.partitions for topic in TOPICS})
        self.services: dict[str, ServiceProcess] = {}
        self._scratch = None if directory else ScratchDirectory()
        self.directory = directory or (self._scratch.path if self._scratch else Path())
        self.logs = self.directory / "logs"
        self.mail_catcher = MailCatcher(self.directory / "mails")
        self._ports = {name: free_port() for name in services if name in WITH_ROUTES}
        self._health_ports = {name: free_port() for name in services}
        self._environment = dict(environment or {})
        self.rehearsal = None if rehearsal is None else Rehearsal(rehearsal, self.directory.resolve())
        self.door_secret = new_secret() if data is None else kept_secret(data / "door-secret")

    def start(self, patience: float = 60.0) -> Self:
        """Start everything and return once every service says that it is ready.

        Raises ProcessError, after stopping everything again, with the end of the log of what failed.
        """
        self.logs.mkdir(parents=True, exist_ok=True)
        if self.rehearsal is not None:
            self.rehearsal.begin()
        try:
            self._tell("PostgreSQL, a broker and a mail catcher start")
            together(lambda: self._start_database(patience), self.broker.start, self.mail_catcher.start)
            self._tell(f"{', '.join(self._health_ports) or 'no services'} start")
            self._start_services(patience)
            if self.rehearsal is not None:
                self.rehearsal.go_on()
            self._tell("every service is ready")
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """Stop the services, then what they stand on; harmless when stopped. A stack starts only once."""
        try:
            if self.rehearsal is not None:
                self.rehearsal.end()
            together(*(service.terminate for service in self.services.values()))
            together(self.broker.stop, self.mail_catcher.stop, self.postgresql.stop)
        finally:
            if self._scratch is not None:
                self._scratch.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def addresses(self) -> dict[str, str]:
        """Where everything is, by name: URLs, Kafka's `host:port`, the door's secret, the directory of the logs."""
        return {
            "kafka_bootstrap_servers": self.broker.servers_for_others,
            "database_url": self.postgresql.database_url(_DATABASE, role_of(OPERATORS)),
            "smtp": self.mail_catcher.smtp_url,
            "mailbox": self.mail_catcher.mailbox_url,
            **{name: f"http://{_HOST}:{port}" for name, port in self._ports.items()},
            **{f"{name}_health": f"http://{_HOST}:{port}" for name, port in self._health_ports.items()},
            **({"console_link": self.console_link()} if CONSOLE in self._ports else {}),
            **({"desk_link": self.desk_link()} if DESK in self._ports else {}),
            **({"rehearsal_clock": str(self.rehearsal.clock)} if self.rehearsal is not None else {}),
            "door_secret": self.door_secret,
            "logs": str(self.logs),
        }

    def console_link(self) -> str:
        """A link that signs an operator in at the console of this machine, once, and for some hours."""
        return signing_in(self._address(CONSOLE), Signer(self.door_secret, CONSOLE), "operator")

    def desk_link(self) -> str:
        """The same at the desk, for who heads the programme of this machine and speaks for the foundation too."""
        signer = Signer(self.door_secret, DESK)
        return signing_in(self._address(DESK), signer, "programme-head", "foundation", person_id=LOCAL_HEAD)

    def _address(self, service: str) -> str:
        return f"http://{_HOST}:{self._ports[service]}"

    @property
    def followers(self) -> dict[str, str]:
        """Where each of the services that follow topics tells of its health, by its name."""
        return {name: f"http://{_HOST}:{port}" for name, port in self._health_ports.items() if name in SERVICES}

    @property
    def migrations_url(self) -> str:
        """The database as the login that owns all schemas reaches it."""
        return self.postgresql.database_url(_DATABASE, role_of(MIGRATIONS))

    def fallen(self) -> list[str]:
        """What the services stand on that does not run any more, by its name."""
        standing: dict[str, Standing] = {
            "PostgreSQL": self.postgresql,
            "the broker": self.broker,
            "the mail catcher": self.mail_catcher,
        }
        return [name for name, each in standing.items() if not each.is_alive]

    def wait_until_ready(self, name: str, patience: float = 60.0) -> None:
        """Return once the service answers that it is ready, for example after a kill and a new start.

        Raises ProcessError with the end of its log when it ends or is not ready in time.
        """
        self._wait_until_ready([name], patience)

    def _start_database(self, patience: float) -> None:
        self.postgresql.start(patience)
        if not self.postgresql.has_database(_DATABASE):
            self.postgresql.create_database(_DATABASE)
        asyncio.run(_make_roles(self.postgresql.database_url(_DATABASE)))
        environment = {**NONE, **self._environment, "ENGAGE_DATABASE_URL": self.migrations_url}
        migration = self._process("migrate", ["migrate"], environment)
        migration.start()
        try:
            status = migration.wait(patience)
        finally:
            migration.terminate()
        if status:
            _fail(migration, f"ended with status {status}")

    def _start_services(self, patience: float) -> None:
        if self.rehearsal is not None:
            self.rehearsal.note_places(self.broker.servers_for_others, self.followers)
        for name, health_port in self._health_ports.items():
            environment = {
                "ENGAGE_DATABASE_URL": self.postgresql.database_url(_DATABASE, role_of(name)),
                **self._common_environment(),
                "ENGAGE_HEALTH_PORT": str(health_port),
            }
            if name in self._ports:
                environment["ENGAGE_HTTP_PORT"] = str(self._ports[name])
                environment.setdefault("ENGAGE_PUBLIC_URL", self._address(name))
            self.services[name] = self._process(name, ["run", name], environment)
            self.services[name].start()
        self._wait_until_ready(list(self.services), patience)

    def _wait_until_ready(self, names: Sequence[str], patience: float) -> None:
        deadline, waiting = time.monotonic() + patience, list(names)
        while waiting := [name for name in waiting if not is_ready(self._health_ports[name])]:
            # All are looked at in each round, so that one that died is told at once, whatever the others do.
            for service in (self.services[name] for name in waiting):
                if service.returncode is not None:
                    _fail(service, f"ended with status {service.returncode}")
                if time.monotonic() > deadline:
                    _fail(service, f"is not ready after {patience:g} s")
            time.sleep(_POLL_SECONDS)

    def _process(self, name: str, arguments: Sequence[str], environment: Mapping[str, str]) -> ServiceProcess:
        argv = [sys.executable, "-m", "deploy.command_line", *arguments]
        return ServiceProcess(name, argv, environment=environment, log_path=self.logs / f"{name}.log")

    def _common_environment(self) -> dict[str, str]:
        return {
            "ENGAGE_KAFKA_BOOTSTRAP_SERVERS": self.broker.bootstrap_servers,
            "ENGAGE_SMTP_URL": self.mail_catcher.smtp_url,
            **(NONE if self.rehearsal is None else self.rehearsal.environment),
            "ENGAGE_LINK_KEY": self.door_secret,
            "ENGAGE_CONSOLE_KEY": self.door_secret,
            "ENGAGE_DESK_KEY": self.door_secret,
            "ENGAGE_PROGRAMME_HEADS": json.dumps([str(LOCAL_HEAD)]),
            "ENGAGE_DOOR_SECRETS": json.dumps({_LOCAL_FORM: [self.door_secret]}),
            # Mails lead to the desk where there is one.
            **({"ENGAGE_DESK_URL": self._address(DESK)} if DESK in self._ports else {}),
            **self._environment,
        }


async def _make_roles(url: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await apply_roles(connection, {})
    finally:
        await connection.close()


def _fail(process: ServiceProcess, what: str) -> NoReturn:
    raise ProcessError(f"{process.name} {what}:\n{process.log_tail()}")
