use super::{Audience, Forms};

/// Where the files of one scorecard and period stand, relative to the report folder, with `/`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    base: String,
}

impl Place {
    /// The place of a scorecard's period, by its id and the period's label.
    pub fn new(card: &str, period: &str) -> Self {
        Self {
            base: format!("{card}/{period}"),
        }
    }

    /// Returns the page of an audience; the default one has no word in its name.
    pub fn page(&self, audience: Audience) -> String {
        self.of(audience, "html")
    }

    /// Returns the page of an audience for printing.
    pub fn print(&self, audience: Audience) -> String {
        self.of(audience, "print.html")
    }

    /// Returns the report of an audience as mail.
    pub fn mail(&self, audience: Audience) -> String {
        self.of(audience, "mail.html")
    }

    /// Returns the workbook of an audience.
    #[cfg(feature = "xlsx")]
    pub fn workbook(&self, audience: Audience) -> String {
        self.of(audience, "xlsx")
    }

    /// Returns the Markdown report.
    pub fn markdown(&self) -> String {
        format!("{}.md", self.base)
    }

    /// Returns the report as data.
    pub fn json(&self) -> String {
        format!("{}.json", self.base)
    }

    /// Returns the folder of the charts that the Markdown shows.
    pub fn charts(&self) -> &str {
        &self.base
    }

    /// Returns a chart that the Markdown shows.
    pub fn chart(&self, name: &str) -> String {
        format!("{}/{name}.svg", self.base)
    }

    /// Lists what a build for these audiences and forms may write here, beside charts. A file among them that
    /// it did not write is left over from an earlier build.
    pub fn answers_for(&self, audiences: &[Audience], forms: Forms) -> Vec<String> {
        let mut paths = Vec::new();
        for &audience in audiences {
            if forms.html {
                paths.extend([self.page(audience), self.print(audience)]);
            }
            paths.extend(forms.mail.then(|| self.mail(audience)));
            #[cfg(feature = "xlsx")]
            paths.extend(forms.xlsx.then(|| self.workbook(audience)));
            if audience == Audience::DEFAULT {
                paths.extend(forms.markdown.then(|| self.markdown()));
                paths.extend(forms.json.then(|| self.json()));
            }
        }
        paths
    }

    fn of(&self, audience: Audience, ending: &str) -> String {
        match audience {
            Audience::DEFAULT => format!("{}.{ending}", self.base),
            _ => format!("{}.{}.{ending}", self.base, audience.word()),
        }
    }
}
