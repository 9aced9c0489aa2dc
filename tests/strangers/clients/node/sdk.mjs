// A stranger with the CloudEvents SDK for JavaScript and kafkajs.
//
//   node sdk.mjs read BROKER TOPIC...
//   node sdk.mjs send BROKER binary|structured < event.json
import { readFileSync } from 'node:fs';
import { CloudEvent, Kafka as Binding } from 'cloudevents';
import { Kafka, Partitioners, logLevel } from 'kafkajs';

const [action, broker, ...rest] = process.argv.slice(2);
const kafka = new Kafka({ clientId: 'stranger', brokers: broker.split(','), logLevel: logLevel.ERROR });

function line(topic, message) {
  const key = message.key.toString();
  // Before the SDK, which takes no record without a value.
  if (message.value === null) return `${topic} gone ${key}`;
  const headers = Object.fromEntries(Object.entries(message.headers).map(([name, it]) => [name, it.toString()]));
  const event = Binding.toEvent({ headers, key, value: message.value.toString() });
  event.validate();
  if (typeof event.data !== 'object') throw new Error(`${event.id} has no object`);
  return `${topic} ${event.type} ${event.partitionkey} ${event.id}`;
}

async function read(topics) {
  const admin = kafka.admin();
  await admin.connect();
  const left = new Map();
  for (const topic of topics) {
    for (const { partition, high } of await admin.fetchTopicOffsets(topic)) {
      if (high !== '0') left.set(`${topic}/${partition}`, BigInt(high));
    }
  }
  await admin.disconnect();
  const consumer = kafka.consumer({ groupId: `stranger-${Date.now()}`, sessionTimeout: 6000 });
  await consumer.connect();
  await consumer.subscribe({ topics, fromBeginning: true });
  await new Promise((finished, failed) => {
    const eachMessage = async ({ topic, partition, message }) => {
      try {
        const place = `${topic}/${partition}`;
        if (!left.has(place)) return;
        console.log(line(topic, message));
        if (BigInt(message.offset) + 1n === left.get(place)) left.delete(place);
        if (left.size === 0) finished();
      } catch (error) {
        failed(error);
      }
    };
    consumer.run({ eachMessage }).catch(failed);
  });
  await consumer.disconnect();
}

async function send(mode) {
  const { topic, key, ...given } = JSON.parse(readFileSync(0, 'utf8'));
  const event = new CloudEvent({ ...given, datacontenttype: 'application/json' });
  const { value, headers: made } = mode === 'binary' ? Binding.binary(event) : Binding.structured(event);
  // The SDK has a header for each attribute, undefined where the event has none; kafkajs takes no such header.
  const headers = Object.fromEntries(Object.entries(made).filter(([, it]) => it !== undefined));
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  // In binary mode the SDK leaves the data as it is.
  const written = typeof value === 'string' ? value : JSON.stringify(value);
  await producer.send({ topic, acks: -1, messages: [{ key, value: written, headers }] });
  await producer.disconnect();
}

await (action === 'read' ? read(rest) : send(...rest));
