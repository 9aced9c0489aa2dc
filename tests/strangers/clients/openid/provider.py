"""The provider of identities from npm, as a process of its own on this machine."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from joserfc.jwk import ECKey, RSAKey

from deploy.local.ports import free_port
from tests.tools import cache_directory, program, run

HERE = Path(__file__).parent
SECRET = "a secret of tests: + & %41"
_STOP_SECONDS = 10


def installed() -> Path:
    """The program beside what it depends on, by its lock and kept between runs."""
    npm = program("npm", "install npm, which comes with Node.js")
    lock = (HERE / "package-lock.json").read_bytes()
    directory = cache_directory(f"npm/openid-{hashlib.sha256(lock).hexdigest()[:8]}")
    if not (directory / ".installed").exists():
        for name in ("package.json", "package-lock.json"):
            shutil.copy(HERE / name, directory)
        done = run([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"], directory=directory)
        assert done.returncode == 0, done.stderr
        (directory / ".installed").touch()
    return Path(shutil.copy(HERE / "provider.mjs", directory / "provider.mjs"))


@contextmanager
def provider(
    addresses: Sequence[str], accounts: Mapping[str, Mapping[str, Any]], *, host: str = "127.0.0.1"
) -> Iterator[str]:
    """Runs a provider for services at some addresses; gives its issuer."""
    node, port = program("node", "install Node.js 20 or later"), free_port()
    keys: list[RSAKey | ECKey] = [
        RSAKey.generate_key(2048, {"use": "sig"}, auto_kid=True),
        ECKey.generate_key("P-256", auto_kid=True),
    ]
    given = {
        "host": host,
        "port": port,
        "comes_back": [f"{address}/sign-in/back" for address in addresses],
        "leaves_to": [f"{address}/" for address in addresses],
        "ends_at": f"{addresses[0]}/sign-in/ended",
        "accounts": accounts,
        "jwks": {"keys": [key.as_dict(private=True) for key in keys]},
    }
    with subprocess.Popen(
        [node, installed()], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        try:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(json.dumps(given))
            process.stdin.close()
            assert process.stdout.readline() == "ready\n", "the provider did not start"
            yield f"http://{host}:{port}"
        finally:
            process.terminate()
            process.wait(_STOP_SECONDS)
