use indexmap::IndexMap;
use schemars::{Schema, SchemaGenerator};
use serde_json::json;

use super::misread;
use crate::diagnostics::Diagnostic;
use crate::model::lower::{Lower, Lowering};
use crate::model::publish;
use crate::syntax::{Key, Node, NodeKind, ScalarStyle, Snippet};

impl Lower for String {
    fn schema(_: &mut SchemaGenerator) -> Schema {
        // Ordinary YAML readers see a number in `scope: 4711` and a boolean in `title: NO`.
        publish::scalar(&["string", "number", "boolean"], None, "")
    }

    fn lower(node: &Node, cx: &mut Lowering<'_>) -> Option<Self> {
        cx.text(node).map(str::to_owned)
    }
}

impl Lower for bool {
    fn schema(_: &mut SchemaGenerator) -> Schema {
        publish::scalar(&["boolean"], None, "")
    }

    fn lower(node: &Node, cx: &mut Lowering<'_>) -> Option<Self> {
        match cx.text(node)? {
            "true" => Some(true),
            "false" => Some(false),
            other => cx.refuse(misread("invalid-value", node.span, other, "`true` or `false`")),
        }
    }
}

impl Lower for Snippet {
    fn schema(_: &mut SchemaGenerator) -> Schema {
        publish::scalar(&["string", "number", "boolean"], None, "")
    }

    fn lower(node: &Node, cx: &mut Lowering<'_>) -> Option<Self> {
        let NodeKind::Scalar(scalar) = &node.kind else {
            return cx.misfit(node, "a value");
        };
        let start = match (&scalar.offsets, scalar.style) {
            (Some(offsets), _) => offsets.first().copied().unwrap_or(node.span.start),
            (None, ScalarStyle::Quoted) => node.span.start + 1,
            (None, _) => node.span.start,
        };
        Some(Self {
            text: scalar.text.clone(),
            span: node.span,
            start,
            offsets: scalar.offsets.clone(),
        })
    }
}

impl<T: Lower> Lower for Vec<T> {
    fn schema(generator: &mut SchemaGenerator) -> Schema {
        publish::object(json!({ "type": "array", "items": T::schema(generator) }))
    }

    fn lower(node: &Node, cx: &mut Lowering<'_>) -> Option<Self> {
        let NodeKind::List(items) = &node.kind else {
            return cx.misfit(node, "a list");
        };
        let read: Vec<Option<T>> = items.iter().map(|item| cx.item(item)).collect();
        read.into_iter().collect()
    }

    fn absent() -> Option<Self> {
        Some(Vec::new())
    }
}

/// Two values, such as the ends of an interval.
impl<T: Lower> Lower for (T, T) {
    fn schema(generator: &mut SchemaGenerator) -> Schema {
        publish::object(json!({ "type": "array", "items": T::schema(generator), "minItems": 2, "maxItems": 2 }))
    }

    fn lower(node: &Node, cx: &mut Lowering<'_>) -> Option<Self> {
        match node.as_list() {
            Some([first, second]) => {
                let (first, second) = (cx.item(first), cx.item(second));
                Some((first?, second?))
            }
            Some(items) => {
                let found = format!("expected two values, found {}", items.len());
                cx.refuse(Diagnostic::new("wrong-shape", node.span, found).help("write `[first, second]`"))
            }
            None => cx.misfit(node, "a list"),
        }
    }
}

/// What may be the key of a map whose keys are the author's.
pub(in crate::model) trait MapKey: Sized + std::hash::Hash + Eq {
    /// Returns a pattern for the published schema.
    fn pattern() -> Option<&'static str>;

    /// Reads a key.
    fn read(key: &Key, cx: &mut Lowering<'_>) -> Option<Self>;
}

impl MapKey for String {
    fn pattern() -> Option<&'static str> {
        None
    }

    fn read(key: &Key, _: &mut Lowering<'_>) -> Option<Self> {
        Some(key.text.to_string())
    }
}

impl<K: MapKey, T: Lower> Lower for IndexMap<K, T> {
    fn schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = json!({
            "type": "object",
            "additionalProperties": publish::or_null(T::schema(generator)),
        });
        if let Some(pattern) = K::pattern() {
            schema["propertyNames"] = json!({ "pattern": pattern });
        }
        publish::object(schema)
    }

    fn lower(node: &Node, cx: &mut Lowering<'_>) -> Option<Self> {
        let NodeKind::Map(map) = &node.kind else {
            return cx.misfit(node, "a map");
        };
        let mut read = Self::with_capacity(map.len());
        for (key, value) in map.iter() {
            let name = K::read(key, cx);
            if matches!(value.kind, NodeKind::Null) {
                continue;
            }
            if let (Some(name), Some(value)) = (name, cx.under(key, true, value)) {
                read.insert(name, value);
            }
        }
        Some(read)
    }

    fn absent() -> Option<Self> {
        Some(Self::new())
    }
}
