//! Git as a place where text comes from.

pub(crate) mod fixture;

use std::fs;

use scoreline::compile::compile;
use scoreline::error::Error;
use scoreline::source::git::{CommitId, Repository, SignatureKind};
use scoreline::source::{DiskTree, Tree};

use fixture::{Repo, Who};

fn opened(repo: &Repo) -> Repository {
    Repository::discover(repo.path())
        .expect("a readable repository")
        .expect("a repository")
}

fn hex(id: CommitId) -> String {
    id.to_string()
}

fn shown(error: &Error) -> String {
    error.to_string()
}

#[test]
fn revisions_are_resolved() {
    let mut repo = Repo::new();
    repo.write("a.txt", "one");
    let first = repo.commit("2024-07-01T09:00:00+02:00", "first");
    repo.write("a.txt", "two");
    let second = repo.commit("2024-07-02T09:00:00+02:00", "second");
    repo.set_reference("refs/tags/v1", &first);
    repo.annotated_tag("v1.1", &second, "2024-07-03T09:00:00+02:00");

    let git = opened(&repo);
    let commit = |revision: &str| hex(git.resolve(revision).expect(revision));
    assert_eq!(commit("HEAD"), second);
    assert_eq!(commit("main"), second);
    assert_eq!(commit("HEAD~1"), first);
    assert_eq!(commit("v1"), first);
    // An annotated tag is an object of its own; what counts is the commit it is about.
    assert_eq!(commit("v1.1"), second);
    assert_eq!(commit(&first[..9]), first);
    assert_eq!(git.head().expect("HEAD").map(hex), Some(second));
}

#[test]
fn what_names_no_commit_is_said() {
    let mut repo = Repo::new();
    repo.write("folder/a.txt", "one");
    let first = repo.commit("2024-07-01T09:00:00+02:00", "first");
    let git = opened(&repo);
    for revision in [
        "nothing",
        "HEAD~5",
        "HEAD..main",
        "",
        ":folder",
        "0123456789abcdef0123456789abcdef01234567",
    ] {
        let error = git.resolve(revision).expect_err(revision);
        assert!(matches!(error, Error::Unknown { .. }), "{revision}: {error:?}");
        assert!(shown(&error).contains(&format!("`{revision}`")), "{error}");
    }
    let point = git.point("HEAD:./folder/").expect("a folder");
    assert_eq!((hex(point.commit), point.folder.as_deref()), (first, Some("folder")));
    for missing in ["HEAD:other", "HEAD:folder/a.txt", "nothing:folder"] {
        let error = git.point(missing).expect_err(missing);
        assert!(matches!(error, Error::Unknown { .. }), "{missing}: {error:?}");
    }
}

#[test]
fn a_commit_says_what_was_recorded() {
    let mut repo = Repo::new();
    repo.write("a.txt", "one");
    repo.author = Who::new("Ana Müller", "ana@customer.example", "2024-12-11T23:30:00-05:00");
    repo.signature = Some("-----BEGIN SSH SIGNATURE-----\nabc\n-----END SSH SIGNATURE-----\n");
    let id = repo.commit("2024-12-12T08:15:30+01:00", "Raise the target\n\nbody");
    let git = opened(&repo);
    let commit = git
        .commit(git.resolve(&id).expect("the commit"))
        .expect("a readable commit");
    assert_eq!(commit.author.name, "Ana Müller");
    assert_eq!(commit.author.email, "ana@customer.example");
    // The offsets are the recorded ones: on the author's calendar it is still the 11th.
    let when = |person: &scoreline::source::git::Person| {
        let when = person.when.as_ref().expect("a date");
        when.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
    };
    assert_eq!(when(&commit.author), "2024-12-11T23:30:00-05:00");
    assert_eq!(when(&commit.committer), "2024-12-12T08:15:30+01:00");
    assert_eq!(commit.summary, "Raise the target");
    let signature = commit.signature.expect("a signature");
    assert_eq!(signature.kind, SignatureKind::Ssh);
    assert!(signature.text.contains("\nabc\n"), "{signature:?}");
    assert!(commit.parents.is_empty() && !commit.is_truncated);
}

#[test]
fn a_commit_lists_and_reads_what_the_folder_did() {
    let mut repo = Repo::new();
    repo.write(
        "scoreline.yaml",
        "apiVersion: scoreline/v1\nkind: Workspace\ntitle: T\n",
    );
    repo.write("b/one.yaml", "x: 1\n");
    repo.write("b/data.csv", "a,b\n1,2\n");
    repo.write("b/target/built.yaml", "x: 1\n");
    repo.write("target", "a file of that name is no build folder");
    repo.write(".hidden/two.yaml", "x: 1\n");
    repo.write("ä/ö.yaml", "x: 1\n");
    repo.commit("2024-07-01T09:00:00+02:00", "first");
    let git = opened(&repo);
    let head = git.resolve("HEAD").expect("HEAD");
    let tree = git.tree(head, "").expect("a tree");
    assert_eq!(
        tree.list().expect("a list"),
        ["b/data.csv", "b/one.yaml", "scoreline.yaml", "target", "ä/ö.yaml"]
    );
    assert_eq!(
        tree.list().expect("a list"),
        DiskTree::new(repo.path()).list().expect("a list")
    );
    assert_eq!(tree.read("b/data.csv").expect("a file"), b"a,b\n1,2\n");
    let below = git.tree(head, "b").expect("a tree");
    assert_eq!(below.list().expect("a list"), ["data.csv", "one.yaml"]);
    assert_eq!(below.read("one.yaml").expect("a file"), b"x: 1\n");
    assert!(matches!(below.read("two.yaml"), Err(Error::Read { .. })));
    assert!(matches!(git.tree(head, "nowhere"), Err(Error::Git { .. })));
    assert_eq!(
        compile(&tree).expect("compiles").workspace.settings.title.as_deref(),
        Some("T")
    );
}

