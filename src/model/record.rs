//! The macros that make one declaration a Rust type, a JSON Schema and a lowering.

/// Declares a map with fixed keys.
///
/// Each field is documented, may carry `#[example(JSON)]` and `#[required(always | complete | choose)]` (when
/// it must be there, see `Need`), or `#[flatten(fields)]` when its own fields stand among these,
/// or `#[flatten(choice)]` when one of a choice's keys does.
macro_rules! record {
    (
        $(#[doc = $doc:literal])*
        #[noun($noun:literal)]
        pub struct $name:ident {
            $(
                $(#[doc = $field_doc:literal])*
                $(#[example($($example:tt)*)])*
                $(#[required($need:ident)])?
                $(#[flatten($flatten:ident)])?
                pub $field:ident: $type:ty
            ),* $(,)?
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Clone, Debug, PartialEq)]
        pub struct $name {
            $(
                $(#[doc = $field_doc])*
                pub $field: $type,
            )*
        }

        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
                let mut record = $crate::model::publish::Record::new(&[$($doc),*]);
                $(
                    $crate::model::record::field_schema!(
                        record, generator, $field, $type,
                        [$($field_doc),*], [$(serde_json::json!($($example)*)),*], [$($need)?] $(, $flatten)?
                    );
                )*
                record.finish()
            }
        }

        impl $crate::model::lower::Lower for $name {
            fn schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
                generator.subschema_for::<Self>()
            }

            fn lower(node: &$crate::syntax::Node, cx: &mut $crate::model::lower::Lowering<'_>) -> Option<Self> {
                let mut record = cx.record(node, $noun)?;
                $(
                    let $field = $crate::model::record::field_value!(
                        record, cx, node, $field, $type, [$($need)?] $(, $flatten)?
                    );
                )*
                Some(Self { $($field: $field?),* })
            }
        }
    };
}

/// Adds one field to a record's schema.
macro_rules! field_schema {
    ($record:ident, $generator:ident, $field:ident, $type:ty, $docs:tt, $examples:tt, $need:tt, fields) => {
        $record.flatten::<$type>($generator)
    };
    ($record:ident, $generator:ident, $field:ident, $type:ty, $docs:tt, $examples:tt, $need:tt, choice) => {
        $record.choose::<$type>($generator)
    };
    ($record:ident, $generator:ident, $field:ident, $type:ty, $docs:tt, $examples:tt, $need:tt) => {
        $record.field::<$type>(
            $generator,
            $crate::model::lower::bare(stringify!($field)),
            &$docs,
            vec!$examples,
            $crate::model::record::need!($need),
        )
    };
}

/// Reads one field of a record.
macro_rules! field_value {
    ($record:ident, $cx:ident, $node:ident, $field:ident, $type:ty, $need:tt, fields) => {
        $record.flattened::<$type>($cx, $node)
    };
    ($record:ident, $cx:ident, $node:ident, $field:ident, $type:ty, $need:tt, choice) => {
        $record.chosen($cx, $crate::model::record::need!($need))
    };
    ($record:ident, $cx:ident, $node:ident, $field:ident, $type:ty, $need:tt) => {
        $record.field::<$type>($cx, stringify!($field), $crate::model::record::need!($need))
    };
}

/// When a field must be there.
macro_rules! need {
    ([]) => {
        $crate::model::lower::Need::Never
    };
    ([always]) => {
        $crate::model::lower::Need::Always
    };
    ([complete]) => {
        $crate::model::lower::Need::Complete
    };
    ([choose]) => {
        $crate::model::lower::Need::Choose
    };
}

/// Declares a value that is exactly one of several words.
macro_rules! words {
    (
        $(#[doc = $doc:literal])*
        pub enum $name:ident {
            $(
                $(#[doc = $word_doc:literal])*
                $word:literal => $variant:ident
            ),* $(,)?
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name {
            $(
                $(#[doc = $word_doc])*
                $variant,
            )*
        }

        impl $name {
            /// Returns the word an author writes.
            pub fn word(self) -> &'static str {
                match self {
                    $(Self::$variant => $word),*
                }
            }
        }

        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                $crate::model::publish::words(&[$($doc),*], &[$(($word, &[$($word_doc),*])),*])
            }
        }

        impl $crate::model::lower::Lower for $name {
            fn schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
                generator.subschema_for::<Self>()
            }

            fn lower(node: &$crate::syntax::Node, cx: &mut $crate::model::lower::Lowering<'_>) -> Option<Self> {
                match cx.text(node)? {
                    $($word => Some(Self::$variant),)*
                    other => cx.unknown_word(node, other, &[$($word),*]),
                }
            }
        }
    };
}

/// Declares a map with exactly one of several keys, or one of several words standing alone.
macro_rules! choice {
    (
        $(#[doc = $doc:literal])*
        pub enum $name:ident {
            $(
                $(#[doc = $variant_doc:literal])*
                $(#[example($($example:tt)*)])*
                $key:literal => $variant:ident $(($type:ty))?
            ),* $(,)?
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Clone, Debug, PartialEq)]
        pub enum $name {
            $(
                $(#[doc = $variant_doc])*
                $variant $(($type))?,
            )*
        }

        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
                let mut choice = $crate::model::publish::Choice::new(&[$($doc),*]);
                $($crate::model::record::variant_schema!(
                    choice, generator, $key, [$($variant_doc),*], [$(serde_json::json!($($example)*)),*] $(, $type)?
                );)*
                choice.finish()
            }
        }

        impl $crate::model::lower::Choose for $name {
            const KEYS: &'static [&'static str] = &[$($key),*];

            fn choose(
                key: &$crate::syntax::Key,
                node: &$crate::syntax::Node,
                cx: &mut $crate::model::lower::Lowering<'_>,
            ) -> Option<Self> {
                $($crate::model::record::variant_value!(key, node, cx, $key, $variant $(, $type)?);)*
                None
            }

            #[allow(unused_variables, reason = "a choice without words ignores the text")]
            fn word(text: &str) -> Option<Self> {
                $($crate::model::record::variant_word!(text, $key, $variant $(, $type)?);)*
                None
            }
        }

        impl $crate::model::lower::Lower for $name {
            fn schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
                generator.subschema_for::<Self>()
            }

            fn lower(node: &$crate::syntax::Node, cx: &mut $crate::model::lower::Lowering<'_>) -> Option<Self> {
                cx.choice(node)
            }
        }
    };
}

/// Adds one variant to a choice's schema.
macro_rules! variant_schema {
    ($choice:ident, $generator:ident, $key:literal, $docs:tt, []) => {
        $choice.word($key, &$docs)
    };
    ($choice:ident, $generator:ident, $key:literal, $docs:tt, $examples:tt, $type:ty) => {
        $choice.key::<$type>($generator, $key, &$docs, vec!$examples)
    };
}

/// Reads the variant of a key.
macro_rules! variant_value {
    ($name:ident, $node:ident, $cx:ident, $key:literal, $variant:ident) => {};
    ($name:ident, $node:ident, $cx:ident, $key:literal, $variant:ident, $type:ty) => {
        if &*$name.text == $key {
            return $cx.under::<$type>($name, false, $node).map(Self::$variant);
        }
    };
}

/// Reads the variant of a word.
macro_rules! variant_word {
    ($text:ident, $key:literal, $variant:ident) => {
        if $text == $key {
            return Some(Self::$variant);
        }
    };
    ($text:ident, $key:literal, $variant:ident, $type:ty) => {};
}

/// Declares a value that is written as a scalar, as a map or as a list, each with its own type.
macro_rules! either {
    (
        $(#[doc = $doc:literal])*
        pub enum $name:ident {
            $(
                $(#[doc = $variant_doc:literal])*
                $kind:ident => $variant:ident($type:ty)
            ),* $(,)?
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Clone, Debug, PartialEq)]
        pub enum $name {
            $(
                $(#[doc = $variant_doc])*
                $variant($type),
            )*
        }

        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
                let mut union = $crate::model::publish::Union::new(&[$($doc),*]);
                $(union.variant::<$type>(generator, stringify!($variant), &[$($variant_doc),*]);)*
                union.finish()
            }
        }

        impl $crate::model::lower::Lower for $name {
            fn schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
                generator.subschema_for::<Self>()
            }

            fn lower(node: &$crate::syntax::Node, cx: &mut $crate::model::lower::Lowering<'_>) -> Option<Self> {
                match &node.kind {
                    $(
                        $crate::model::record::kind!($kind) =>
                            <$type as $crate::model::lower::Lower>::lower(node, cx).map(Self::$variant),
                    )*
                    _ => cx.misfit(node, $crate::model::record::either_expected!($($kind)*)),
                }
            }
        }
    };
}

/// The node kind of a word of `either!`.
macro_rules! kind {
    (scalar) => {
        $crate::syntax::NodeKind::Scalar(_)
    };
    (map) => {
        $crate::syntax::NodeKind::Map(_)
    };
    (list) => {
        $crate::syntax::NodeKind::List(_)
    };
}

/// What an `either!` takes, for messages; in the order map, list, value as everywhere.
macro_rules! either_expected {
    (scalar map) => {
        "a map or a value"
    };
    (scalar list) => {
        "a list or a value"
    };
    (map list) => {
        "a map or a list"
    };
    (scalar map list) => {
        "a map, a list or a value"
    };
}

pub(super) use {
    choice, either, either_expected, field_schema, field_value, kind, need, record, variant_schema, variant_value,
    variant_word, words,
};
