"""Writes the page of all metrics and the dashboard anew: `python -m deploy.observability`."""

from __future__ import annotations

from deploy.observability.dashboard import DASHBOARD, dashboard
from deploy.observability.page import PAGE, page

PAGE.write_text(page(), encoding="utf-8")
DASHBOARD.write_bytes(dashboard())
