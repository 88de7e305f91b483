//! Outcome → [`View`] per audience → Markdown, HTML, JSON, mail, workbook; comment and summary over all of a build.
//!
//! What comes in: the timeline of terms, the outcomes of the trend periods, the facts and where they came
//! from. The view is built for one audience, filtered before anything is rendered; it *is* the JSON output,
//! and every other output is a function of it: templates see that JSON and charts made from it, nothing
//! else. Pure: no I/O, no clock. Floating point exists only inside [`chart`], for coordinates.

use std::collections::BTreeMap;

mod audience;
pub mod chart;
mod comment;
pub(crate) mod display;
pub(crate) mod escape;
mod explain;
mod index;
mod mail;
mod maturity;
mod place;
mod show;
mod summary;
mod template;
pub mod view;
#[cfg(feature = "xlsx")]
mod xlsx;

pub use audience::Audience;
pub use comment::comment;
pub use explain::{Trace, TraceRow, explain, explain_data};
pub use index::{Entry, index};
pub use maturity::maturity;
pub use place::Place;
pub(crate) use show::origin;
pub use show::{show, show_data};
pub use summary::{summary, summary_data};
pub(crate) use template::Renderer;
pub use template::{TemplateFault, template_faults};
pub use view::View;

use minijinja::Value;
use minijinja::value::Serde;

use crate::assess::maturity::Standing;
use crate::assess::{Figures, Outcome};
use crate::error::Error;
use crate::measure::facts::Facts;
use crate::resolve::terms::Timeline;

/// Everything one report is a function of.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// The scorecard through time.
    pub timeline: &'a Timeline,
    /// The outcomes of the trend periods, oldest first; the last is the reported period.
    pub outcomes: &'a [Outcome],
    /// The outcomes of each entity of a `for_each` card over the same periods, in list order.
    pub entities: &'a [Vec<Outcome>],
    /// Where the card's maturity models stand at the end of the reported period.
    pub maturity: &'a [Standing],
    /// What was measured, and how the sources read.
    pub facts: &'a Facts,
    /// Where all of it came from.
    pub provenance: &'a Provenance,
}

/// Where a report came from.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct Provenance {
    /// The program and its version, such as `scoreline 0.1.0`.
    pub program: String,
    /// The version of the language, such as `scoreline/v1`.
    pub language: String,
    /// The files of the specification: path and SHA-256 in lowercase hexadecimal.
    pub specification: Vec<FileDigest>,
    /// The data files of this scorecard.
    pub data: Vec<FileDigest>,
    /// The day up to which data were admitted (`2026-10-31`), where the build was limited.
    pub data_through: Option<String>,
    /// The edition, where the report is sealed.
    pub edition: Option<Edition>,
    /// What the edition before this one says; of a draft, the edition that is published.
    #[serde(skip)]
    pub published: Option<Figures>,
}

/// A file and what was in it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct FileDigest {
    /// Path relative to the workspace, with `/`.
    pub path: String,
    /// SHA-256 in lowercase hexadecimal.
    pub sha256: String,
}

/// One of the editions of a sealed period.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct Edition {
    /// From 1.
    pub number: u32,
    /// Why an earlier edition was restated.
    pub reason: Option<String>,
}

/// A finished file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RenderedFile {
    /// Path relative to the report folder, with `/`.
    pub path: String,
    /// What it holds.
    pub bytes: Vec<u8>,
}

/// The forms of a report that are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Forms {
    /// For reading.
    pub html: bool,
    /// For review in git, with its charts.
    pub markdown: bool,
    /// For programs.
    pub json: bool,
    /// Beside each page one for printing, with nothing collapsed.
    pub print: bool,
    /// For mail programs.
    pub mail: bool,
    /// For spreadsheets.
    #[cfg(feature = "xlsx")]
    pub xlsx: bool,
}

impl Forms {
    /// Every form.
    pub const ALL: Self = Self {
        html: true,
        markdown: true,
        json: true,
        print: true,
        mail: true,
        #[cfg(feature = "xlsx")]
        xlsx: true,
    };

    /// What is written unless somebody asks for other forms.
    pub const DEFAULT: Self = Self {
        html: true,
        markdown: true,
        json: true,
        print: false,
        mail: false,
        #[cfg(feature = "xlsx")]
        xlsx: false,
    };

    /// What an audience gets that nobody asked for by name: Markdown for git and data for programs are the default
    /// audience's.
    pub fn of_further_audiences(self) -> Self {
        Self {
            markdown: false,
            json: false,
            ..self
        }
    }

