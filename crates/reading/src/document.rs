//! Bytes of a document -> its main text and its date.

use tariff::Day;

/// The main text of a document. All spans are byte offsets into `text`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    pub name: String,
    /// When it was written: as stated by the user, or found in the text.
    pub dated: Option<Day>,
    pub text: String,
}
