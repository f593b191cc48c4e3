//! The committed form: lookups, and every fault reported at once.

use nomenclature::{Lookup, Schedule};

use crate::support::*;

const HEAD: &str = "code,from,until,known,ended,units,general,special,other\n";

fn files() -> Files {
    let rows = "\
0101.21.00,,,2025-01-01,,No.,5%,\"Free (A,KR)\",20%\n\
0101.29.00,,2025-07-01,2025-01-01,2025-07-01,No.,Free,,15%\n\
0101.29.00,2025-07-01,,2025-07-01,,No.,1%,,15%\n\
0102.10.00.10,,,2025-01-01,,kg,2¢/kg,,6¢/kg\n\
0102.10.00.20,,,2025-01-01,,kg,3¢/kg,,6¢/kg\n";
    let suffixes = "code,from,until,known,ended,units\n\
0101.21.00.10,,,2025-01-01,,No.\n\
0101.21.00.20,2025-07-01,,2025-07-01,,No.;kg\n\
0102.10.00.10,,,2025-01-01,,kg\n\
0102.10.00.20,,,2025-01-01,,kg\n";
    let imported = "revision,published,effective\n2025_basic,2025-01-01,2025-01-01\n2025_rev_1,2025-07-01,2025-07-01\n";
    [
        ("01.csv", format!("{HEAD}{rows}")),
        ("suffixes.csv", suffixes.into()),
        ("imported.csv", imported.into()),
    ]
    .map(|(name, text)| (name.to_owned(), text))
    .into()
}

#[test]
fn a_code_finds_its_line_or_says_why_not() {
    let schedule = schedule(&files());
    let on = |text: &str, at: &str| {
        format!("{:?}", short(schedule.lookup(code(text), day(at), day(at))))
    };
    let spring = |text: &str| on(text, "2025-03-01");
    assert_eq!(spring("0101.21.00.10"), "line 0101.21.00");
    assert_eq!(spring("0101.21.00"), "line 0101.21.00");
    // The suffix of July did not exist in March; the rate is that of the line in any case.
    assert_eq!(spring("0101.21.00.20"), "unknown suffix on 0101.21.00");
    assert_eq!(on("0101.21.00.20", "2025-07-01"), "line 0101.21.00");
    assert_eq!(spring("0102.10.00.20"), "line 0102.10.00.20");
    assert_eq!(spring("0102.10.00"), "several 0102.10.00.10 0102.10.00.20");
    assert_eq!(spring("0102.10.00.90"), "several 0102.10.00.10 0102.10.00.20");
    assert_eq!(spring("0101"), "prefix 0101.21.00 0101.29.00");
    assert_eq!(spring("0101.25.00"), "unknown, near 0101.21.00 0101.29.00");
    assert_eq!(spring("0102.20.00.10"), "unknown, near 0102.10.00.10 0102.10.00.20");
    assert_eq!(spring("7701"), "unknown, near");
}

fn short(found: Lookup<'_>) -> impl std::fmt::Debug {
    let join =
        |codes: Vec<tariff::Code>| -> String { codes.iter().map(|c| format!(" {c}")).collect() };
    Plain(match found {
        Lookup::Line(line) => format!("line {}", line.code),
        Lookup::UnknownSuffix(line) => format!("unknown suffix on {}", line.code),
        Lookup::Several(lines) => {
            format!("several{}", join(lines.iter().map(|l| l.code).collect()))
        }
        Lookup::Prefix(codes) => format!("prefix{}", join(codes)),
        Lookup::Unknown(codes) => format!("unknown, near{}", join(codes)),
    })
}

struct Plain(String);

