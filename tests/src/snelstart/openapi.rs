//! Is a request one the API's own definition allows? What does not fit is noted as a violation; the
//! answer is not changed by it, because the server is more lenient than its definition.

use std::{collections::HashMap, path::PathBuf, sync::OnceLock};

use anyhow::{Context, bail};
use jsonschema::Validator;
use serde_json::{Map, Value, json};

use super::{collection::Query, json::Json, routes};
use crate::shared;

/// A request that does not match the definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Number of the request in the log.
    pub request: usize,
    /// Method and path.
    pub endpoint: String,
    /// What does not match.
    pub what: String,
}

/// The definition, ready to check with.
pub struct Definition {
    operations: Vec<Operation>,
    schemas: Value,
    validators: HashMap<(String, bool), OnceLock<Option<Validator>>>,
}

struct Operation {
    method: String,
    path: String,
    query: Vec<(String, Value)>,
    body: Option<String>,
}

/// Where the definition is looked for.
#[must_use]
pub fn file() -> PathBuf {
    shared::folder().join("snelstart/b2b-api-v2.openapi.json")
}

/// Loads the definition; none where the file is missing.
///
/// # Errors
/// The file cannot be read, or is missing while `CI=true` demands the check.
pub fn load() -> anyhow::Result<Option<Definition>> {
    let file = file();
    if !file.exists() {
        if shared::must_be_there() {
            bail!(
                "the API definition {} is missing and CI demands it",
                file.display()
            );
        }
        tracing::warn!(file = %file.display(), "no API definition: requests are not checked");
        return Ok(None);
    }
    let text = std::fs::read_to_string(&file).with_context(|| file.display().to_string())?;
    let whole: Value = serde_json::from_str(&text).with_context(|| file.display().to_string())?;
    Ok(Some(Definition::new(&whole)))
}

impl Definition {
    fn new(whole: &Value) -> Definition {
        let mut operations = Vec::new();
        let paths = whole.get("paths").and_then(Value::as_object);
        for (path, methods) in paths.into_iter().flatten() {
            for (method, operation) in methods.as_object().into_iter().flatten() {
                operations.push(read_operation(method, path, operation));
            }
        }
        let schemas = whole
            .pointer("/components/schemas")
            .cloned()
            .unwrap_or_default();
        let bodies = operations
            .iter()
            .filter_map(|operation| operation.body.clone());
        let validators = bodies.flat_map(|body| {
            [false, true].map(|whole_record| ((body.clone(), whole_record), OnceLock::new()))
        });
        Definition {
            validators: validators.collect(),
            operations,
            schemas,
        }
    }

    /// Everything about a request that does not match.
    #[must_use]
    pub fn check(
        &self,
        method: &str,
        path: &str,
        query: &Query,
        body: Option<&Json>,
    ) -> Vec<String> {
        let Some(operation) = self.operation(method, path) else {
            return vec![format!("no operation {method} {path} in the definition")];
        };
        let mut found = check_query(operation, query);
        match (&operation.body, body) {
            (Some(schema), Some(body)) => found.extend(self.check_body(method, schema, body)),
            (Some(_), None) => found.push("the body is missing or no JSON".to_string()),
            (None, Some(_)) => found.push("the operation takes no body".to_string()),
            (None, None) => {}
        }
        found
    }

    fn operation(&self, method: &str, path: &str) -> Option<&Operation> {
        let fits = |operation: &&Operation| {
            operation.method == method && routes::arguments(&operation.path, path).is_some()
        };
        let fixed_words = |operation: &&Operation| operation.path.matches('{').count();
        self.operations.iter().filter(fits).min_by_key(fixed_words)
    }

    fn check_body(&self, method: &str, schema: &str, body: &Json) -> Vec<String> {
        let whole_record = method == "PUT";
        let Some(place) = self.validators.get(&(schema.to_string(), whole_record)) else {
            return Vec::new();
        };
        let made = place.get_or_init(|| {
            let document = document(schema, &self.schemas, whole_record);
            jsonschema::options().build(&document).ok()
        });
        let Some(validator) = made else {
            return vec![format!("the schema {schema} cannot be used")];
        };
        let body = body.loose();
        validator
            .iter_errors(&body)
            .map(|error| format!("{}: {error}", error.instance_path))
            .collect()
    }
}

fn read_operation(method: &str, path: &str, operation: &Value) -> Operation {
    let parameters = operation.get("parameters").and_then(Value::as_array);
    let query = parameters.into_iter().flatten().filter_map(|parameter| {
        let in_query = parameter.get("in").and_then(Value::as_str) == Some("query");
        let name = parameter
            .get("name")
            .and_then(Value::as_str)
            .filter(|_| in_query)?;
        Some((
            name.to_string(),
            parameter.get("schema").cloned().unwrap_or_default(),
        ))
    });
    let body = operation.pointer("/requestBody/content/application~1json/schema/$ref");
    let body = body
        .and_then(Value::as_str)
        .and_then(|r| r.rsplit('/').next());
    Operation {
        method: method.to_uppercase(),
        path: path.to_string(),
        query: query.collect(),
        body: body.map(str::to_string),
    }
}

