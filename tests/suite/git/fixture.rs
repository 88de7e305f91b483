//! Repositories with fixed dates, written object by object: no `git` program is needed.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use gix::bstr::{BString, ByteSlice as _};
use gix::objs::tree::EntryKind;
use jiff::Timestamp;
use tempfile::TempDir;

/// A repository under construction; what is written stands in its folder and in the next commit.
pub(crate) struct Repo {
    folder: TempDir,
    handle: gix::Repository,
    files: BTreeMap<BString, (EntryKind, gix::ObjectId)>,
    branch: String,
    /// Who wrote the following commits; the committer wrote those without one.
    pub(crate) author: Option<Who>,
    /// The signature header of the following commits.
    pub(crate) signature: Option<&'static str>,
}

/// A person and a time.
#[derive(Clone)]
pub(crate) struct Who {
    name: &'static str,
    email: &'static str,
    at: &'static str,
}

impl Who {
    pub(crate) fn new(name: &'static str, email: &'static str, at: &'static str) -> Option<Self> {
        Some(Self { name, email, at })
    }

    fn signature(&self) -> gix::actor::Signature {
        let seconds = self.at.parse::<Timestamp>().expect("a date with an offset").as_second();
        // Such as +02:00 at the end; the sum stays exact for negative offsets too.
        let offset = &self.at[self.at.len() - 6..];
        let sign = if offset.starts_with('-') { -1 } else { 1 };
        let part = |range: std::ops::Range<usize>| offset[range].parse::<i32>().expect("digits");
        let offset = sign * (part(1..3) * 3600 + part(4..6) * 60);
        gix::actor::Signature {
            name: self.name.into(),
            email: self.email.into(),
            time: gix::date::Time::new(seconds, offset),
        }
    }
}

impl Repo {
    pub(crate) fn new() -> Self {
        Self::configured("[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = false\n")
    }

    /// A repository whose ids are SHA-256.
    pub(crate) fn sha256() -> Self {
        Self::configured(
            "[core]\n\trepositoryformatversion = 1\n\tfilemode = true\n\tbare = false\n[extensions]\n\tobjectformat = sha256\n",
        )
    }

