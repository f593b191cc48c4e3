//! Who is quoted in a text, with which words, by which outlet.

use std::ops::Range;

/// Words that a text gives to a speaker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// The quotation with its marks.
    pub span: Range<usize>,
    pub speaker: Option<String>,
    /// The outlet to which the words were said, then those through which they came, in order.
    pub outlets: Vec<String>,
    /// The words alone.
    pub words: String,
}

/// The statements of a text.
pub fn statements(_text: &str) -> Vec<Statement> {
    Vec::new()
}
