// A form in JavaScript: publishes an application. The application, as JSON, comes on standard input.
//
//   npm install
//   node form.mjs BROKER < application.json
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Kafka, Partitioners, logLevel } from 'kafkajs';

// A UUIDv7: ids in the order of time. Keep it when you send the same event again.
function eventId(now) {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(now, 0, 6);
  bytes[6] = 0x70 | (bytes[6] & 0x0f);
  bytes[8] = 0x80 | (bytes[8] & 0x3f);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

const value = readFileSync(0, 'utf8');
const { application_id: key } = JSON.parse(value);
const now = Date.now();
const kafka = new Kafka({ clientId: 'form-example', brokers: process.argv[2].split(','), logLevel: logLevel.ERROR });
// The default partitioner is the Java client's, as every producer of a topic must use.
const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
await producer.connect();
const id = eventId(now);
await producer.send({
  topic: 'forms.applications.v1',
  acks: -1,
  messages: [
    {
      key,
      value,
      headers: {
        ce_specversion: '1.0',
        ce_id: id,
        ce_source: 'urn:form:node-example',
        ce_type: 'engage.application.submitted.v1',
        ce_time: new Date(now).toISOString(),
        'content-type': 'application/json',
      },
    },
  ],
});
await producer.disconnect();
console.log(id);