impl std::fmt::Debug for Plain {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[test]
fn outside_its_span_the_nearest_schedule_is_carried() {
    let schedule = schedule(&files());
    assert_eq!(schedule.span(), Some((day("2025-01-01"), day("2025-07-01"))));
    for (at, general) in [("1990-01-01", "Free"), ("2025-06-30", "Free"), ("2040-01-01", "1%")] {
        let Lookup::Line(line) = schedule.lookup(code("0101.29.00"), day(at), day(at)) else {
            panic!()
        };
        assert_eq!(line.general_text(), general, "{at}");
    }
}

#[test]
fn units_are_those_of_the_suffix() {
    let schedule = schedule(&files());
    let at = day("2025-08-01");
    let units = |text: &str| {
        schedule
            .units(code(text), at, at)
            .iter()
            .map(|u| u.name.as_str())
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert_eq!(units("0101.21.00.20"), "No. kg");
    assert_eq!(units("0101.21.00.99"), "No.");
    assert_eq!(units("9999.99.99"), "");
}

#[test]
fn an_empty_schedule_knows_nothing_and_says_so() {
    let schedule = Schedule::empty();
    assert_eq!(schedule.span(), None);
    let found = schedule.lookup(code("0101.21.00"), day("2025-01-01"), day("2025-01-01"));
    assert!(matches!(found, Lookup::Unknown(codes) if codes.is_empty()));
    assert!(Schedule::read(&[]).1.is_empty());
}

#[test]
fn all_faults_are_reported_at_once_with_file_and_line() {
    let rows = "\
0101.21.00,,,2025-01-01,,No.,5 percentage,,20%\n\
0101.2O.00,,,2025-01-01,,No.,5%,,20%\n\
0101.22.00,,,2025-13-01,,No.,5%,,20%\n\
0101.23.00,,2025-07-01,2025-01-01,,No.,5%,,20%\n\
0101.24.00,,2025-07-01,2025-01-01,2024-07-01,No.,5%,,20%\n\
0101.25.00,,,2025-01-01,,No.,,,20%\n\
0201.25.00,,,2025-01-01,,No.,5%,,20%\n\
0101.26.00,,,2025-01-01,,No.,5%,,20%\n\
0101.26.00,2025-07-01,,2025-07-01,,No.,6%,,20%\n\
0101.11.00,,,2025-01-01,,No.,5%,,20%\n\
0101.27.00,,,2025-01-01,,No.,5%\n\
0101,,,2025-01-01,,No.,5%,,20%\n\
0101.28.00,,,2025-01-01,,No.,5%,Free (whoever),20%\n";
    let files: Files = [
        ("01.csv", format!("{HEAD}{rows}")),
        ("1.csv", HEAD.to_owned()),
        ("02.csv", "code,rate\n0201.10.05,5%\n".to_owned()),
        ("effects.csv", "revision,code,effective,source\n2025_rev_1,0101.21.00,soon,x\n".to_owned()),
        ("imported.csv", "revision,published,effective\nlast,2025-01-01,2025-01-01\n".to_owned()),
        ("suffixes.csv", "code,from,until,known,ended,units\n0101.99.00.10,,,2025-01-01,,kg\n0101.21.00,,,2025-01-01,,kg\n".to_owned()),
    ]
    .map(|(name, text)| (name.to_owned(), text))
    .into();
    let (_, mut findings) = Schedule::read(&files);
    findings.sort();
    let all: String = findings.iter().map(|f| format!("{f}\n")).collect();
    insta::assert_snapshot!(all);
}

#[test]
fn the_committed_schedule_is_whole() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../law/us/schedule");
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let mut files: Files = Vec::new();
    for path in entries.map(|entry| entry.unwrap().path()) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        files.push((name, std::fs::read_to_string(path).unwrap()));
    }
    let schedule = schedule(&files);
    let (_, last) = schedule.span().unwrap();
    for (code, line) in schedule.codes_on(last, last) {
        assert!(
            matches!(schedule.lookup(code, last, last), Lookup::Line(found) if found.code == line.code)
        );
        assert!(schedule.chapter_title(code.chapter()).is_some());
    }
    // No line has a hole: whoever is on the schedule at its end was there from its `from` on.
    let mut rows = schedule.lines().peekable();
    while let Some(line) = rows.next() {
        if let Some(next) = rows.peek().filter(|next| next.code == line.code) {
            assert_eq!(line.life.until, next.life.from, "{}", line.code);
            assert_eq!(line.life.ended, Some(next.life.known), "{}", line.code);
        }
    }
}
