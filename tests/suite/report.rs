//! Reports: what is shown, to whom, and that text of others stays inert.

mod audience;
mod comment;
mod contract;
mod data;
mod fixture;
mod markdown;
mod odd;
mod page;
mod people;
mod portfolio;
mod safety;
mod shipped;
mod team;
mod terminal;
mod unknown;
mod words;

use scoreline::report::{Audience, RenderedFile, Templates, render};

fn rendered(case: &fixture::Case, audience: Audience) -> Vec<RenderedFile> {
    render(&case.input(), audience, &Templates::new()).expect("the built-in templates render")
}

/// The text of the one file whose path ends in `ending`.
fn text(files: &[RenderedFile], ending: &str) -> String {
    let mut found = files.iter().filter(|file| file.path.ends_with(ending));
    let file = found.next().unwrap_or_else(|| panic!("no file ends in {ending}"));
    assert!(found.next().is_none(), "one file ends in {ending}");
    String::from_utf8(file.bytes.clone()).expect("UTF-8")
}

/// Everything that an audience gets, in one text.
fn everything(files: &[RenderedFile]) -> String {
    files
        .iter()
        .map(|file| String::from_utf8(file.bytes.clone()).expect("UTF-8"))
        .collect()
}
