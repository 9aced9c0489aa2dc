"""A release of this repository, as it stands, in a clone: what is built, signed, and the same when built again."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import zipfile
from datetime import date
from pathlib import Path

import pytest

from deploy.release.making import NAMESPACE, make_release
from deploy.release.released import PATH, migrations_in, read_register
from deploy.release.texts import ReleaseError

ROOT = Path(__file__).resolve().parents[3]
DAY = date(2025, 3, 4)
_MOMENT = "1741082400 +0000"

pytestmark = pytest.mark.skipif(
    shutil.which("git") is None or shutil.which("ssh-keygen") is None or not (ROOT / ".git").exists(),
    reason="needs git, ssh-keygen, and a clone",
)


def run(*command: str, at: Path, text: str | None = None) -> str:
    return subprocess.run(command, cwd=at, input=text, capture_output=True, text=True, check=True).stdout


@pytest.fixture
def key(tmp_path: Path) -> Path:
    path = tmp_path / "key"
    run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "release", "-f", str(path), at=tmp_path)
    return path


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clone of what is committed here, whose commits are of one moment."""
    clone = tmp_path / "engage"
    run("git", "clone", "--quiet", "--depth", "1", f"file://{ROOT}", str(clone), at=tmp_path)
    for name, value in (("user.name", "Somebody"), ("user.email", "somebody@engage.example")):
        run("git", "config", name, value, at=clone)
    for name in ("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"):
        monkeypatch.setenv(name, _MOMENT)
    return clone


def test_a_release_is_whole_signed_and_the_same_when_it_is_built_again(
    repository: Path, key: Path, tmp_path: Path
) -> None:
    before = tmp_path / "again"
    shutil.copytree(repository, before)
    said: list[str] = []
    made = make_release(repository, "7.8.9", key, tmp_path / "dist", DAY, said.append)
    names = sorted(path.name for path in made.iterdir())
    wheels = ["engage-7.8.9-py3-none-any.whl", "engage_contracts-7.8.9-py3-none-any.whl"]
    assert [name for name in names if name.endswith(".whl")] == wheels
    assert {"Containerfile", "NOTES.md", "SHA256SUMS", "SHA256SUMS.sig", "requirements.lock", "sbom.cdx.json"} <= {
        *names
    }
    assert json.loads((made / "sbom.cdx.json").read_text())["metadata"]["component"]["version"] == "7.8.9"
    run("sha256sum", "--check", "--strict", "SHA256SUMS", at=made)
    signers = tmp_path / "signers"
    signers.write_text(f"releases@engage.example {key.with_suffix('.pub').read_text()}", encoding="utf-8")
    verify = ("ssh-keygen", "-Y", "verify", "-f", str(signers), "-I", "releases@engage.example", "-n", NAMESPACE)
    run(*verify, "-s", "SHA256SUMS.sig", at=made, text=(made / "SHA256SUMS").read_text())
    run("git", "-c", f"gpg.ssh.allowedSignersFile={signers}", "tag", "--verify", "v7.8.9", at=repository)
    assert run("git", "status", "--porcelain", at=repository) == ""
    assert run("git", "log", "-1", "--format=%s", at=repository).strip() == "Release 7.8.9"
    assert "## [7.8.9] - 2025-03-04" in (repository / "CHANGELOG.md").read_text(encoding="utf-8")
    manifests = repository / "deploy" / "kubernetes" / "base" / "kustomization.yaml"
    assert "newTag: 7.8.9}" in manifests.read_text(encoding="utf-8"), (
        "else an overlay would go on with the image of before"
    )
    brought = read_register(repository)["7.8.9"]
    assert brought.migrations.keys() == {migration.name for migration in migrations_in(repository)}
    assert "engage.application.registered.v1.0" in brought.contracts
    assert "| 7.8.9 | all | the first one |" in (repository / "docs" / "upgrade.md").read_text(encoding="utf-8")
    assert "### Order of upgrade\n\nThe first release" in (made / "NOTES.md").read_text(encoding="utf-8")
    assert len(said) > 4
    again = make_release(before, "7.8.9", key, tmp_path / "other", DAY, said.append)
    for name in wheels:
        assert (
            hashlib.sha256((again / name).read_bytes()).digest() == hashlib.sha256((made / name).read_bytes()).digest()
        )


def test_the_contracts_wheel_works_alone(repository: Path, key: Path, tmp_path: Path) -> None:
    made = make_release(repository, "7.8.9", key, tmp_path / "dist", DAY, lambda _: None)
    with zipfile.ZipFile(made / "engage_contracts-7.8.9-py3-none-any.whl") as wheel:
        wheel.extractall(tmp_path / "installed")
    program = "import contracts.catalogue as c; print(c.__file__, len(c.TOPICS))"
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "installed")}
    found = subprocess.run(
        [sys.executable, "-c", program], env=environment, cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert found.stdout.startswith(str(tmp_path / "installed"))


@pytest.mark.parametrize("spoilt", ["version", "key", "changes", "there", "migration"])
def test_what_can_not_be_released_changes_nothing(repository: Path, key: Path, tmp_path: Path, spoilt: str) -> None:
    version, given = "7.8.9", key
    if spoilt == "version":
        version = "seven"
    elif spoilt == "migration":
        released = {"7.8.8": {"migrations": {"chassis/0001_chassis.sql": "0" * 64}, "contracts": []}}
        (repository / PATH).write_text(json.dumps(released), encoding="utf-8")
        run("git", "commit", "--quiet", "--all", "--message", "Edit what was released", at=repository)
    elif spoilt == "key":
        given = tmp_path / "none"
    elif spoilt == "changes":
        (repository / "README.md").write_text("else", encoding="utf-8")
    else:
        (tmp_path / "dist" / version).mkdir(parents=True)
    head = run("git", "rev-parse", "HEAD", at=repository)
    with pytest.raises(ReleaseError):
        make_release(repository, version, given, tmp_path / "dist", DAY, lambda _: None)
    assert run("git", "rev-parse", "HEAD", at=repository) == head
    assert run("git", "tag", at=repository) == ""


def test_a_key_that_is_none_releases_nothing(repository: Path, tmp_path: Path) -> None:
    head = run("git", "rev-parse", "HEAD", at=repository)
    wrong = tmp_path / "wrong"
    wrong.write_text("no key", encoding="utf-8")
    with pytest.raises(ReleaseError, match="signs nothing"):
        make_release(repository, "7.8.9", wrong, tmp_path / "dist", DAY, lambda _: None)
    assert (run("git", "rev-parse", "HEAD", at=repository), run("git", "tag", at=repository)) == (head, "")
    assert not (tmp_path / "dist").exists()
