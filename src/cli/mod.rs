//! The commands: the only room that prints, reads the environment or decides an exit code.
