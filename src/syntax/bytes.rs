use saphyr_parser::Input;

/// Feeds the YAML parser one character per byte, so that its markers are byte offsets.
///
/// All characters that steer YAML are ASCII, and no byte of a longer UTF-8 sequence looks like one.
/// What the parser takes for a scalar's content is therefore garbled outside ASCII: the content is
/// always read from the file's text at the marked place, never from the parser's events.
pub(super) struct Bytes<'a> {
    text: &'a [u8],
    at: usize,
    ahead: usize,
}

impl<'a> Bytes<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self {
            text: text.as_bytes(),
            at: 0,
            ahead: 0,
        }
    }
}

impl Input for Bytes<'_> {
    fn lookahead(&mut self, count: usize) {
        self.ahead = self.ahead.max(count);
    }

    #[inline]
    fn buflen(&self) -> usize {
        self.ahead
    }

    #[inline]
    fn bufmaxlen(&self) -> usize {
        // The scanner reserves this much for every word it reads.
        32
    }

    #[inline]
    fn raw_read_ch(&mut self) -> char {
        let character = self.peek();
        self.skip();
        character
    }

    #[inline]
    fn raw_read_non_breakz_ch(&mut self) -> Option<char> {
        match self.text.get(self.at) {
            None | Some(b'\n' | b'\r' | 0) => None,
            Some(&byte) => {
                self.at += 1;
                Some(char::from(byte))
            }
        }
    }

    #[inline]
    fn skip(&mut self) {
        self.at += 1;
    }

    #[inline]
    fn skip_n(&mut self, count: usize) {
        self.at += count;
    }

    #[inline]
    fn peek(&self) -> char {
        self.text.get(self.at).map_or('\0', |&byte| char::from(byte))
    }

    #[inline]
    fn peek_nth(&self, n: usize) -> char {
        self.text.get(self.at + n).map_or('\0', |&byte| char::from(byte))
    }

    #[inline]
    fn peek_opt(&self) -> Option<char> {
        self.text.get(self.at).map(|&byte| char::from(byte))
    }
}
