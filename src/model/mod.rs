//! The documents as plain types; JSON Schemas are generated from them, nodes are lowered to them.
