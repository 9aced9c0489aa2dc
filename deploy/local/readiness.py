"""Whether a service of this machine is ready, as it says itself."""

from __future__ import annotations

import http.client
from typing import Final

_HOST: Final = "127.0.0.1"


def is_ready(health_port: int) -> bool:
    """Whether a service of this machine answers that it is ready."""
    connection = http.client.HTTPConnection(_HOST, health_port, timeout=2)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
