//! Outcome → a view per audience → Markdown, HTML, JSON.
