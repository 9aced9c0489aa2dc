import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.json.JsonConverter;

/** Reads records as a connector of Kafka Connect would, by the schema in its settings, and prints each as JSON. */
public class Convert {
    public static void main(String[] arguments) throws Exception {
        String schema = Files.readString(Path.of(arguments[0]));
        try (JsonConverter reading = new JsonConverter(); JsonConverter writing = new JsonConverter()) {
            reading.configure(Map.of("schemas.enable", "true", "schema.content", schema), false);
            writing.configure(Map.of("schemas.enable", "false"), false);
            for (String line : Files.readAllLines(Path.of(arguments[1]))) {
                SchemaAndValue read = reading.toConnectData("topic", line.getBytes(StandardCharsets.UTF_8));
                ((Struct) read.value()).validate();
                byte[] written = writing.fromConnectData("topic", read.schema(), read.value());
                System.out.println(new String(written, StandardCharsets.UTF_8));
            }
        }
    }
}
