"""Exports a system that is stopped, and imports it into one that is new."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from contracts.catalogue import SERVICES
from deploy.moving import tables, topics
from deploy.moving.filling import check_empty
from deploy.moving.manifest import NAME, Manifest, Partition, Reader, read_manifest
from deploy.restores.stopped import check_stopped
from libraries.chassis.kafka import Cluster
from libraries.chassis.operations import begin_lanes_at, list_lanes
from libraries.chassis.records.name import LaneName
from libraries.chassis.settings import SettingsError
from libraries.chassis.store import Connection


async def export_to(directory: Path, connection: Connection, cluster: Cluster, *, at: datetime) -> Manifest:
    """Writes all tables and topics into a new directory.

    Raises SettingsError where it is there already, or a service is connected.
    """
    await check_stopped(connection)
    _make(directory)
    positions = {}
    for service in SERVICES:
        await connection.execute("SELECT set_config('search_path', $1, false)", service)
        rows = await list_lanes(connection)
        positions[service] = {LaneName(row["topic"], row["partition"]): row["next_offset"] for row in rows}
    await connection.execute("RESET search_path")
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        written = await tables.write_tables(connection, directory)
        migrations = await tables.migrations(connection)
    partitions, readers = await topics.write_topics(cluster, directory, positions)
    await check_stopped(connection)
    manifest = Manifest(
        exported_at=at, migrations=migrations, tables=tuple(written), partitions=tuple(partitions),
        readers=tuple(readers),
    )  # fmt: skip
    # Last: without it the directory is not taken for an export.
    (directory / NAME).write_text(manifest.model_dump_json(indent=1) + "\n", encoding="utf-8")
    return manifest


def _make(directory: Path) -> None:
    try:
        directory.mkdir(mode=0o700)  # what is in it is personal
    except FileExistsError:
        raise SettingsError(f"{directory}: is there already: name a new directory") from None


async def import_from(directory: Path, connection: Connection, cluster: Cluster) -> Manifest:
    """Fills new tables and topics with what a directory holds.

    Tables come first: services that are started on what was interrupted find topics that end before they stood, and
    stop; with topics alone they would take everything for new, and send every mail again. Raises SettingsError where it
    is no whole export, or the database is another version's or not empty; TopicsError where topics are missing or not
    empty.
    """
    manifest = read_manifest(directory)
    await check_stopped(connection)
    if await tables.migrations(connection) != manifest.migrations:
        raise SettingsError("the database has other migrations than the export: import with the version that exported")
    await tables.check_new(connection)
    await check_empty(cluster)
    await tables.read_tables(connection, directory, manifest.tables)
    await _set_positions(connection, manifest)
    await topics.read_topics(cluster, directory, manifest.partitions)
    await check_stopped(connection)
    return manifest


async def _set_positions(connection: Connection, manifest: Manifest) -> None:
    """Has those go on at their record who had not come to the end, where compaction had left gaps behind them."""
    ends = {part.place: part for part in manifest.partitions}
    for service in SERVICES:
        mine = [each for each in manifest.readers if each.service == service]
        await connection.execute("SELECT set_config('search_path', $1, false)", service)
        rows = await list_lanes(connection)
        now = {LaneName(row["topic"], row["partition"]): row["next_offset"] for row in rows}
        offsets = _offsets(mine, ends)
        await begin_lanes_at(connection, {place: offset for place, offset in offsets.items() if now[place] != offset})


def _offsets(readers: Sequence[Reader], ends: dict[LaneName, Partition]) -> dict[LaneName, int]:
    places = {LaneName(each.topic, each.partition): each.unread for each in readers}
    return {place: ends[place].end - unread for place, unread in places.items()}
