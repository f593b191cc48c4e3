//! A document with what was read in it.

use tariff::limits::STATEMENTS_MAX;

use crate::dateline::Found;
use crate::document::Document;
use crate::score::Checked;
use crate::statement::Statement;
use crate::verdict::Verdict;

/// A document, the claims in it as they are held, and the statements.
#[derive(Clone, Debug)]
pub struct Article {
    pub document: Document,
    /// Where its date comes from; `None` without a date.
    pub found: Option<Found>,
    pub claims: Vec<Checked>,
    /// How many claims more were read and not held: [`CLAIMS_MAX`](tariff::limits::CLAIMS_MAX) bounds the time.
    pub claims_left: usize,
    pub statements: Vec<Statement>,
}

/// Verdicts in the order of reports.
pub const VERDICTS: [Verdict; 6] = [
    Verdict::Confirmed,
    Verdict::Imprecise,
    Verdict::Contradicted,
    Verdict::NotInLedger,
    Verdict::NotCheckable,
    Verdict::Unsure,
];

impl Article {
    /// `9 claims: 7 confirmed, 2 imprecise · 5 quotations`
    pub fn counts(&self) -> String {
        let each = VERDICTS.iter().filter_map(|verdict| {
            let of = self.claims.iter().filter(|(_, then, _)| then.verdict == *verdict).count();
            (of > 0).then(|| format!("{of} {}", verdict.name()))
        });
        let each: Vec<String> = each.collect();
        let claims = match self.claims.len() {
            0 => "no claim about trade measures".to_owned(),
            1 => format!("1 claim: {}", each.join(", ")),
            all => format!("{all} claims: {}", each.join(", ")),
        };
        let claims = match self.claims_left {
            0 => claims,
            left => format!("{claims}, and {left} more that were not held"),
        };
        match self.statements.len() {
            0 => claims,
            STATEMENTS_MAX => format!("{claims} · {STATEMENTS_MAX} quotations, others not read"),
            1 => format!("{claims} · 1 quotation"),
            quoted => format!("{claims} · {quoted} quotations"),
        }
    }

    /// Claims that the law, as known when the document was written, says otherwise or more exactly.
    pub fn wrong(&self) -> usize {
        let wrong = |held: Verdict| matches!(held, Verdict::Imprecise | Verdict::Contradicted);
        self.claims.iter().filter(|(_, then, _)| wrong(then.verdict)).count()
    }
}
