import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.strimzi.api.kafka.model.kafka.Kafka;
import io.strimzi.api.kafka.model.nodepool.KafkaNodePool;
import io.strimzi.api.kafka.model.topic.KafkaTopic;
import io.strimzi.api.kafka.model.user.KafkaUser;
import java.lang.reflect.Method;
import java.util.Collection;
import java.util.Map;

/** Reads resources from the standard input as Strimzi's operator does, and says what it would drop without a word. */
public class ReadStrictly {
    private static final Map<String, Class<?>> KINDS = Map.of(
            "Kafka", Kafka.class,
            "KafkaNodePool", KafkaNodePool.class,
            "KafkaTopic", KafkaTopic.class,
            "KafkaUser", KafkaUser.class);

    public static void main(String[] arguments) throws Exception {
        var mapper = new ObjectMapper(new YAMLFactory());
        for (var documents = mapper.readerFor(JsonNode.class).<JsonNode>readValues(System.in); documents.hasNext(); ) {
            var document = documents.next();
            var place = document.at("/kind").asText() + " " + document.at("/metadata/name").asText();
            try {
                lookThrough(place, mapper.treeToValue(document, KINDS.get(document.at("/kind").asText())));
            } catch (com.fasterxml.jackson.core.JsonProcessingException error) {
                System.out.println(place + ": " + error.getOriginalMessage());
            }
        }
    }

    private static void lookThrough(String place, Object value) throws Exception {
        if (value instanceof Collection<?> several) {
            for (var each : several) {
                lookThrough(place, each);
            }
        } else if (value != null && isModel(value.getClass())) {
            for (Method method : value.getClass().getMethods()) {
                if (method.getName().equals("getAdditionalProperties") && !method.isBridge()) {
                    for (var unknown : ((Map<?, ?>) method.invoke(value)).keySet()) {
                        System.out.println(place + "." + unknown + ": unknown");
                    }
                } else if (isProperty(method)) {
                    var name = method.getName().substring(3);
                    lookThrough(place + "." + name.substring(0, 1).toLowerCase() + name.substring(1), method.invoke(value));
                }
            }
        }
    }

    private static boolean isModel(Class<?> kind) {
        return !kind.isEnum() && (kind.getName().startsWith("io.strimzi.api.") || kind.getName().startsWith("io.fabric8.kubernetes.api.model."));
    }

    private static boolean isProperty(Method method) {
        // What its fields are, and nothing that it works out of its class.
        return method.getName().startsWith("get")
                && method.getParameterCount() == 0
                && !method.isAnnotationPresent(com.fasterxml.jackson.annotation.JsonIgnore.class)
                && !method.isBridge()
                && !method.getName().equals("getClass");
    }
}
