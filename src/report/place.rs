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
        self.of(audience, ".html")
    }

    /// Returns the page of an audience for printing.
    pub fn print(&self, audience: Audience) -> String {
        self.of(audience, ".print.html")
    }

    /// Returns the report of an audience as mail.
    pub fn mail(&self, audience: Audience) -> String {
        self.of(audience, ".mail.html")
    }

    /// Returns the workbook of an audience.
    #[cfg(feature = "xlsx")]
    pub fn workbook(&self, audience: Audience) -> String {
        self.of(audience, ".xlsx")
    }

    /// Returns the Markdown report of an audience.
    pub fn markdown(&self, audience: Audience) -> String {
        self.of(audience, ".md")
    }

    /// Returns the report of an audience as data.
    pub fn json(&self, audience: Audience) -> String {
        self.of(audience, ".json")
    }

    /// Returns the folder of the charts that an audience's Markdown shows.
    pub fn charts(&self, audience: Audience) -> String {
        self.of(audience, "")
    }

    /// Returns a chart that an audience's Markdown shows.
    pub fn chart(&self, audience: Audience, name: &str) -> String {
        format!("{}/{name}.svg", self.charts(audience))
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
            paths.extend(forms.markdown.then(|| self.markdown(audience)));
            paths.extend(forms.json.then(|| self.json(audience)));
        }
        paths
    }

    fn of(&self, audience: Audience, ending: &str) -> String {
        match audience {
            Audience::DEFAULT => format!("{}{ending}", self.base),
            _ => format!("{}.{}{ending}", self.base, audience.word()),
        }
    }
}
