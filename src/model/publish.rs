//! Builders of the JSON Schemas that the declarations publish.

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Map, Value, json};

use super::lower::{Choose, ChosenIn, Lower, Need};

/// The schema of a map with fixed keys.
pub(super) struct Record {
    description: String,
    properties: Map<String, Value>,
    required: Vec<Value>,
    /// For each choice among the fields, its variants.
    choices: Vec<Value>,
}

/// The schema of a map with exactly one of several keys.
pub(super) struct Choice {
    description: String,
    variants: Vec<Value>,
}

/// The schema of a value that may have several shapes.
pub(super) struct Union {
    description: String,
    variants: Vec<Value>,
}

/// Joins doc lines to paragraphs.
pub(super) fn describe(lines: &[&str]) -> String {
    let mut text = String::new();
    for line in lines {
        let line = line.trim();
        if line.is_empty() {
            text.push_str("\n\n");
        } else {
            if !text.is_empty() && !text.ends_with('\n') {
                text.push(' ');
            }
            text.push_str(line);
        }
    }
    text
}

/// Allows `null`, which removes what a pack or the base has set.
pub(super) fn or_null(schema: Schema) -> Schema {
    let mut schema = schema;
    match schema.get_mut("type") {
        Some(Value::String(name)) => {
            let types = json!([name, "null"]);
            schema.insert("type".into(), types);
            schema
        }
        Some(Value::Array(types)) => {
            types.push("null".into());
            schema
        }
        _ => object(json!({ "anyOf": [schema, { "type": "null" }] })),
    }
}

/// Wraps a JSON object as a schema.
pub(super) fn object(value: Value) -> Schema {
    Schema::try_from(value).expect("an object is a schema")
}

/// Returns the schema of a scalar; `types` are the JSON types that ordinary YAML readers may see in it.
pub(super) fn scalar(types: &[&str], pattern: Option<&str>, description: &str) -> Schema {
    let mut schema = Map::new();
    let kind = match types {
        [one] => json!(one),
        several => json!(several),
    };
    schema.insert("type".into(), kind);
    if let Some(pattern) = pattern {
        schema.insert("pattern".into(), pattern.into());
    }
    if !description.is_empty() {
        schema.insert("description".into(), description.into());
    }
    object(Value::Object(schema))
}

/// Returns the schema of a word out of several.
pub(super) fn words(docs: &[&str], words: &[(&str, &[&str])]) -> Schema {
    let variants: Vec<Value> = words
        .iter()
        .map(|(word, docs)| json!({ "const": word, "title": word, "description": describe(docs) }))
        .collect();
    object(json!({ "type": "string", "description": describe(docs), "oneOf": variants }))
}

impl Record {
    pub(super) fn new(docs: &[&str]) -> Self {
        Self {
            description: describe(docs),
            properties: Map::new(),
            required: Vec::new(),
            choices: Vec::new(),
        }
    }

    /// Adds a field.
    pub(super) fn field<T: Lower>(
        &mut self,
        generator: &mut SchemaGenerator,
        name: &str,
        docs: &[&str],
        examples: Vec<Value>,
        need: Need,
    ) {
        let mut schema = T::schema(generator);
        schema.insert("description".into(), describe(docs).into());
        if !examples.is_empty() {
            schema.insert("examples".into(), Value::Array(examples));
        }
        self.properties.insert(name.into(), schema.to_value());
        if T::absent().is_none() || need == Need::Always {
            self.required.push(name.into());
        }
    }

    /// Adds all fields of another record.
    pub(super) fn flatten<T: JsonSchema>(&mut self, generator: &mut SchemaGenerator) {
        let schema = T::json_schema(generator);
        if let Some(Value::Object(properties)) = schema.get("properties") {
            self.properties.extend(properties.clone());
        }
        if let Some(Value::Array(choices)) = schema.get("allOf") {
            self.choices.extend(choices.clone());
        }
    }

    /// Adds the keys of a choice of which at most one may stand among the fields.
    pub(super) fn choose<T: ChosenIn>(&mut self, generator: &mut SchemaGenerator) {
        let schema = T::Choice::json_schema(generator);
        let mut variants = Vec::new();
        for variant in schema.get("oneOf").and_then(Value::as_array).into_iter().flatten() {
            let properties = variant.get("properties").and_then(Value::as_object);
            for (key, property) in properties.into_iter().flatten() {
                self.properties.insert(key.clone(), property.clone());
                variants.push(json!({ "title": key, "required": [key] }));
            }
        }
        let any: Vec<Value> = T::Choice::KEYS.iter().map(|key| json!({ "required": [key] })).collect();
        variants.push(json!({ "title": "none of them", "not": { "anyOf": any } }));
        self.choices.push(json!({ "oneOf": variants }));
    }

    pub(super) fn finish(self) -> Schema {
        let mut schema = json!({
            "type": "object",
            "description": self.description,
            "properties": self.properties,
            "additionalProperties": false,
        });
        if !self.required.is_empty() {
            schema["required"] = Value::Array(self.required);
        }
        if !self.choices.is_empty() {
            schema["allOf"] = Value::Array(self.choices);
        }
        object(schema)
    }
}

impl Choice {
    pub(super) fn new(docs: &[&str]) -> Self {
        Self {
            description: describe(docs),
            variants: Vec::new(),
        }
    }

    /// Adds a variant that is a word.
    pub(super) fn word(&mut self, word: &str, docs: &[&str]) {
        self.variants
            .push(json!({ "const": word, "title": word, "description": describe(docs) }));
    }

    /// Adds a variant that is a key with a value.
    pub(super) fn key<T: Lower>(
        &mut self,
        generator: &mut SchemaGenerator,
        key: &str,
        docs: &[&str],
        examples: Vec<Value>,
    ) {
        let description = describe(docs);
        let mut schema = T::schema(generator);
        schema.insert("description".into(), description.clone().into());
        if !examples.is_empty() {
            schema.insert("examples".into(), Value::Array(examples));
        }
        self.variants.push(json!({
            "type": "object",
            "title": key,
            "description": description,
            "properties": { key: schema },
            "required": [key],
            "additionalProperties": false,
        }));
    }

    pub(super) fn finish(self) -> Schema {
        object(json!({ "description": self.description, "oneOf": self.variants }))
    }
}

impl Union {
    pub(super) fn new(docs: &[&str]) -> Self {
        Self {
            description: describe(docs),
            variants: Vec::new(),
        }
    }

    /// Adds a shape.
    pub(super) fn variant<T: Lower>(&mut self, generator: &mut SchemaGenerator, _name: &str, docs: &[&str]) {
        let mut schema = T::schema(generator);
        schema.insert("description".into(), describe(docs).into());
        self.variants.push(schema.to_value());
    }

    pub(super) fn finish(self) -> Schema {
        object(json!({ "description": self.description, "anyOf": self.variants }))
    }
}
