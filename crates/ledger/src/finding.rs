use std::fmt;

/// Something wrong in the text of the ledger, told to the person who can mend it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// The file, relative to the `law/` folder.
    pub file: String,
    /// Line and column, from 1.
    pub line: usize,
    pub column: usize,
    /// What is wrong.
    pub message: String,
    /// What would be right; empty where the message says it.
    pub help: String,
}

/// Where something stands in the ledger's text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Place {
    pub file: String,
    pub line: usize,
    pub column: usize,
}

impl Place {
    pub fn finding(&self, message: impl Into<String>, help: impl Into<String>) -> Finding {
        Finding {
            file: self.file.clone(),
            line: self.line,
            column: self.column,
            message: message.into(),
            help: help.into(),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: {}", self.file, self.line, self.column, self.message)?;
        if !self.help.is_empty() {
            write!(f, "\n  help: {}", self.help)?;
        }
        Ok(())
    }
}

/// The name among `names` that someone who wrote `text` probably meant.
pub fn suggestion<'a>(text: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    names
        .into_iter()
        .map(|name| (strsim::jaro_winkler(text, name), name))
        .filter(|(score, _)| *score > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| name)
}

/// `did you mean …?`, or `otherwise` where nothing is close.
pub fn did_you_mean<'a>(
    text: &str,
    names: impl IntoIterator<Item = &'a str>,
    otherwise: &str,
) -> String {
    match suggestion(text, names) {
        Some(name) => format!("did you mean `{name}`?"),
        None => otherwise.to_owned(),
    }
}
