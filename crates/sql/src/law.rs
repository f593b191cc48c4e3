//! The law that a session prices with: one ledger, and what was compiled of it.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use arrow::datatypes::{Fields, SchemaRef};
use engine::{Regime, Wanted};
use entry::{Output, Pricer, Pricing};
use ledger::Ledger;

use crate::call::{self, Call};
use crate::coordinates::Coordinates;
use crate::failure::Failure;

/// A ledger, and its regimes as queries asked for them.
///
/// What is compiled stays for the life of the process: the same coordinates come again and again, and
/// [`REGIMES_MAX`] bounds their number.
pub struct Law {
    record: &'static Ledger,
    regimes: Mutex<HashMap<Coordinates, Arc<OnceLock<Compiled>>>>,
    shapes: Mutex<HashMap<(Call, Fields, bool), &'static Shape>>,
}

type Compiled = Result<&'static Regime<'static>, Failure>;

/// More coordinates than this in one process are refused: each holds some ten million bytes.
pub const REGIMES_MAX: usize = 64;

/// More forms of calls (arguments, types, what is wanted) than this are refused.
const SHAPES_MAX: usize = 4096;

/// How calls of one form are priced.
pub struct Shape {
    pricing: Pricing<'static, 'static>,
    /// Tells shapes apart.
    number: usize,
}

/// More pricers than this on one thread, and they are made anew.
const PRICERS_MAX: usize = 32;

thread_local! {
    /// Pricers of this thread by the number of their shape: they keep what they learn.
    static PRICERS: RefCell<HashMap<usize, Pricer<'static, 'static, 'static>>> = RefCell::default();
}

impl std::fmt::Debug for Law {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Law").field(&self.digest()).finish()
    }
}

impl Law {
    /// # Errors
    /// A folder that holds no ledger, or one with findings.
    pub fn load(folder: Option<&Path>) -> Result<Law, Failure> {
        let ledger = truce::question::load(folder).map_err(Failure::as_told)?;
        Ok(Law {
            record: Box::leak(Box::new(ledger)),
            regimes: Mutex::default(),
            shapes: Mutex::default(),
        })
    }

    pub fn ledger(&self) -> &'static Ledger {
        self.record
    }

    /// `blake3:…` over the text of the ledger.
    pub fn digest(&self) -> &str {
        &self.record.digest
    }

    /// # Errors
    /// A digest that is not that of this ledger; both are named.
    pub fn check(&self, digest: &str) -> Result<(), Failure> {
        if digest == self.digest() {
            return Ok(());
        }
        let message =
            format!("the query is to be priced with the law {digest}, here is {}", self.digest());
        let help = "give every machine the same truce, or the same folder with --law";
        Err(Failure::new(message, "ledger", help))
    }

    /// The ledger compiled at these coordinates; once, also where many threads ask at a time.
    ///
    /// # Errors
    /// Coordinates that the ledger does not hold, or too many.
    pub fn regime(&self, at: &Coordinates) -> Compiled {
        let place = {
            let mut regimes = lock(&self.regimes);
            if regimes.len() >= REGIMES_MAX && !regimes.contains_key(at) {
                let message = format!("more than {REGIMES_MAX} coordinates in one process");
                return Err(Failure::new(message, "known, world, reading", "begin a new session"));
            }
            regimes.entry(at.clone()).or_default().clone()
        };
        place.get_or_init(|| self.compile(at)).clone()
    }

    fn compile(&self, at: &Coordinates) -> Compiled {
        let settled = at.of(self.record)?;
        let ledger = self.in_worlds(&settled);
        let regime = engine::compile(ledger, settled.known, &settled.readings)
            .map_err(|e| Failure::new(e, "the ledger", "see docs/measure-language.md"))?;
        Ok(Box::leak(Box::new(regime)))
    }

    /// The ledger in the worlds of the coordinates.
    pub fn in_worlds(&self, at: &ledger::Coordinates) -> &'static Ledger {
        if at.worlds.is_empty() {
            return self.record;
        }
        Box::leak(Box::new(self.record.in_worlds(&at.worlds)))
    }

    /// How a call with facts of these types is priced; `constant` says that all of them stand in the
    /// query, whose faults are then told with their reasons.
    ///
    /// # Errors
    /// Another law, coordinates that are not held, or a type that cannot be read exactly.
    pub fn shape(
        &self,
        call: &Call,
        facts: &SchemaRef,
        constant: bool,
    ) -> Result<&'static Shape, Failure> {
        self.check(&call.ledger)?;
        let key = (call.clone(), facts.fields().clone(), constant);
        if let Some(shape) = lock(&self.shapes).get(&key) {
            return Ok(shape);
        }
        let regime = self.regime(&call.coordinates)?;
        let wanted = Wanted {
            programs: call.wants_programs(),
            range: call.wants("duty_min") || call.wants("duty_max"),
            words: constant || call.wants("headings") || call.wants("note") || call.strict,
        };
        let asked: BTreeSet<&str> = call.parts.iter().map(String::as_str).collect();
        let output =
            Output::new(regime, |p| asked.contains(format!("duty_{}", p.column()).as_str()));
        let pricing = Pricing::new(regime, facts, output, wanted, call::TEXT)
            .map_err(|e| Failure::new(e.message, "the arguments", e.help))?;
        static NUMBERS: AtomicUsize = AtomicUsize::new(0);
        let number = NUMBERS.fetch_add(1, Ordering::Relaxed);
        let shape: &'static Shape = Box::leak(Box::new(Shape { pricing, number }));
        let mut shapes = lock(&self.shapes);
        if shapes.len() >= SHAPES_MAX {
            let message = format!("more than {SHAPES_MAX} forms of calls in one process");
            return Err(Failure::new(message, "the query", "begin a new session"));
        }
        Ok(shapes.entry(key).or_insert(shape))
    }
}

impl Shape {
    /// Does something with this thread's pricer.
    pub fn with<T>(
        &'static self,
        work: impl FnOnce(&mut Pricer<'static, 'static, 'static>) -> T,
    ) -> T {
        PRICERS.with_borrow_mut(|pricers| {
            if pricers.len() >= PRICERS_MAX && !pricers.contains_key(&self.number) {
                pricers.clear();
            }
            work(pricers.entry(self.number).or_insert_with(|| Pricer::new(&self.pricing)))
        })
    }
}

/// What a panic left is whole: nothing is half written under these locks.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
