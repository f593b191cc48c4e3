//! How long the schedule takes to read:
//! `cargo run --release -p nomenclature --example load -- law/us/schedule`.

use std::error::Error;
use std::time::Instant;

use nomenclature::{Lookup, Schedule};
use tariff::{Code, Day};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).unwrap_or_else(|| "law/us/schedule".to_owned());
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        files.push((name, std::fs::read_to_string(path)?));
    }
    for _ in 0..5 {
        let start = Instant::now();
        let (schedule, findings) = Schedule::read(&files);
        println!(
            "{} lines, {} suffixes, {} findings in {:?}",
            schedule.lines().count(),
            schedule.suffixes().count(),
            findings.len(),
            start.elapsed()
        );
        for finding in findings {
            println!("{finding}");
        }
    }
    let (schedule, _) = Schedule::read(&files);
    let day = Day::parse("2025-05-20")?;
    for code in std::env::args().skip(2) {
        let code = Code::parse(&code)?;
        let start = Instant::now();
        let found = schedule.lookup(code, day, day);
        let time = start.elapsed();
        match found {
            Lookup::Line(line) => println!("{code} {} {} {time:?}", line.code, line.general_text()),
            other => println!(
                "{code} {} {time:?}",
                format!("{other:?}").chars().take(300).collect::<String>()
            ),
        }
    }
    let start = Instant::now();
    let codes = schedule.codes_on(day, day).len();
    println!("{codes} codes on {day} in {:?}", start.elapsed());
    Ok(())
}