fn check_query(operation: &Operation, query: &Query) -> Vec<String> {
    let mut found = Vec::new();
    for (name, value) in &query.0 {
        let declared = operation.query.iter().find(|(known, _)| known == name);
        match declared {
            Some((_, schema)) => found.extend(check_number(name, value, schema)),
            // The portal documents `$select` for every collection with OData, the definition does
            // not; the key may stand in the query (SnelStart B2B v2, sections 3.1 and 5.1).
            None if name == "subscription-key" => {}
            None if name == "$select" && operation.query.iter().any(|(k, _)| k == "$filter") => {}
            None => found.push(format!("query parameter {name} is not in the definition")),
        }
    }
    found
}

fn check_number(name: &str, value: &str, schema: &Value) -> Option<String> {
    if schema.get("type").and_then(Value::as_str) != Some("integer") {
        return None;
    }
    let Ok(number) = value.parse::<i64>() else {
        return Some(format!(
            "query parameter {name} is no whole number: {value}"
        ));
    };
    let under = schema
        .get("minimum")
        .and_then(Value::as_i64)
        .is_some_and(|least| number < least);
    let over = schema
        .get("maximum")
        .and_then(Value::as_i64)
        .is_some_and(|most| number > most);
    (under || over).then(|| format!("query parameter {name} is out of range: {value}"))
}

/// A JSON Schema for a body: the definition's models with unknown properties forbidden, null allowed
/// where it may stand, and money as number or decimal text.
fn document(schema: &str, schemas: &Value, whole_record: bool) -> Value {
    let converted = schemas
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, schema)| (name.clone(), convert(schema, whole_record)));
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$ref": format!("#/components/schemas/{}", schema.replace('~', "~0").replace('/', "~1")),
        "components": { "schemas": Value::Object(converted.collect::<Map<_, _>>()) },
    })
}

fn convert(schema: &Value, whole_record: bool) -> Value {
    if let Some(target) = schema.get("$ref") {
        return json!({ "$ref": target });
    }
    match schema.get("type").and_then(Value::as_str) {
        // The definition says "object" of a value that may be anything (UpdatedCustomFieldModel).
        Some("object") if schema.get("properties").is_none() => json!({}),
        Some("object") => convert_object(schema, whole_record),
        Some("array") => json!({
            "type": "array",
            "items": schema.get("items").map_or(json!({}), |items| convert(items, whole_record)),
        }),
        Some("number") => json!({ "anyOf": [
            { "type": "number" },
            { "type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$" },
        ] }),
        Some("string") => convert_text(schema),
        Some("integer") => pick(schema, &["type", "minimum", "maximum"]),
        Some(_) => pick(schema, &["type"]),
        None => json!({}),
    }
}

fn convert_object(schema: &Value, whole_record: bool) -> Value {
    let required = schema.get("required").cloned().unwrap_or_else(|| json!([]));
    let is_required = |name: &str| {
        required
            .as_array()
            .is_some_and(|names| names.iter().any(|n| n.as_str() == Some(name)))
    };
    let properties = schema.get("properties").and_then(Value::as_object);
    let converted = properties.into_iter().flatten().map(|(name, property)| {
        let inner = convert(property, whole_record);
        let takes_null = !is_required(name) && (whole_record || NULLABLE.contains(&name.as_str()));
        let inner = if takes_null {
            json!({ "anyOf": [inner, { "type": "null" }] })
        } else {
            inner
        };
        (name.clone(), inner)
    });
    json!({
        "type": "object",
        "properties": Value::Object(converted.collect::<Map<_, _>>()),
        "required": required,
        "additionalProperties": false,
    })
}

/// Properties that may be null on create: the id, and those seen null on the wire (SnelStart B2B v2,
/// section 4). A PUT sends back what a GET gave, so there null may stand wherever it came from.
const NULLABLE: &[&str] = &[
    "id",
    "incassomachtiging",
    "afleveradres",
    "factuuradres",
    "kostenplaats",
    "factuurkorting",
    "totaalExclusiefBtw",
    "totaalInclusiefBtw",
    "verkoopfactuur",
    "verkoopordersjabloon",
    "verkooporderBtwIngaveModel",
    "verkoopOrderStatus",
    "artikel",
    "eenheid",
    "kredietLimiet",
    "vestigingsAdres",
    "correspondentieAdres",
    "factuurRelatie",
    "oin",
    "grootboek",
    "eenmaligeIncassoMachtiging",
    "doorlopendeIncassoMachtiging",
];

/// GUIDs may be empty on create; moments carry no zone (SnelStart B2B v2, section 4).
fn convert_text(schema: &Value) -> Value {
    let mut text = pick(schema, &["type", "maxLength", "minLength", "enum"]);
    let pattern = match schema.get("format").and_then(Value::as_str) {
        Some("uuid") => r"^([0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})?$",
        Some("date-time") => r"^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?)?$",
        _ => return text,
    };
    if let Some(text) = text.as_object_mut() {
        text.insert("pattern".to_string(), json!(pattern));
    }
    text
}

fn pick(schema: &Value, names: &[&str]) -> Value {
    let picked = names
        .iter()
        .filter_map(|name| Some((name.to_string(), schema.get(*name)?.clone())));
    Value::Object(picked.collect::<Map<_, _>>())
}
