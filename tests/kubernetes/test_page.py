"""The overlay that docs/kubernetes.md shows builds, and brings what is an operator's own to every service."""

from __future__ import annotations

import os
import re
from pathlib import Path

from deploy.kubernetes.workloads import workloads
from tests.kubernetes.tools import KUBERNETES, ROOT, built

PAGE = (ROOT / "docs" / "kubernetes.md").read_text(encoding="utf-8")


def test_the_overlay_that_is_shown_builds(tmp_path: Path) -> None:
    (shown,) = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    base = os.path.relpath(KUBERNETES, tmp_path.resolve())
    (tmp_path / "kustomization.yaml").write_text(shown.replace("engage/deploy/kubernetes", base))
    for name in ("sources.toml",):
        (tmp_path / name).touch()
    resources = built(tmp_path)
    maps = {it["metadata"]["name"]: it["data"] for it in resources if it["kind"] == "ConfigMap"}
    for name in workloads():
        (deployment,) = (it for it in resources if (it["kind"], it["metadata"]["name"]) == ("Deployment", name))
        pod = deployment["spec"]["template"]["spec"]
        (container,) = pod["containers"]
        assert container["image"] == "YOUR-REGISTRY/engage@sha256:…"
        (settings,) = container["envFrom"]
        assert maps[settings["configMapRef"]["name"]]["ENGAGE_SOURCES_FILE"] == "/etc/engage/sources.toml"
        (files,) = (volume for volume in pod["volumes"] if volume["name"] == "files")
        assert set(maps[files["configMap"]["name"]]) == {"sources.toml"}


def test_every_secret_of_ours_is_named() -> None:
    for name, entry in workloads().items():
        if entry.secrets:
            assert f"| `{name}` | `{entry.secrets[0]}`" in PAGE
            assert all(f"`{secret}`" in PAGE for secret in entry.secrets)