#[test]
fn links_are_followed_inside_the_repository() {
    let mut repo = Repo::new();
    repo.write("shared/pack.yaml", "x: 1\n");
    repo.link("cards/pack.yaml", "../shared/pack.yaml");
    repo.link("cards/data", "../shared");
    repo.link("cards/away.yaml", "../../elsewhere.yaml");
    repo.link("cards/absolute.yaml", "/etc/hostname");
    repo.link("cards/circle.yaml", "circle.yaml");
    repo.link("cards/nothing.yaml", "missing.yaml");
    repo.commit("2024-07-01T09:00:00+02:00", "first");
    let git = opened(&repo);
    let tree = git.tree(git.resolve("HEAD").expect("HEAD"), "cards").expect("a tree");
    assert_eq!(tree.read("pack.yaml").expect("the target"), b"x: 1\n");
    assert_eq!(tree.read("data/pack.yaml").expect("the target"), b"x: 1\n");
    let message = |path: &str| shown(&tree.read(path).expect_err(path));
    assert!(message("away.yaml").contains("leads out of the repository"));
    assert!(message("absolute.yaml").contains("leads out of the repository"));
    assert!(message("circle.yaml").contains("circle"));
    assert!(matches!(tree.read("nothing.yaml"), Err(Error::Read { .. })));
}

#[test]
fn names_that_are_not_utf8_and_contents_elsewhere() {
    let mut repo = Repo::new();
    repo.write_bytes(b"caf\xe9.yaml", b"x: 1\n");
    let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n";
    repo.write_bytes(b"big.csv", pointer.as_bytes());
    repo.submodule("vendor");
    repo.commit("2024-07-01T09:00:00+02:00", "first");
    let git = opened(&repo);
    let tree = git.tree(git.resolve("HEAD").expect("HEAD"), "").expect("a tree");
    assert_eq!(tree.list().expect("a list"), ["big.csv", "caf\u{fffd}.yaml"]);
    assert_eq!(tree.read("caf\u{fffd}.yaml").expect("a file"), b"x: 1\n");
    let large = shown(&tree.read("big.csv").expect_err("a pointer"));
    assert!(large.contains("big.csv") && large.contains("Git LFS"), "{large}");
    let module = shown(&tree.read("vendor/x.yaml").expect_err("a submodule"));
    assert!(module.contains("submodule"), "{module}");
}

#[test]
fn bare_repositories_and_folders_inside() {
    let mut repo = Repo::new();
    repo.write("cards/a.yaml", "x: 1\n");
    let first = repo.commit("2024-07-01T09:00:00+02:00", "first");
    let git = Repository::discover(&repo.path().join("cards"))
        .expect("readable")
        .expect("found upwards");
    assert_eq!(git.prefix(&repo.path().join("cards")).expect("inside"), "cards");
    assert_eq!(git.prefix(repo.path()).expect("inside"), "");
    let elsewhere = tempfile::tempdir().expect("a folder");
    assert!(matches!(git.prefix(elsewhere.path()), Err(Error::Git { .. })));
    assert!(Repository::discover(elsewhere.path()).expect("readable").is_none());

    let bare = elsewhere.path().join("copy.git");
    repo.copy_bare(&bare);
    let git = Repository::discover(&bare).expect("readable").expect("bare");
    assert_eq!(git.workdir(), None);
    assert_eq!(git.prefix(&bare).expect("no folders"), "");
    assert_eq!(git.head().expect("HEAD").map(hex), Some(first));
}

#[test]
fn a_repository_without_commits() {
    let repo = Repo::new();
    let git = opened(&repo);
    assert_eq!(git.head().expect("HEAD"), None);
    assert_eq!(git.base().expect("no base"), None);
    assert!(matches!(git.resolve("HEAD"), Err(Error::Unknown { .. })));
}

