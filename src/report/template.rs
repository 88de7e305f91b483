//! Templates: the built-in ones, and those that a workspace puts in their place.
//!
//! A template sees the view's JSON under the names of its fields and two functions: `chart(name, id)`, and
//! `sha256(template)`, the digest by which a page's policy admits a script. Text is escaped by the template's
//! ending; nothing but a chart is exempt, and there is no filter to exempt more. What a workspace's templates may
//! spend is limited ([`meter`]).

mod lexer;
mod meter;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use base64::prelude::{BASE64_STANDARD, Engine as _};
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, ValueKind};
use minijinja::{AutoEscape, Environment, State, UndefinedBehavior, Value, context};
use sha2::{Digest, Sha256};

use meter::{Budget, Metered, metered};

use super::chart::Drawn;
use super::{Templates, View, chart, escape};
use crate::diagnostics::did_you_mean;
use crate::error::Error;
use crate::quantity::{MICROS_PER_SECOND, Rational};

/// The built-in templates by name.
const BUILT_IN: [(&str, &str); 22] = [
    ("page.html", include_str!("../../templates/page.html")),
    ("report.html", include_str!("../../templates/report.html")),
    ("report.css", include_str!("../../templates/report.css")),
    ("kpi.html", include_str!("../../templates/kpi.html")),
    ("team.html", include_str!("../../templates/team.html")),
    ("money.html", include_str!("../../templates/money.html")),
    ("data.html", include_str!("../../templates/data.html")),
    ("provenance.html", include_str!("../../templates/provenance.html")),
    ("report.md", include_str!("../../templates/report.md")),
    ("mail.html", include_str!("../../templates/mail.html")),
    ("comment.md", include_str!("../../templates/comment.md")),
    ("maturity.html", include_str!("../../templates/maturity.html")),
    ("maturity.md", include_str!("../../templates/maturity.md")),
    ("index.html", include_str!("../../templates/index.html")),
    ("index.md", include_str!("../../templates/index.md")),
    ("card.html", include_str!("../../templates/card.html")),
    ("card.md", include_str!("../../templates/card.md")),
    ("sort.js", include_str!("../../templates/sort.js")),
    ("history.html", include_str!("../../templates/history.html")),
    ("history.md", include_str!("../../templates/history.md")),
    ("diff.html", include_str!("../../templates/diff.html")),
    ("diff.md", include_str!("../../templates/diff.md")),
];

/// Steps after which a template is stopped: a hundred times what the built-in ones take for a large card.
const FUEL: u64 = 20_000_000;

/// Templates with the data they are about to render.
pub(crate) struct Renderer {
    environment: Environment<'static>,
    data: Value,
    budget: Budget,
    /// The workspace's own, by name.
    own: BTreeMap<String, Metered>,
}

impl Renderer {
    /// Prepares to render a report.
    ///
    /// # Errors
    /// When a template that replaces a built-in one does not parse.
    pub(crate) fn of(view: &View, templates: &Templates) -> Result<Self, Error> {
        let data = Value::from(Serde(serde_json::to_value(view).expect("a view has only string keys")));
        Self::new(data, Drawn::View(Box::new(view.clone())), templates)
    }

    /// Prepares to render data, with what its charts are drawn from.
    ///
    /// # Errors
    /// When a template that replaces a built-in one does not parse.
    pub(crate) fn new(data: Value, drawn: Drawn, templates: &Templates) -> Result<Self, Error> {
        Self::with(data, Some(drawn), templates)
    }

    /// Prepares to render data that have no charts.
    ///
    /// # Errors
    /// When a template that replaces a built-in one does not parse.
    pub(crate) fn plain(data: Value, templates: &Templates) -> Result<Self, Error> {
        Self::with(data, None, templates)
    }

