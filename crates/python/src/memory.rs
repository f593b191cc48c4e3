//! What is kept of a ledger: it in the worlds asked for, and the regimes compiled from it.

use std::sync::{Arc, Mutex, OnceLock};

use ledger::Ledger;
use truce::failure::Failure;
use truce::question::{Coordinates, Question};

/// The most sets of coordinates that are kept; a regime has some ten megabytes.
const KEPT_MAX: usize = 16;

/// Coordinates, settled; their regime is compiled when it is first asked for.
pub struct Settled {
    pub question: Question,
    regime: OnceLock<Result<Held, String>>,
}

type Regime<'l> = engine::Regime<'l>;

self_cell::self_cell!(
    /// A regime and the ledger that it is compiled from.
    struct Held {
        owner: Arc<Ledger>,
        #[not_covariant]
        dependent: Regime,
    }
);

impl Settled {
    /// Hands the regime to `work`.
    ///
    /// # Errors
    /// When the ledger is beyond a limit.
    pub fn with_regime<T>(
        &self,
        work: impl for<'r, 'l> FnOnce(&'r engine::Regime<'l>) -> T,
    ) -> Result<T, Failure> {
        let question = &self.question;
        let held = self.regime.get_or_init(|| {
            Held::try_new(question.ledger.clone(), |ledger| {
                engine::compile(ledger, question.known, &question.readings)
            })
            .map_err(|e| e.to_string())
        });
        match held {
            Ok(held) => Ok(held.with_dependent(|_, regime| work(regime))),
            Err(e) => Err(Failure::new(e, "the ledger", "see crates/tariff/src/limits.rs")),
        }
    }
}

/// Settled coordinates by what was asked, the last asked for at the end.
#[derive(Default)]
pub struct Memory {
    kept: Mutex<Vec<(String, Arc<Settled>)>>,
}

impl Memory {
    /// Settles coordinates, or finds them settled.
    ///
    /// # Errors
    /// Coordinates that cannot be read; the place is the option.
    pub fn settle(
        &self,
        record: &Arc<Ledger>,
        asked: &Coordinates,
    ) -> Result<Arc<Settled>, Failure> {
        // A world may be a file that has changed since: what it says is part of the question.
        let key = format!("{} {:?}", asked.known, asked.of(record)?);
        let mut kept = self.kept.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let settled = match kept.iter().position(|(known, _)| *known == key) {
            Some(at) => kept.remove(at).1,
            None => {
                let question = asked.settle_in(record)?;
                Arc::new(Settled { question, regime: OnceLock::new() })
            }
        };
        if kept.len() >= KEPT_MAX {
            kept.remove(0);
        }
        kept.push((key, settled.clone()));
        Ok(settled)
    }
}
