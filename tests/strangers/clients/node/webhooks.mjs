// A form that signs with the library of Standard Webhooks: `node webhooks.mjs SECRET ID < body` prints the headers.
import { readFileSync } from 'node:fs';
import { Webhook } from 'standardwebhooks';

const [secret, identifier] = process.argv.slice(2);
const now = new Date();
const signature = new Webhook(secret).sign(identifier, now, readFileSync(0, 'utf8'));
console.log(
  JSON.stringify({
    'content-type': 'application/json',
    'webhook-id': identifier,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
    'webhook-signature': signature,
  }),
);