#[test]
fn a_linked_worktree_is_a_repository() {
    let mut repo = Repo::new();
    repo.write("a.yaml", "x: 1\n");
    let first = repo.commit("2024-07-01T09:00:00+02:00", "first");
    let linked = tempfile::tempdir().expect("a folder");
    let private = repo.path().join(".git/worktrees/w");
    fs::create_dir_all(&private).expect("a folder");
    fs::write(private.join("HEAD"), format!("{first}\n")).expect("written");
    fs::write(private.join("commondir"), "../..\n").expect("written");
    fs::write(
        private.join("gitdir"),
        format!("{}\n", linked.path().join(".git").display()),
    )
    .expect("written");
    fs::write(linked.path().join(".git"), format!("gitdir: {}\n", private.display())).expect("written");
    let git = Repository::discover(linked.path()).expect("readable").expect("linked");
    assert_eq!(git.head().expect("HEAD").map(hex), Some(first));
    assert_eq!(git.prefix(linked.path()).expect("the root"), "");
}

#[test]
fn where_branches_part() {
    let mut repo = Repo::new();
    repo.write("a.txt", "one");
    let first = repo.commit("2024-07-01T09:00:00+02:00", "first");
    repo.write("a.txt", "two");
    let ours = repo.commit("2024-07-02T09:00:00+02:00", "on main");
    repo.switch("topic", Some(&first));
    repo.write("a.txt", "three");
    let theirs = repo.commit("2024-07-03T09:00:00+02:00", "on topic");
    repo.switch("alone", None);
    let alone = repo.commit("2024-07-03T09:00:00+02:00", "no parents");
    repo.switch("topic", Some(&theirs));

    let git = opened(&repo);
    let id = |text: &str| git.resolve(text).expect(text);
    let base = git.merge_base(id(&ours), id(&theirs)).expect("readable");
    assert_eq!(base.map(hex), Some(first.clone()));
    assert_eq!(git.merge_base(id(&ours), id(&alone)).expect("readable"), None);

    // On a branch of work: the default branch, as the remote has it once that is known.
    let base = |git: &Repository| git.base().expect("readable").map(|base| (base.name, hex(base.commit)));
    assert_eq!(base(&git), Some(("main".to_owned(), ours.clone())));
    repo.set_reference("refs/remotes/origin/main", &first);
    assert_eq!(base(&git), Some(("origin/main".to_owned(), first.clone())));
    repo.set_reference("refs/remotes/origin/trunk", &alone);
    repo.set_symbolic("refs/remotes/origin/HEAD", "refs/remotes/origin/trunk");
    assert_eq!(base(&git), Some(("origin/trunk".to_owned(), alone)));
}

#[test]
fn the_default_branch_is_measured_against_what_it_tracks() {
    let mut repo = Repo::new();
    repo.write("a.txt", "one");
    let first = repo.commit("2024-07-01T09:00:00+02:00", "first");
    repo.write("a.txt", "two");
    repo.commit("2024-07-02T09:00:00+02:00", "not pushed");
    assert_eq!(opened(&repo).base().expect("readable"), None);
    repo.set_reference("refs/remotes/origin/main", &first);
    repo.configure(
        "[remote \"origin\"]\n\turl = /nowhere\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n[branch \"main\"]\n\tremote = origin\n\tmerge = refs/heads/main\n",
    );
    let base = opened(&repo).base().expect("readable").expect("tracked");
    assert_eq!((base.name, hex(base.commit)), ("origin/main".to_owned(), first));
}

#[test]
fn ancestry_ends_where_a_shallow_clone_does() {
    let mut repo = Repo::new();
    repo.write("a.txt", "one");
    let first = repo.commit("2024-07-01T09:00:00+02:00", "first");
    repo.write("a.txt", "two");
    let second = repo.commit("2024-07-02T09:00:00+02:00", "second");
    repo.switch("side", Some(&first));
    repo.write("b.txt", "side");
    let side = repo.commit("2024-07-03T09:00:00+02:00", "side");
    repo.switch("main", Some(&second));
    let merge = repo.merge("2024-07-04T09:00:00+02:00", "merge", &[&second, &side]);

    let git = opened(&repo);
    let ancestry = |git: &Repository| {
        let commits = git.ancestry(git.resolve("HEAD").expect("HEAD")).expect("readable");
        let shown = commits.iter().map(|commit| (hex(commit.id), commit.is_truncated));
        shown.collect::<Vec<_>>()
    };
    let whole = [&first, &second, &side, &merge].map(|id| (id.clone(), false));
    assert_eq!(ancestry(&git), whole);
    // The parents of the boundary are named by its object, but they are not here.
    fs::write(repo.path().join(".git/shallow"), format!("{second}\n{side}\n")).expect("written");
    let cut = [(second, true), (side, true), (merge, false)];
    assert_eq!(ancestry(&opened(&repo)), cut);
}

#[test]
fn a_missing_object_is_named() {
    let mut repo = Repo::new();
    repo.write("a.yaml", "x: 1\n");
    repo.commit("2024-07-01T09:00:00+02:00", "first");
    let blob = repo.blob_of("a.yaml");
    fs::remove_file(repo.path().join(".git/objects").join(&blob[..2]).join(&blob[2..])).expect("a loose object");
    let git = opened(&repo);
    let tree = git.tree(git.resolve("HEAD").expect("HEAD"), "").expect("a tree");
    let error = tree.read("a.yaml").expect_err("gone");
    assert!(
        matches!(error, Error::Git { .. }) && shown(&error).contains(&blob),
        "{error}"
    );
}