    fn with(data: Value, drawn: Option<Drawn>, templates: &Templates) -> Result<Self, Error> {
        let built_in = BUILT_IN.iter().filter(|(name, _)| !templates.contains_key(*name));
        let lengths = built_in
            .clone()
            .map(|(name, source)| ((*name).to_owned(), source.len()));
        let lengths = lengths.chain(templates.iter().map(|(name, source)| (name.clone(), source.len())));
        let budget = Budget::default();
        let mut renderer = Self {
            environment: environment(drawn.map(Arc::new), &budget, lengths.collect()),
            data,
            budget,
            own: BTreeMap::new(),
        };
        for (name, source) in built_in {
            let added = renderer.environment.add_template(name, source);
            added.map_err(|cause| renderer.error(name, &cause))?;
        }
        for (name, source) in templates {
            let counted = metered(source).map_err(|refusal| refused(name, source, refusal))?;
            let text = counted.text.clone();
            renderer.own.insert(name.clone(), counted);
            let added = renderer.environment.add_template_owned(name.clone(), text);
            added.map_err(|cause| renderer.error(name, &cause))?;
        }
        Ok(renderer)
    }

    /// Points at the template and line where it went wrong, as they are written.
    fn error(&self, name: &str, cause: &minijinja::Error) -> Error {
        template_error(name, cause, |name| self.own.get(name))
    }

    /// Renders one template.
    ///
    /// # Errors
    /// When it fails or takes too many steps.
    pub(crate) fn render(&self, name: &str) -> Result<String, Error> {
        self.render_with(name, Value::from(()))
    }

    /// Renders one template that sees `more` beside the data.
    ///
    /// # Errors
    /// When it fails or takes too many steps.
    pub(crate) fn render_with(&self, name: &str, more: Value) -> Result<String, Error> {
        self.budget.renew();
        self.environment
            .get_template(name)
            .and_then(|template| template.render(context! { ..more, ..self.data.clone() }))
            .map_err(|cause| self.error(name, &cause))
    }
}

/// The engine without templates: what they may call, how they are escaped, when they are stopped.
fn environment(drawn: Option<Arc<Drawn>>, budget: &Budget, lengths: Vec<(String, usize)>) -> Environment<'static> {
    let mut environment = Environment::new();
    // Without it errors have no range to point at.
    environment.set_debug(true);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(FUEL));
    let syntax = SyntaxConfig::builder()
        .trim_blocks(true)
        .lstrip_blocks(true)
        .keep_trailing_newline(true)
        .build()
        .expect("the default delimiters");
    environment.set_syntax(syntax);
    environment.set_auto_escape_callback(|name| match name.rsplit_once('.') {
        Some((_, "md")) => AutoEscape::Custom("markdown".into()),
        _ => AutoEscape::Html,
    });
    let spent = budget.clone();
    environment.set_formatter(move |out, state, value| {
        let text = match value.kind() {
            ValueKind::Undefined => {
                return Err(minijinja::Error::from(minijinja::ErrorKind::UndefinedError));
            }
            ValueKind::None => return Ok(()),
            _ => value.to_string(),
        };
        let escaped = match state.auto_escape() {
            _ if value.is_safe() => text,
            AutoEscape::Custom(_) => escape::markdown(&text),
            _ => escape::html(&text),
        };
        spent.spend(escaped.len())?;
        out.write_str(&escaped).map_err(minijinja::Error::from)
    });
    environment.remove_filter("safe");
    let spent = budget.clone();
    environment.add_function("chart", move |name: String, id: Option<String>| {
        let id = id.as_deref().unwrap_or("");
        let drawing = chart::draw(drawn.as_deref(), &name, id)
            .map_err(|unknown| minijinja::Error::new(minijinja::ErrorKind::InvalidOperation, unknown))?;
        let drawing = drawing.map(|svg| svg.into_string());
        spent.spend(drawing.as_ref().map_or(0, String::len))?;
        Ok(drawing.map_or(Value::from(()), Value::from_safe_string))
    });
    // Each once, and none while it is being made: a template may ask for its own.
    let digests: Mutex<BTreeMap<String, Option<String>>> = Mutex::default();
    environment.add_function("sha256", move |state: &State<'_, '_>, name: String| {
        let known = || digests.lock().unwrap_or_else(PoisonError::into_inner);
        match known().insert(name.clone(), None) {
            Some(Some(digest)) => {
                known().insert(name, Some(digest.clone()));
                return Ok(digest);
            }
            Some(None) => {
                let message = format!("the digest of `{name}` depends on itself");
                return Err(minijinja::Error::new(minijinja::ErrorKind::InvalidOperation, message));
            }
            None => {}
        }
        let text = state.env().get_template(&name)?.render(())?;
        let digest = BASE64_STANDARD.encode(Sha256::digest(text));
        known().insert(name, Some(digest.clone()));
        Ok(digest)
    });
    budget.install(&mut environment, lengths);
    environment.add_filter("counted", |n: u64, one: String, many: String| {
        super::display::count(n, &one, &many)
    });
    environment.add_filter("hours", |seconds: i64| {
        let micros = i128::from(seconds) * i128::from(MICROS_PER_SECOND);
        super::display::hours(&Rational::integer(micros))
    });
    environment.add_filter("css", |text: String| escape::css(&text));
    environment.add_filter("runs", runs);
    environment.add_filter("grouped", |n: i64| super::display::plain(&Rational::integer(n), 0));
    environment
}

