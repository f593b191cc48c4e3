use engine::compile;
use ledger::{Known, Ledger, Readings};
use std::time::Instant;
fn main() {
    let t = Instant::now();
    let ledger = Ledger::embedded();
    println!("load {:?}", t.elapsed());
    for known in [Known::Entry, Known::Today] {
        let t = Instant::now();
        let regime = compile(&ledger, known, &Readings::new()).unwrap();
        println!("{known:?} {:?}", t.elapsed());
        for s in regime.stats() {
            println!("{s:?}");
        }
    }
}
