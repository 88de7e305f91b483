/// Writes `text` as a quoted YAML scalar, with the quotes that need the least escaping.
pub(super) fn quote(text: &str) -> String {
    if !text.contains(['"', '\\']) {
        format!("\"{text}\"")
    } else {
        format!("'{}'", text.replace('\'', "''"))
    }
}

#[cfg(test)]
mod tests {
    use super::quote;

    #[test]
    fn the_quotes_not_inside_are_taken() {
        assert_eq!(quote("a = 'b'"), r#""a = 'b'""#);
        assert_eq!(quote(r#""Close Code" = 1"#), r#"'"Close Code" = 1'"#);
        assert_eq!(quote(r#""Close Code" = 'x'"#), r#"'"Close Code" = ''x'''"#);
    }
}