    fn configured(config: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let git = folder.path().join(".git");
        for below in ["objects", "refs/heads"] {
            fs::create_dir_all(git.join(below)).expect("a folder");
        }
        fs::write(git.join("HEAD"), "ref: refs/heads/main\n").expect("written");
        fs::write(git.join("config"), config).expect("written");
        let options = gix::open::Options::isolated();
        let handle = gix::ThreadSafeRepository::open_opts(folder.path(), options).expect("a repository");
        Self {
            handle: handle.to_thread_local(),
            folder,
            files: BTreeMap::new(),
            branch: "main".to_owned(),
            author: None,
            signature: None,
        }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn write(&mut self, path: &str, bytes: &(impl AsRef<[u8]> + ?Sized)) {
        let full = self.path().join(path);
        fs::create_dir_all(full.parent().expect("a folder")).expect("a folder");
        fs::write(full, bytes).expect("written");
        self.write_bytes(path.as_bytes(), bytes.as_ref());
    }

    /// Writes a file for the next commit only.
    pub(crate) fn write_bytes(&mut self, path: &[u8], bytes: &[u8]) {
        let blob = self.handle.write_blob(bytes).expect("written").detach();
        self.files.insert(path.into(), (EntryKind::Blob, blob));
    }

    /// Writes a symbolic link for the next commit only.
    pub(crate) fn link(&mut self, path: &str, target: &str) {
        let blob = self.handle.write_blob(target).expect("written").detach();
        self.files.insert(path.into(), (EntryKind::Link, blob));
    }

    pub(crate) fn submodule(&mut self, path: &str) {
        let elsewhere = gix::ObjectId::from_hex(&[b'1'; 40]).expect("an id");
        self.files.insert(path.into(), (EntryKind::Commit, elsewhere));
    }

    pub(crate) fn remove(&mut self, path: &str) {
        fs::remove_file(self.path().join(path)).expect("a file");
        self.files.remove(path.as_bytes().as_bstr());
    }

    pub(crate) fn blob_of(&self, path: &str) -> String {
        self.files[path.as_bytes().as_bstr()].1.to_string()
    }

    /// Records what is written on the current branch, at a time such as `2024-07-01T09:00:00+02:00`.
    pub(crate) fn commit(&mut self, at: &'static str, message: &str) -> String {
        let parent = fs::read_to_string(self.path().join(".git/refs/heads").join(&self.branch)).ok();
        let parents: Vec<&str> = parent.iter().map(|id| id.trim()).collect();
        self.merge(at, message, &parents)
    }

    /// Records what is written, with these parents.
    pub(crate) fn merge(&mut self, at: &'static str, message: &str, parents: &[&str]) -> String {
        let mut editor = self.handle.empty_tree().edit().expect("an editor");
        for (path, (kind, id)) in &self.files {
            editor.upsert(path.as_bstr(), *kind, *id).expect("a path");
        }
        let tree = editor.write().expect("written").detach();
        let committer = Who {
            name: "Sam Committer",
            email: "sam@provider.example",
            at,
        };
        let committer = committer.signature();
        let author = self.author.as_ref().map_or_else(|| committer.clone(), Who::signature);
        let signature = self.signature.map(|text| ("gpgsig".into(), text.trim_end().into()));
        let commit = gix::objs::Commit {
            tree,
            parents: parents.iter().map(|id| id.parse().expect("an id")).collect(),
            author,
            committer,
            encoding: None,
            message: message.into(),
            extra_headers: signature.into_iter().collect(),
        };
        let id = self.handle.write_object(&commit).expect("written").to_string();
        self.set_reference(&format!("refs/heads/{}", self.branch), &id);
        id
    }

    /// Goes to a branch at a commit; without one its next commit has no parents. Files stay as they are.
    pub(crate) fn switch(&mut self, branch: &str, at: Option<&str>) {
        self.branch = branch.to_owned();
        let head = format!("ref: refs/heads/{branch}\n");
        fs::write(self.path().join(".git/HEAD"), head).expect("written");
        if let Some(id) = at {
            self.set_reference(&format!("refs/heads/{branch}"), id);
        }
    }

    pub(crate) fn set_reference(&self, name: &str, id: &str) {
        self.write_reference(name, &format!("{id}\n"));
    }

    pub(crate) fn set_symbolic(&self, name: &str, target: &str) {
        self.write_reference(name, &format!("ref: {target}\n"));
    }

    fn write_reference(&self, name: &str, text: &str) {
        let path = self.path().join(".git").join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("written");
    }

    pub(crate) fn annotated_tag(&self, name: &str, commit: &str, at: &'static str) {
        let tagger = Who {
            name: "Tess Tagger",
            email: "tess@example.com",
            at,
        };
        let tag = gix::objs::Tag {
            target: commit.parse().expect("an id"),
            target_kind: gix::objs::Kind::Commit,
            name: name.into(),
            tagger: Some(tagger.signature()),
            message: "released".into(),
            signature: None,
        };
        let id = self.handle.write_object(&tag).expect("written").to_string();
        self.set_reference(&format!("refs/tags/{name}"), &id);
    }

    pub(crate) fn configure(&self, text: &str) {
        let path = self.path().join(".git/config");
        let config = fs::read_to_string(&path).expect("a file");
        fs::write(path, format!("{config}{text}")).expect("written");
    }

    /// Copies the repository without its working tree.
    pub(crate) fn copy_bare(&self, to: &Path) {
        let git = self.path().join(".git");
        for entry in walkdir::WalkDir::new(&git) {
            let entry = entry.expect("a readable folder");
            let target = to.join(entry.path().strip_prefix(&git).expect("inside"));
            if entry.file_type().is_dir() {
                fs::create_dir_all(target).expect("a folder");
            } else {
                fs::copy(entry.path(), target).expect("copied");
            }
        }
        let config = fs::read_to_string(to.join("config")).expect("a file");
        fs::write(to.join("config"), config.replace("bare = false", "bare = true")).expect("written");
    }
}
