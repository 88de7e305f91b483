use crate::tables::Rejected;

/// The first row, in the order of the batch, that a measure cannot take.
#[derive(Default)]
pub(super) struct First(pub(super) Option<Rejected>);

impl First {
    pub(super) fn offer(&mut self, row: usize, make: impl FnOnce() -> Rejected) {
        if self.0.as_ref().is_none_or(|first| row < first.row) {
            self.0 = Some(make());
        }
    }
}
