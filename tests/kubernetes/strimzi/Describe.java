import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.strimzi.api.kafka.model.kafka.Kafka;
import io.strimzi.api.kafka.model.nodepool.KafkaNodePool;
import io.strimzi.api.kafka.model.topic.KafkaTopic;
import io.strimzi.api.kafka.model.user.KafkaUser;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes the schema of each of Strimzi's kinds, made from its own model as its definitions are, as JSON.
 *
 * What it takes over from Kubernetes (parts of pods) takes anything here: {@code ReadStrictly} looks at that.
 */
public class Describe {
    private static final Map<String, Object> ANYTHING = Map.of("x-kubernetes-preserve-unknown-fields", true);
    private static final Map<Class<?>, Map<String, Object>> SIMPLE = Map.ofEntries(
            Map.entry(String.class, Map.of("type", "string")),
            Map.entry(Boolean.class, Map.of("type", "boolean")),
            Map.entry(boolean.class, Map.of("type", "boolean")),
            Map.entry(Integer.class, Map.of("type", "integer")),
            Map.entry(int.class, Map.of("type", "integer")),
            Map.entry(Long.class, Map.of("type", "integer")),
            Map.entry(long.class, Map.of("type", "integer")),
            Map.entry(Double.class, Map.of("type", "number")),
            Map.entry(double.class, Map.of("type", "number")));
    private static final ObjectMapper MAPPER = new ObjectMapper();

    public static void main(String[] arguments) throws Exception {
        var schemas = new TreeMap<String, Object>();
        for (var kind : List.of(Kafka.class, KafkaNodePool.class, KafkaTopic.class, KafkaUser.class)) {
            var properties = new TreeMap<String, Object>();
            for (var part : List.of("Spec", "Status")) {
                properties.put(part.toLowerCase(), described(kind.getMethod("get" + part).getGenericReturnType()));
            }
            schemas.put(kind.getSimpleName(), Map.of("type", "object", "properties", properties));
        }
        MAPPER.writeValue(System.out, schemas);
    }

    private static Map<String, Object> described(Type type) {
        if (type instanceof ParameterizedType several) {
            var raw = (Class<?>) several.getRawType();
            var last = several.getActualTypeArguments()[several.getActualTypeArguments().length - 1];
            if (List.class.isAssignableFrom(raw)) {
                return Map.of("type", "array", "items", described(last));
            }
            return Map.of("type", "object", "additionalProperties", described(last));
        }
        var kind = (Class<?>) type;
        if (SIMPLE.containsKey(kind)) {
            return SIMPLE.get(kind);
        }
        if (kind.isEnum()) {
            return Map.of("type", "string", "enum", Arrays.stream(kind.getEnumConstants())
                    .map(each -> MAPPER.convertValue(each, String.class)).toList());
        }
        return kind.getName().startsWith("io.strimzi.api.") ? object(kind) : ANYTHING;
    }

    private static Map<String, Object> object(Class<?> kind) {
        var properties = new TreeMap<String, Object>();
        add(properties, kind);
        var choices = kind.getAnnotation(JsonSubTypes.class);
        if (choices != null) {
            // One of several, told apart by its type: what any of them has may stand there.
            Arrays.stream(choices.value()).forEach(choice -> add(properties, choice.value()));
            properties.put("type", Map.of("type", "string", "enum",
                    Arrays.stream(choices.value()).map(JsonSubTypes.Type::name).distinct().toList()));
        }
        return Map.of("type", "object", "properties", properties);
    }

    private static void add(Map<String, Object> properties, Class<?> kind) {
        for (var method : kind.getMethods()) {
            if (isProperty(method)) {
                properties.put(name(method), described(method.getGenericReturnType()));
            }
        }
    }

    private static boolean isProperty(Method method) {
        return method.getName().matches("(get|is)[A-Z].*")
                && method.getParameterCount() == 0
                && !method.isBridge()
                && !method.isAnnotationPresent(JsonIgnore.class)
                && !method.isAnnotationPresent(JsonAnyGetter.class)
                && !List.of("getClass", "getAdditionalProperties").contains(method.getName());
    }

    private static String name(Method method) {
        var named = method.getAnnotation(JsonProperty.class);
        if (named != null && !named.value().isEmpty()) {
            return named.value();
        }
        var bare = method.getName().replaceFirst("^(get|is)", "");
        return bare.substring(0, 1).toLowerCase() + bare.substring(1);
    }
}
