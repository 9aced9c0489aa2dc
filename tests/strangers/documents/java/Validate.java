import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.io.File;
import java.util.Set;

/** Holds every golden example against its reader's and its writer's schema; prints what was refused, and how many. */
public class Validate {
    public static void main(String[] arguments) throws Exception {
        ObjectMapper json = new ObjectMapper();
        JsonSchemaFactory factory = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012);
        SchemaValidatorsConfig formats = SchemaValidatorsConfig.builder().formatAssertionsEnabled(true).build();
        int held = 0;
        for (File golden : new File(arguments[0], "golden").listFiles()) {
            for (String side : new String[] {"reader", "writer"}) {
                String name = golden.getName().replaceAll("json$", side + ".json");
                JsonNode text = json.readTree(new File(arguments[0], "schemas/" + name));
                JsonSchema schema = factory.getSchema(text, formats);
                for (JsonNode example : json.readTree(golden)) {
                    Set<ValidationMessage> refused = schema.validate(example.get("value"));
                    for (ValidationMessage message : refused) {
                        System.out.println(name + ": " + message);
                    }
                    held++;
                }
            }
        }
        System.out.println(held);
    }
}
