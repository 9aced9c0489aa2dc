// A stranger with the CloudEvents SDK for Java and Apache Kafka's own client.
//
//   java -cp 'jars/*' Stranger.java read BROKER TOPIC...
//   java -cp 'jars/*' Stranger.java send BROKER binary|structured < event.json
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.cloudevents.jackson.JsonFormat;
import io.cloudevents.kafka.KafkaMessageFactory;
import java.net.URI;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

class Stranger {
    public static void main(String[] arguments) throws Exception {
        String broker = arguments[1];
        List<String> rest = Arrays.asList(arguments).subList(2, arguments.length);
        if (arguments[0].equals("read")) {
            read(broker, rest);
        } else {
            send(broker, rest.get(0).equals("binary"));
        }
    }

    private static void read(String broker, List<String> topics) throws Exception {
        Map<String, Object> settings = Map.of("bootstrap.servers", broker, "auto.offset.reset", "earliest");
        try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> places = new ArrayList<>();
            for (String topic : topics) {
                consumer.partitionsFor(topic).forEach(it -> places.add(new TopicPartition(topic, it.partition())));
            }
            Map<TopicPartition, Long> ends = consumer.endOffsets(places);
            consumer.assign(places);
            consumer.seekToBeginning(places);
            while (places.stream().anyMatch(place -> consumer.position(place) < ends.get(place))) {
                for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    System.out.println(line(record));
                }
            }
        }
    }

    private static String line(ConsumerRecord<String, byte[]> record) throws Exception {
        // Before the SDK, which takes no record without a value.
        if (record.value() == null) {
            return record.topic() + " gone " + record.key();
        }
        CloudEvent event = KafkaMessageFactory.createReader(record.headers(), record.value()).toEvent();
        if (!new ObjectMapper().readTree(event.getData().toBytes()).isObject()) {
            throw new IllegalStateException(event.getId() + " has no object");
        }
        return String.join(" ", record.topic(), event.getType(), record.key(), event.getId());
    }

    private static void send(String broker, boolean isBinary) throws Exception {
        JsonNode given = new ObjectMapper().readTree(System.in);
        CloudEvent event = CloudEventBuilder.v1()
            .withId(given.get("id").asText())
            .withSource(URI.create(given.get("source").asText()))
            .withType(given.get("type").asText())
            .withTime(OffsetDateTime.parse(given.get("time").asText()))
            .withData("application/json", new ObjectMapper().writeValueAsBytes(given.get("data")))
            .build();
        var writer = KafkaMessageFactory.<String>createWriter(
            given.get("topic").asText(), null, null, given.get("key").asText());
        ProducerRecord<String, byte[]> record =
            isBinary ? writer.writeBinary(event) : writer.writeStructured(event, JsonFormat.CONTENT_TYPE);
        Map<String, Object> settings = Map.of("bootstrap.servers", broker, "acks", "all");
        try (var producer = new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer())) {
            producer.send(record).get();
        }
    }
}
