//! The front half in one call: a tree of files → the resolved workspace, with every diagnostic.
//!
//! A commit compiles through the same function as the working tree: only the [`Tree`] differs.

use std::borrow::Cow;

use memchr::memmem;
use rayon::prelude::*;

use crate::diagnostics::{Diagnostic, Diagnostics, Place};
use crate::error::Error;
use crate::model::{self, Document, Kind};
use crate::resolve::{self, Frame, Workspace};
use crate::source::{FileId, SourceFile, SourceMap, Tree};
use crate::syntax;

/// A compiled tree: what it says, and everything that is wrong with it.
#[derive(Debug)]
pub struct Compiled {
    /// Every file that holds documents.
    pub sources: SourceMap,
    /// Every document, by path and place.
    pub documents: Vec<Document>,
    /// The scorecards through time; those with errors are left out.
    pub workspace: Workspace,
    /// Everything that was found.
    pub diagnostics: Diagnostics,
}

/// What every document names; a YAML file without it belongs to another tool.
const MARK: &[u8] = b"scoreline/";

/// Compiles all documents of `tree`.
///
/// # Errors
/// When the tree or one of its files cannot be read. What an author wrote wrongly is a diagnostic.
pub fn compile(tree: &dyn Tree) -> Result<Compiled, Error> {
    compile_beside(tree, SourceMap::default())
}

/// Compiles all documents of `tree` and adds its files to `sources`: the places of two trees that are
/// compared lie in one map.
///
/// # Errors
/// As [`compile`].
pub fn compile_beside(tree: &dyn Tree, sources: SourceMap) -> Result<Compiled, Error> {
    let (sources, documents, mut diagnostics) = read_all(tree, sources, |documents| documents)?;
    let workspace = resolve::resolve(&documents, &mut diagnostics);
    Ok(Compiled {
        sources,
        documents,
        workspace,
        diagnostics,
    })
}

/// Scorecards that are held at once where nothing needs all of them.
const PART: usize = 128;

/// Compiles `tree` a few scorecards at a time, so that memory hardly grows with their number.
///
/// `look` sees every part once: a workspace with some of the scorecards and what is about them, and what has been
/// found so far. In the end the workspace has no scorecards, and of their documents only the [heads](Document::head)
/// are left.
///
/// # Errors
/// As [`compile`].
pub fn compile_in_parts(
    tree: &dyn Tree,
    mut look: impl FnMut(&Workspace, &SourceMap, &Diagnostics),
) -> Result<Compiled, Error> {
    let (sources, documents, mut diagnostics) = read_all(tree, SourceMap::default(), |documents| match &*documents {
        [alone] if alone.kind == Kind::Scorecard => vec![alone.head()],
        _ => documents,
    })?;
    let frame = Frame::of(&documents, &mut diagnostics);
    for part in frame.scorecards().chunks(PART) {
        let whole: Vec<Cow<'_, Document>> = part.par_iter().map(|document| whole(document, &sources)).collect();
        let whole: Vec<&Document> = whole.iter().map(Cow::as_ref).collect();
        let (cards, scenarios) = frame.resolve(&whole, &mut diagnostics);
        let part = Workspace {
            cards,
            scenarios,
            ..frame.workspace()
        };
        look(&part, &sources, &diagnostics);
    }
    let workspace = frame.workspace();
    Ok(Compiled {
        sources,
        documents,
        workspace,
        diagnostics,
    })
}

/// Reads the text of a document again if only its head is there; what is wrong with it has been told.
fn whole<'d>(document: &'d Document, sources: &SourceMap) -> Cow<'d, Document> {
    if !document.is_head() {
        return Cow::Borrowed(document);
    }
    let file = document.node.span.file;
    let mut told = Diagnostics::default();
    let nodes = syntax::parse(file, sources.file(file), &mut told);
    let same = nodes.into_iter().find(|node| node.span == document.node.span);
    Cow::Owned(Document {
        node: same.expect("the text is the one that the head is of"),
        ..document.clone()
    })
}

