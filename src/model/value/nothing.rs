use schemars::{Schema, SchemaGenerator};

use crate::model::lower::{Lower, Lowering};
use crate::model::publish;
use crate::syntax::Node;

/// An empty map: `{}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Nothing;

impl Lower for Nothing {
    fn schema(_: &mut SchemaGenerator) -> Schema {
        publish::object(serde_json::json!({ "type": "object", "properties": {}, "additionalProperties": false }))
    }

    fn lower(node: &Node, cx: &mut Lowering<'_>) -> Option<Self> {
        match node.as_map() {
            Some(_) => Some(Self),
            None => cx.misfit(node, "a map"),
        }
    }
}
