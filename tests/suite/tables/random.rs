//! Tables of any content, written in any style, read back equal for any chunk size.

use proptest::prelude::*;
use scoreline::expression::Type::Text;
use scoreline::tables::Data;

use super::{Reading, source};

/// How one field is written.
#[derive(Clone, Copy, Debug)]
enum Style {
    AsNeeded,
    Quoted,
}

fn field(text: &str, style: Style, delimiter: char) -> String {
    let needed = text.starts_with('"') || text.contains([delimiter, '\n', '\r']);
    match style {
        Style::AsNeeded if !needed => text.to_owned(),
        _ => format!("\"{}\"", text.replace('"', "\"\"")),
    }
}

fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[a-z0-9 ]{0,8}",
        2 => "[a-z,;\"\n\r äß€😀]{0,10}",
        1 => Just(String::new()),
        1 => "[a-z]{60,140}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn tables_read_back_equal(
        width in 2usize..6,
        cells in prop::collection::vec((cell(), prop::bool::ANY), 0..120),
        crlf in prop::bool::ANY,
        semicolon in prop::bool::ANY,
        last_line_end in prop::bool::ANY,
        chunk in 1usize..300,
    ) {
        let delimiter = if semicolon { ';' } else { ',' };
        let line_end = if crlf { "\r\n" } else { "\n" };
        let names: Vec<String> = (0..width).map(|i| format!("c{i}")).collect();
        let mut text = names.join(&delimiter.to_string()) + line_end;
        let mut expected = Vec::new();
        for row in cells.chunks_exact(width) {
            let fields: Vec<String> = row
                .iter()
                .map(|(text, quoted)| field(text, if *quoted { Style::Quoted } else { Style::AsNeeded }, delimiter))
                .collect();
            text += &(fields.join(&delimiter.to_string()) + line_end);
            expected.push(row.iter().map(|(text, _)| Some(text.clone())).collect::<Vec<_>>());
        }
        if !last_line_end {
            text.truncate(text.len() - line_end.len());
        }
        let mut source = source("t.csv");
        source.format.delimiter = Some(delimiter as u8);
        // Nothing is null, so that empty texts come back as such.
        source.format.nulls = Vec::new();
        let columns: Vec<_> = names.iter().map(|name| (name.as_str(), Text)).collect();
        let mut reading = Reading::new(source, &columns);
        reading.chunk = chunk;
        prop_assert_eq!(reading.rows(&Data::files([("t.csv", text)])), expected);
    }
}
