//! The front half in one call: a tree of files → the resolved workspace, with every diagnostic.