    /// Returns the forms that are among `words`; what this build cannot make is left out.
    pub fn among(words: &[String]) -> Self {
        let has = |form: &str| words.iter().any(|word| word == form);
        Self {
            html: has("html"),
            markdown: has("md"),
            json: has("json"),
            print: has("print"),
            mail: has("mail"),
            #[cfg(feature = "xlsx")]
            xlsx: has("xlsx"),
        }
    }

    /// Returns the words of the forms.
    pub fn words(self) -> Vec<String> {
        let words = [
            (self.html, "html"),
            (self.markdown, "md"),
            (self.json, "json"),
            (self.print, "print"),
            (self.mail, "mail"),
            #[cfg(feature = "xlsx")]
            (self.xlsx, "xlsx"),
        ];
        let wanted = words.into_iter().filter(|(is_wanted, _)| *is_wanted);
        wanted.map(|(_, word)| word.to_owned()).collect()
    }
}

/// Templates that replace built-in ones, by name such as `report.html`.
pub type Templates = BTreeMap<String, String>;

/// Returns what the templates of other pages than reports see, as schemas by the name of their description.
pub fn page_schemas() -> [(&'static str, serde_json::Value); 3] {
    fn of<T: schemars::JsonSchema>() -> serde_json::Value {
        let settings = schemars::generate::SchemaSettings::draft2020_12().for_serialize();
        settings.into_generator().into_root_schema_for::<T>().to_value()
    }
    [
        ("index", of::<index::Index<'_>>()),
        ("maturity", of::<maturity::Page>()),
        ("comment", of::<comment::Comment<'_>>()),
    ]
}

/// Renders the template `name` of a page that is no report: it sees `data` as `page`, and draws `steps` by name.
///
/// # Errors
/// When the template fails, with its name and line.
pub(crate) fn page(
    name: &str,
    data: &impl serde::Serialize,
    steps: BTreeMap<String, chart::Steps>,
    templates: &Templates,
) -> Result<String, Error> {
    let data = serde_json::to_value(data).expect("a page has only string keys");
    let seen = minijinja::context! { page => Value::from(Serde(data)) };
    template::Renderer::new(seen, chart::Drawn::Steps(steps), templates)?.render(name)
}

/// Builds and renders one report.
///
/// The default audience gets `<card>/<period>.html`, `.md` (with its charts under `<card>/<period>/`) and
/// `.json`; another gets `<card>/<period>.<audience>.html`. See [`Place`].
///
/// # Errors
/// When a template fails, with its name and line.
pub fn render(input: &Input<'_>, audience: Audience, templates: &Templates) -> Result<Vec<RenderedFile>, Error> {
    let view = View::build(input, audience);
    let forms = match audience {
        Audience::DEFAULT => Forms::DEFAULT,
        _ => Forms::DEFAULT.of_further_audiences(),
    };
    render_view(&view, audience, templates, forms)
}

/// Renders a view that is already built.
///
/// Every audience gets each form in a file of its own.
///
/// # Errors
/// When a template fails, with its name and line.
pub fn render_view(
    view: &View,
    audience: Audience,
    templates: &Templates,
    forms: Forms,
) -> Result<Vec<RenderedFile>, Error> {
    let place = Place::new(&view.card.id, &view.period.label);
    let renderer = template::Renderer::of(view, templates)?;
    let page = |print: bool| renderer.render_with("report.html", minijinja::context! { print });
    let mut files = Vec::new();
    let mut add = |path: String, bytes: Vec<u8>| files.push(RenderedFile { path, bytes });
    if forms.html {
        add(place.page(audience), page(false)?.into_bytes());
    }
    if forms.print {
        add(place.print(audience), page(true)?.into_bytes());
    }
    if forms.markdown {
        // The links of a Markdown file start beside it.
        let folder = place.charts(audience);
        let charts = folder.rsplit('/').next();
        let text = renderer.render_with("report.md", minijinja::context! { charts })?;
        add(place.markdown(audience), text.into_bytes());
        for (name, svg) in chart::standalone(view) {
            add(place.chart(audience, &name), svg.into_string().into_bytes());
        }
    }
    if forms.json {
        add(place.json(audience), view.to_json().into_bytes());
    }
    if forms.mail {
        add(place.mail(audience), mail::mail(view, &renderer)?.into_bytes());
    }
    #[cfg(feature = "xlsx")]
    if forms.xlsx {
        add(place.workbook(audience), xlsx::workbook(view));
    }
    Ok(files)
}
