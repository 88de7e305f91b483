use std::sync::Arc;

/// Number of a file within a [`SourceMap`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileId(pub u32);

/// A range of bytes in one file, end-exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// Byte offset of the first byte.
    pub start: u32,
    /// Byte offset after the last byte.
    pub end: u32,
}

/// A place as editors count it: both from 1, columns in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineColumn {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

/// One text file and where its lines start.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// Path relative to the workspace root, with `/`.
    pub path: String,
    /// The whole text, UTF-8, without a byte-order mark.
    pub text: Arc<str>,
    lines: Vec<u32>,
}

/// All files of one run.
#[derive(Clone, Debug, Default)]
pub struct SourceMap {
    files: Vec<SourceFile>,
    /// Folder of the workspace from the root of its repository, with `/`; empty for the root itself.
    folder: String,
}

impl Span {
    /// Returns the range `start..end` of `file`.
    pub fn new(file: FileId, start: u32, end: u32) -> Self {
        Self { file, start, end }
    }

    /// Whether `other` lies wholly inside this span.
    pub fn contains(self, other: Self) -> bool {
        self.file == other.file && self.start <= other.start && other.end <= self.end
    }

    /// Returns the empty span at this one's start.
    pub fn at_start(self) -> Self {
        Self {
            end: self.start,
            ..self
        }
    }
}

impl SourceFile {
    /// Takes a file's text; `path` is relative to the workspace root.
    pub fn new(path: impl Into<String>, text: impl Into<Arc<str>>) -> Self {
        let text = text.into();
        let lines = std::iter::once(0)
            .chain(memchr::memchr_iter(b'\n', text.as_bytes()).map(|i| i as u32 + 1))
            .collect();
        Self {
            path: path.into(),
            text,
            lines,
        }
    }

    /// Returns the line and column of a byte offset.
    pub fn locate(&self, offset: u32) -> LineColumn {
        let line = self.lines.partition_point(|&start| start <= offset).max(1) - 1;
        let start = self.lines[line] as usize;
        let end = (offset as usize).min(self.text.len());
        let column = self
            .text
            .get(start..end)
            .map_or(end - start, |before| before.chars().count());
        LineColumn {
            line: line as u32 + 1,
            column: column as u32 + 1,
        }
    }

    /// Returns the bytes of line `line` (from 1) with its line end; past the last line, nothing at
    /// the end of the text.
    pub fn line_range(&self, line: u32) -> std::ops::Range<u32> {
        let length = self.text.len() as u32;
        let at = |index: u32| self.lines.get(index as usize).copied().unwrap_or(length);
        at(line.saturating_sub(1))..at(line)
    }

    /// Returns the text of line `line` (from 1) without its line end.
    pub fn line(&self, line: u32) -> &str {
        let start = self
            .lines
            .get(line as usize - 1)
            .map_or(self.text.len(), |&s| s as usize);
        self.text[start..].lines().next().unwrap_or("")
    }
}

impl SourceMap {
    /// Adds a file and returns its number.
    pub fn add(&mut self, file: SourceFile) -> FileId {
        self.files.push(file);
        FileId(self.files.len() as u32 - 1)
    }

    /// Returns the file numbered `id`.
    pub fn file(&self, id: FileId) -> &SourceFile {
        &self.files[id.0 as usize]
    }

    /// Says in which folder of its repository the workspace lies.
    pub fn lies_in(&mut self, folder: String) {
        self.folder = folder;
    }

    /// Returns `path`, relative to the workspace, as code hosts count it: from the root of the repository.
    pub fn hosted(&self, path: &str) -> String {
        let mut steps: Vec<&str> = Vec::new();
        for step in self.folder.split('/').chain(path.split('/')) {
            match step {
                "" | "." => {}
                ".." if steps.last().is_some_and(|last| *last != "..") => {
                    steps.pop();
                }
                step => steps.push(step),
            }
        }
        steps.join("/")
    }

    /// Returns all files in the order they were added.
    pub fn files(&self) -> impl Iterator<Item = (FileId, &SourceFile)> {
        self.files.iter().enumerate().map(|(i, file)| (FileId(i as u32), file))
    }

    /// Returns the text that `span` covers.
    pub fn text(&self, span: Span) -> &str {
        self.file(span.file)
            .text
            .get(span.start as usize..span.end as usize)
            .unwrap_or("")
    }

    /// Returns `path:line:column` of the start of `span`.
    pub fn place(&self, span: Span) -> String {
        let file = self.file(span.file);
        let at = file.locate(span.start);
        format!("{}:{}:{}", file.path, at.line, at.column)
    }
}

#[cfg(test)]
mod tests {
    use super::SourceMap;

    #[test]
    fn code_hosts_count_from_the_root_of_the_repository() {
        let mut sources = SourceMap::default();
        assert_eq!(sources.hosted("acme.yaml"), "acme.yaml");
        sources.lies_in("teams/buying".to_owned());
        assert_eq!(sources.hosted("acme.yaml"), "teams/buying/acme.yaml");
        assert_eq!(sources.hosted("../data/./t.csv"), "teams/data/t.csv");
        assert_eq!(sources.hosted("../../../t.csv"), "../t.csv");
    }
}
