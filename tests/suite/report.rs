//! Reports: what is shown, to whom, and that text of others stays inert.

mod audience;
mod contract;
mod fixture;
mod odd;
mod page;
mod safety;
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

/// Writes reports of the cards above to `target/tmp/reports`, to look at in a browser.
#[test]
#[ignore = "for people: cargo test report::samples -- --ignored"]
fn samples() {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("reports");
    for case in [
        contract::october(13),
        team::technicians(),
        odd::odd(),
        team::large(20, 24),
    ] {
        for file in Audience::ALL.into_iter().flat_map(|audience| rendered(&case, audience)) {
            let path = folder.join(&file.path);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("a writable folder");
            std::fs::write(path, file.bytes).expect("a writable folder");
        }
    }
}