/// Joins neighbours that look alike: `[a, a, b]` becomes `[[a, 2], [b, 1]]`.
fn runs(items: Vec<Value>) -> Vec<(Value, usize)> {
    let mut runs: Vec<(Value, usize)> = Vec::new();
    for item in items {
        match runs.last_mut() {
            Some((last, count)) if *last == item => *count += 1,
            _ => runs.push((item, 1)),
        }
    }
    runs
}

/// What is wrong with a template before anything is rendered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TemplateFault {
    /// It is no template, or fails.
    Broken {
        /// Line, from 1.
        line: usize,
        /// The bytes at fault, where they are known.
        range: Option<Range<usize>>,
        /// What is wrong.
        message: String,
    },
    /// It has the name of no built-in one, and no other template names it.
    Unused {
        /// The built-in one that was most likely meant.
        meant: Option<&'static str>,
    },
}

/// Finds templates that do not parse and templates that nothing uses, by name.
pub fn template_faults(templates: &Templates) -> Vec<(String, TemplateFault)> {
    let mut faults = Vec::new();
    for (name, source) in templates {
        let parsed = metered(source).map_err(|refusal| refused(name, source, refusal));
        let parsed = parsed.and_then(|counted| {
            let mut alone = environment(None, &Budget::default(), Vec::new());
            let added = alone.add_template_owned(name.clone(), counted.text.clone());
            added.map_err(|cause| template_error(name, &cause, |_| Some(&counted)))
        });
        if let Err(error) = parsed {
            if let Error::Template {
                line, range, message, ..
            } = error
            {
                faults.push((name.clone(), TemplateFault::Broken { line, range, message }));
            }
            continue;
        }
        let is_named = |text: &str| text.contains(&format!("\"{name}\"")) || text.contains(&format!("'{name}'"));
        let is_built_in = BUILT_IN.iter().any(|(built_in, _)| built_in == name);
        if !is_built_in && !templates.iter().any(|(other, text)| other != name && is_named(text)) {
            let meant = did_you_mean(name, BUILT_IN.iter().map(|(built_in, _)| *built_in));
            faults.push((name.clone(), TemplateFault::Unused { meant }));
        }
    }
    faults
}

/// A template that is not even parsed.
fn refused(name: &str, source: &str, refusal: meter::Refusal) -> Error {
    Error::Template {
        name: name.to_owned(),
        line: source[..refusal.range.start].matches('\n').count() + 1,
        range: Some(refusal.range),
        message: refusal.message,
    }
}

/// Points at the template and line where it went wrong, which may be in an included one; `own` knows how those of a
/// workspace were counted.
fn template_error<'m>(name: &str, error: &minijinja::Error, own: impl Fn(&str) -> Option<&'m Metered>) -> Error {
    let mut innermost = error;
    let mut cause: Option<&dyn std::error::Error> = std::error::Error::source(error);
    while let Some(next) = cause {
        if let Some(inner) = next.downcast_ref::<minijinja::Error>() {
            innermost = inner;
        }
        cause = next.source();
    }
    let mut message = innermost.kind().to_string();
    if let Some(detail) = innermost.detail() {
        let _ = write!(message, ": {detail}");
    }
    let name = innermost.name().unwrap_or(name);
    let range = innermost.range().map(|range| match own(name) {
        Some(counted) => counted.written(range.start)..counted.written(range.end),
        None => range,
    });
    Error::Template {
        name: name.to_owned(),
        line: innermost.line().unwrap_or(0),
        range,
        message,
    }
}
