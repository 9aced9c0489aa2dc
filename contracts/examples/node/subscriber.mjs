// A subscriber in JavaScript: catches up from zero, follows, and prints a line for each event.
//
//   npm install
//   node subscriber.mjs BROKER GROUP TOPIC...
//
// A line is `topic type key id`, or `topic gone key` where a tombstone says that the key's thing is gone.
// A group that is new begins at zero; one that is known goes on where it was. Publication is at least once,
// so an event may come again: what was seen among the last 100,000 is dropped. A subscriber that acts on
// events keeps ce_source and ce_id where it keeps what it did, in one transaction.
// The event types that it knows are those of the catalogue: CATALOGUE says where that is, if not beside the examples.
import { readFileSync } from 'node:fs';
import { Kafka, logLevel } from 'kafkajs';

const REMEMBERED = 100_000;
const catalogue = process.env.CATALOGUE ?? new URL('../../published/catalogue.json', import.meta.url);
const KNOWN = new Set(JSON.parse(readFileSync(catalogue, 'utf8')).flatMap((it) => [...it.events, ...it.earlier]));
const [broker, groupId, ...topics] = process.argv.slice(2);

const seen = new Set(); // a Set keeps the order in which things were added
function isNew(identity) {
  if (seen.has(identity)) return false;
  seen.add(identity);
  if (seen.size > REMEMBERED) seen.delete(seen.values().next().value);
  return true;
}

const kafka = new Kafka({ clientId: 'subscriber-example', brokers: broker.split(','), logLevel: logLevel.ERROR });
const consumer = kafka.consumer({ groupId, sessionTimeout: 6000 });
for (const signal of ['SIGTERM', 'SIGINT']) {
  process.once(signal, () => consumer.disconnect().then(() => process.exit(0)));
}

await consumer.connect();
await consumer.subscribe({ topics, fromBeginning: true });
await consumer.run({
  eachMessage: async ({ topic, message }) => {
    const header = (name) => message.headers?.[name]?.toString();
    const key = message.key?.toString();
    // A type that is newer than this program is none of its business, nor is a field of the value.
    if (!KNOWN.has(header('ce_type')) || !isNew(`${header('ce_source')} ${header('ce_id')}`)) return;
    if (message.value === null) {
      console.log(`${topic} gone ${key}`);
    } else {
      JSON.parse(message.value.toString());
      console.log(`${topic} ${header('ce_type')} ${key} ${header('ce_id')}`);
    }
  },
});
