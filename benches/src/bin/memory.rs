//! How long the processor waits for memory, by the size of the table that it looks into.
//!
//! `cargo run --release -p benches --bin memory`: nanoseconds a load, each load told by the one before (`chained`) and
//! all told beforehand (`together`). The difference is what looking up many lines at once can gain.

use std::hint::black_box;
use std::time::Instant;

use benches::Dice;

/// Bytes that the processor loads together, as words.
const LINE: usize = 16;
const LOADS: usize = 2_000_000;
const ROUNDS: usize = 5;

fn main() {
    println!("{:>9}  {:>10}  {:>11}", "KB", "chained ns", "together ns");
    let mut dice = Dice::new(1);
    for kilobytes in [32, 256, 512, 1024, 2048, 4096, 8192, 16_384, 32_768] {
        let lines = kilobytes * 1024 / (LINE * 4);
        let mut order: Vec<u32> = (0..lines as u32).collect();
        for at in (1..lines).rev() {
            order.swap(at, dice.below(at + 1));
        }
        let mut table = vec![0u32; lines * LINE];
        for (at, line) in order.iter().enumerate() {
            table[*line as usize * LINE] = order[(at + 1) % lines] * LINE as u32;
        }
        let places: Vec<u32> = (0..1 << 16).map(|_| (dice.below(lines) * LINE) as u32).collect();
        let chained = best(|| (0..LOADS).fold(0u32, |place, _| table[place as usize]));
        let together = best(|| {
            let places = places.iter().cycle().take(LOADS);
            places.fold(0u32, |sum, place| sum.wrapping_add(table[*place as usize]))
        });
        println!("{kilobytes:>9}  {chained:>10.1}  {together:>11.1}");
    }
}

/// The least time of a load over some rounds.
fn best(loads: impl Fn() -> u32) -> f64 {
    let round = |_| {
        let start = Instant::now();
        black_box(loads());
        start.elapsed().as_secs_f64() * 1e9 / LOADS as f64
    };
    (0..ROUNDS).map(round).fold(f64::INFINITY, f64::min)
}
