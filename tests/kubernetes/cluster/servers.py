"""etcd, the API server, the controllers and the scheduler as processes, all on 127.0.0.1."""

from __future__ import annotations

import json
import secrets
import ssl
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Final, Self
from urllib.error import URLError
from urllib.request import Request, urlopen

from deploy.local.ports import free_port
from deploy.local.processes import ProcessError, ServiceProcess
from tests.kubernetes.cluster.program import control_plane_program
from tests.tools import program, run

_PATIENCE_SECONDS: Final = 120.0
_CONTROLLERS: Final = (
    "namespace-controller", "serviceaccount-controller", "resourcequota-controller", "deployment-controller",
    "replicaset-controller", "job-controller", "disruption-controller",
)  # fmt: skip
"""What makes pods of workloads and guards them; nothing that would miss a kubelet."""


class ControlPlane:
    """A cluster without nodes: what is asked of it is admitted, kept and acted on, and no container runs."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._ports = {name: free_port() for name in ("etcd", "peers", "api")}
        self.token = secrets.token_hex(16)
        self._processes: list[ServiceProcess] = []

    @property
    def url(self) -> str:
        """Where the API server is."""
        return f"https://127.0.0.1:{self._ports['api']}"

    @property
    def context(self) -> ssl.SSLContext:
        """What its certificate is checked with."""
        return ssl.create_default_context(cafile=self._authority)

    def __enter__(self) -> Self:
        try:
            self._make_keys()
            self._start("etcd", self._etcd_flags())
            self._start("kube-apiserver", self._api_server_flags())
            self._wait_until_ready()
            kubeconfig = self._write_kubeconfig()
            common = {"kubeconfig": kubeconfig, "leader-elect": "false", "secure-port": "0"}
            self._start("kube-controller-manager", {**common, "controllers": ",".join(_CONTROLLERS)})
            self._start("kube-scheduler", common)
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def _stop(self) -> None:
        for process in reversed(self._processes):  # etcd last, whom the others ask
            process.kill()

    def _start(self, name: str, flags: Mapping[str, object]) -> None:
        argv = [str(control_plane_program()), name, *(f"--{flag}={value}" for flag, value in flags.items())]
        process = ServiceProcess(name, argv, environment={}, log_path=self._directory / f"{name}.log")
        process.start()
        self._processes.append(process)

    @property
    def _authority(self) -> Path:
        return self._directory / "apiserver.crt"

    def _make_keys(self) -> None:
        openssl = program("openssl", "install openssl")
        done = run([openssl, "genrsa", "-out", "accounts.key", "2048"], directory=self._directory)
        assert done.returncode == 0, done.stderr
        (self._directory / "tokens.csv").write_text(f"{self.token},administrator,administrator,system:masters\n")

    def _etcd_flags(self) -> dict[str, object]:
        clients, peers = (f"http://127.0.0.1:{self._ports[name]}" for name in ("etcd", "peers"))
        return {
            "name": "only",
            "data-dir": self._directory / "etcd",
            "listen-client-urls": clients,
            "advertise-client-urls": clients,
            "listen-peer-urls": peers,
            "initial-advertise-peer-urls": peers,
            "initial-cluster": f"only={peers}",
            "unsafe-no-fsync": "true",  # it is thrown away
            "log-level": "warn",
        }

    def _api_server_flags(self) -> dict[str, object]:
        key = self._directory / "accounts.key"
        return {
            "etcd-servers": f"http://127.0.0.1:{self._ports['etcd']}",
            "bind-address": "127.0.0.1",
            "secure-port": self._ports["api"],
            # Nobody is told of it: an address for documents, which a loopback's may not be.
            "advertise-address": "192.0.2.1",
            "endpoint-reconciler-type": "none",
            "cert-dir": self._directory,
            "token-auth-file": self._directory / "tokens.csv",
            "authorization-mode": "RBAC",
            "service-account-issuer": "https://kubernetes.default.svc",
            "service-account-key-file": key,
            "service-account-signing-key-file": key,
            "service-cluster-ip-range": "10.96.0.0/16",
        }

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while not self._is_ready():
            for process in self._processes:
                if process.returncode is not None or time.monotonic() > deadline:
                    raise ProcessError(f"{process.name} does not serve:\n{process.log_tail()}")
            time.sleep(0.1)

    def _is_ready(self) -> bool:
        request = Request(f"{self.url}/readyz", headers={"Authorization": f"Bearer {self.token}"})
        try:
            with urlopen(request, context=self.context, timeout=5) as answer:
                return bool(answer.status == 200)
        except (URLError, OSError):  # its certificate is not there at first
            return False

    def _write_kubeconfig(self) -> Path:
        cluster = {"server": self.url, "certificate-authority": str(self._authority)}
        path = self._directory / "kubeconfig"
        # JSON is YAML.
        path.write_text(
            json.dumps(
                {
                    "apiVersion": "v1",
                    "kind": "Config",
                    "clusters": [{"name": "here", "cluster": cluster}],
                    "users": [{"name": "administrator", "user": {"token": self.token}}],
                    "contexts": [{"name": "here", "context": {"cluster": "here", "user": "administrator"}}],
                    "current-context": "here",
                }
            )
        )
        return path
