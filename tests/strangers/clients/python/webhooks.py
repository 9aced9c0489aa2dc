"""A form that signs with the library of Standard Webhooks: `python webhooks.py SECRET ID < body` prints the headers."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime

from standardwebhooks import Webhook

secret, identifier = sys.argv[1:]
now = datetime.now(UTC)
signature = Webhook(secret).sign(identifier, now, sys.stdin.read())
print(
    json.dumps(
        {
            "content-type": "application/json",
            "webhook-id": identifier,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": signature,
        }
    )
)
