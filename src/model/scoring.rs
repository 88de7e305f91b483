use super::lower::{Lower, Lowering};
use super::record::{choice, either, record, words};
use super::value::{Limit, Nothing, Number};

either! {
    /// How a value becomes a score.
    pub enum Scoring {
        /// The default.
        scalar => Word(ScoringWord),
        /// Another rule.
        map => Rule(Box<ScoringRule>)
    }
}

words! {
    /// The scoring that needs no parameters.
    pub enum ScoringWord {
        /// 100 when met, else 0.
        "binary" => Binary
    }
}

record! {
    /// How a value becomes a score.
    #[noun("scoring")]
    pub struct ScoringRule {
        /// The highest score, above 100. Default: 100.
        #[example(120)]
        pub over: Option<Number>,
        /// The rule. Default: `binary`.
        #[flatten(choice)]
        pub curve: Option<Curve>
    }
}

choice! {
    /// The rule that makes a score of a value.
    pub enum Curve {
        /// 100 when met, else 0.
        #[example({})]
        "binary" => Binary(Nothing),
        /// A straight line from 0 to 100.
        #[example({ "zero_at": "99.5%", "full_at": "target" })]
        "linear" => Linear(Linear),
        /// Steps, from the top down or with two bounds each.
        #[example([{ "at_least": "60%", "score": 100 }, { "at_least": "40%", "score": 30 }])]
        "bands" => Bands(Vec<ScoreBand>),
        /// Straight lines between points `[value, score]` by rising value.
        #[example([[300, 0], [900, 10]])]
        "piecewise" => Piecewise(Vec<Point>)
    }
}

record! {
    /// A straight line from 0 to 100.
    #[noun("linear")]
    pub struct Linear {
        /// The value that scores 0.
        #[example("99.5%")]
        #[required(complete)]
        pub zero_at: Option<Limit>,
        /// The value that scores 100.
        #[example("target")]
        #[required(complete)]
        pub full_at: Option<Limit>
    }
}

record! {
    /// Bounds of a stretch of values; what is not written is open.
    #[noun("band")]
    pub struct Bounds {
        /// This value or more.
        #[example("99.0%")]
        pub at_least: Option<Limit>,
        /// Strictly more than this value.
        #[example("99.0%")]
        pub above: Option<Limit>,
        /// This value or less.
        #[example("99.9%")]
        pub at_most: Option<Limit>,
        /// Strictly less than this value.
        #[example("99.9%")]
        pub below: Option<Limit>
    }
}

record! {
    /// A step of a scoring.
    #[noun("band")]
    pub struct ScoreBand {
        /// The values it covers.
        #[flatten(fields)]
        pub bounds: Bounds,
        /// The score.
        #[example(80)]
        pub score: Number
    }
}

/// A value and its score.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// The value.
    pub value: Limit,
    /// Its score.
    pub score: Number,
}

impl Lower for Point {
    fn schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        super::publish::object(serde_json::json!({
            "type": "array",
            "description": "A value and its score.",
            "prefixItems": [Limit::schema(generator), Number::schema(generator)],
            "items": false,
            "minItems": 2,
        }))
    }

    fn lower(node: &crate::syntax::Node, cx: &mut Lowering<'_>) -> Option<Self> {
        match node.as_list() {
            Some([value, score]) => {
                let (value, score) = (cx.item(value), cx.item(score));
                Some(Self {
                    value: value?,
                    score: score?,
                })
            }
            Some(items) => {
                let found = format!("expected a value and its score, found {}", items.len());
                let finding = crate::diagnostics::Diagnostic::new("wrong-shape", node.span, found);
                cx.refuse(finding.help("write `[99.5%, 50]`"))
            }
            None => cx.misfit(node, "a list"),
        }
    }
}