/// Reads and parses every file; `keep` leaves of a file's documents what is needed.
fn read_all(
    tree: &dyn Tree,
    mut sources: SourceMap,
    keep: impl Fn(Vec<Document>) -> Vec<Document> + Sync,
) -> Result<(SourceMap, Vec<Document>, Diagnostics), Error> {
    let paths: Vec<String> = tree.list()?.into_iter().filter(|path| is_yaml(path)).collect();
    let read: Vec<(Option<SourceFile>, Diagnostics)> = paths
        .par_iter()
        .map(|path| read(tree, path))
        .collect::<Result<_, Error>>()?;

    let mut diagnostics = Diagnostics::default();
    let known = sources.files().count();
    for (file, found) in read {
        diagnostics.extend(found);
        if let Some(file) = file {
            sources.add(file);
        }
    }
    let files: Vec<(FileId, &SourceFile)> = sources.files().skip(known).collect();
    let parsed = files.into_par_iter().map(|(id, file)| {
        let (documents, found) = parse(id, file);
        (keep(documents), found)
    });
    let parsed: Vec<(Vec<Document>, Diagnostics)> = parsed.collect();
    let mut documents = Vec::new();
    for (some, found) in parsed {
        documents.extend(some);
        diagnostics.extend(found);
    }
    if documents.is_empty() && diagnostics.is_empty() {
        let place = Place::File {
            path: "scoreline.yaml".to_owned(),
        };
        let finding = Diagnostic::new("empty-workspace", place, "the workspace holds no documents");
        diagnostics
            .push(finding.help("add a YAML file that starts with `apiVersion: scoreline/v1` and `kind: Scorecard`"));
    }
    Ok((sources, documents, diagnostics))
}

fn is_yaml(path: &str) -> bool {
    path.ends_with(".yaml") || path.ends_with(".yml")
}

fn read(tree: &dyn Tree, path: &str) -> Result<(Option<SourceFile>, Diagnostics), Error> {
    let mut diagnostics = Diagnostics::default();
    let bytes = tree.read(path)?;
    if memmem::find(&bytes, MARK).is_none() && !names_kind(&bytes) && !is_wide(&bytes) {
        return Ok((None, diagnostics));
    }
    let text = syntax::decode(path, bytes, &mut diagnostics);
    Ok((text.map(|text| SourceFile::new(path, text)), diagnostics))
}

/// Whether a document of ours is written in UTF-16, as some editors do: that is to be told and not passed over.
fn is_wide(bytes: &[u8]) -> bool {
    let wide = bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff");
    let narrow = || bytes.iter().copied().filter(|byte| *byte != 0).collect::<Vec<u8>>();
    wide && memmem::find(&narrow(), MARK).is_some()
}

/// Whether a line says one of our kinds, as in a document whose `apiVersion` was forgotten.
fn names_kind(bytes: &[u8]) -> bool {
    memmem::find_iter(bytes, b"kind: ").any(|start| {
        let word = bytes[start + 6..].split(|byte| byte.is_ascii_whitespace()).next();
        let ours = model::Kind::ALL.iter().any(|kind| word == Some(kind.name().as_bytes()));
        ours && (start == 0 || bytes[start - 1] == b'\n')
    })
}

fn parse(id: FileId, file: &SourceFile) -> (Vec<Document>, Diagnostics) {
    let mut diagnostics = Diagnostics::default();
    let nodes = syntax::parse(id, file, &mut diagnostics);
    // A file that merely looks like ours may be written in ways that only its own tool takes.
    if memmem::find(file.text.as_bytes(), MARK).is_none() {
        diagnostics = Diagnostics::default();
    }
    // What is left of a text that is no YAML says nothing reliable: only that is to be mended now.
    if diagnostics.iter().any(|finding| finding.rule == "invalid-yaml") {
        return (Vec::new(), diagnostics);
    }
    let documents: Vec<Document> = nodes
        .into_iter()
        .filter_map(|node| model::document(&file.path, node, &mut diagnostics))
        .collect();
    for document in &documents {
        model::validate(document.kind, &document.node, &mut diagnostics);
    }
    (documents, diagnostics)
}
