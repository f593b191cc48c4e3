use nomenclature::rate::{RateClass, RateText, SpecialRate, parse_rate, parse_special};
use proptest::prelude::*;
use tariff::{DutyExpression, Exact, Part, Per, Term, Unit};

use crate::support::code;

fn duty(text: &str) -> DutyExpression {
    match parse_rate(text) {
        Ok(RateText::Duty(duty)) => duty,
        other => panic!("{text}: {other:?}"),
    }
}

fn unit(name: &str, of: Option<&str>) -> Unit {
    Unit { name: name.into(), of: of.map(str::to_owned) }
}

#[test]
fn computable_texts_print_as_the_terms_they_were_read_into() {
    for (text, printed) in [
        ("Free", "Free"),
        ("33 1/3%", "33 1/3%"),
        ("4.4¢/kg + 6%", "4.4¢/kg + 6%"),
        ("$1.034/kg +17%", "$1.034/kg + 17%"),
        ("37% /", "37%"),
        ("22¢/kg on drained weght + 45%", "22¢/kg of drained weight + 45%"),
        (
            "0.7¢/kg on copper content + 0.7¢/kg on lead content",
            "0.7¢/kg of copper + 0.7¢/kg of lead",
        ),
        ("$40/kg of anhydrous morphine content", "$40/kg of anhydrous morphine content"),
        ("5¢/kg on contents and container", "5¢/kg of contents and container"),
        ("$1.32/t, including weight of container", "$1.32/t of weight including container"),
        ("18.7¢/clean kg", "18.7¢/kg of clean yield"),
        ("86.1¢/m<sup>2</sup>of recording surface", "86.1¢/m2 of recording surface"),
        ("$1.32/pf. liter on ethyl alcohol content", "$1.32/pf. liter"),
        ("23.7¢/pf.liter", "23.7¢/pf. liter"),
        ("90¢/pr. + 37.5%", "90¢/prs. + 37.5%"),
        ("16¢ each + 2.5%", "16¢/No. + 2.5%"),
        ("38.4¢/1000", "38.4¢/1000 No."),
        ("$2/1,000 + 60%", "$2/1000 No. + 60%"),
        ("$2.50/thou- sand + 40%", "$2.5/1000 No. + 40%"),
        ("10¢/1,000 pins + 3.5%", "10¢/1000 No. + 3.5%"),
        ("0.3¢/line/ gross + 4.6%", "0.3¢/line gross + 4.6%"),
        (
            "43¢ each + 2.8¢/jewel over 7 + 3.7% on the case",
            "43¢/No. + 2.8¢/jewel over 7 + 3.7% on the case",
        ),
        (
            "57¢ each + 4.5% on the case + 2.1% on the strap, band or bracelet + 4% on thebattery",
            "57¢/No. + 4.5% on the case + 2.1% on the strap, band or bracelet + 4% on the battery",
        ),
        (
            "4.7% on the value of the rifle + 20% on the value of the telescopic sight, if any",
            "4.7% on the rifle + 20% on the telescopic sight",
        ),
        ("6.5% on the entire set", "6.5%"),
        ("3 percent of the fair retail value", "3% on the fair retail value"),
        ("5% on the full value of the imported article", "5%"),
    ] {
        assert_eq!(duty(text).to_string(), printed);
    }
}

#[test]
fn units_and_parts_of_a_term_are_data_and_not_text() {
    let DutyExpression::Sum(terms) = duty("0.7¢/kg on copper content + 12% on the battery") else {
        panic!()
    };
    let per = Per::Unit { unit: unit("kg", Some("copper")), of: Exact::ONE, above: Exact::ZERO };
    assert_eq!(terms[0], Term { rate: Exact::new(7, 1000), per });
    let per = Per::Value(Part::Named("battery".into()));
    assert_eq!(terms[1], Term { rate: Exact::new(12, 100), per });
    // The unit of the rate is the reporting unit of the line.
    assert_eq!(Unit::parse("Cu kg"), Some(unit("kg", Some("copper"))));
}

#[test]
fn raw_sugar_is_read_by_degree_with_and_without_misprints() {
    let text = "4.3817¢/kg less 0.0622005¢ /kg for each degree under 100 degrees (and fractions of a degree in proportion) but not less 2.831562¢ /kg";
    let expected = DutyExpression::PerDegree {
        base: Exact::new(43_817, 1_000_000),
        step: Exact::new(622_005, 1_000_000_000),
        full: Exact::from_integer(100),
        floor: Exact::new(2_831_562, 100_000_000),
        unit: unit("kg", None),
    };
    assert_eq!(duty(text), expected);
    assert_eq!(duty(&expected.to_string()), expected);
}

#[test]
fn chapter_99_refers_to_the_applicable_subheading() {
    let plus = |text: &str| match parse_rate(text) {
        Ok(RateText::Applicable { plus }) => plus.map(|duty| duty.to_string()),
        other => panic!("{text}: {other:?}"),
    };
    assert_eq!(plus("The duty provided in the applicable subheading."), None);
    assert_eq!(plus("The duty provided for in the applicable subheading"), None);
    for (text, added) in [
        ("The duty provided inthe applicable subheading+ 25%", "25%"),
        ("The duty provided in the applicable subheading plus 25%", "25%"),
        ("The duty provided in the applicable subheading + a duty of 25%", "25%"),
        (
            "The duty provided in the applicable subheading + a duty of 50% upon the value of the steel content.",
            "50% on the steel content",
        ),
        (
            "The duty provided in the applicable subheading + a duty of 25% upon the value of the non-U.S. content",
            "25% on the non-U.S. content",
        ),
        ("The duty provided in subheadings 8716.39.00, 8716.90.30 or 8716.90.50 + 100%", "100%"),
    ] {
        assert_eq!(plus(text).as_deref(), Some(added), "{text}");
    }
    assert_eq!(parse_rate("No Change."), Ok(RateText::NoChange));
}

#[test]
fn every_class_is_met_by_a_text() {
    let range = |a: &str, b: &str| (code(a), code(b));
    for (text, class) in [
        (
            "The rate applicable to each garment in the in the ensemble if separately entered",
            RateClass::RateOfEachGarment,
        ),
        (
            "The rate of duty appli- cable to that article in the set subject to the high- est rate of duty",
            RateClass::HighestRateInSet,
        ),
        (
            "The rate applicable to the article of which it is an accessory",
            RateClass::RateOfWholeArticle,
        ),
        ("The rate applicable to the natural juice in heading 2009", RateClass::NaturalJuice),
        ("The rate applicable to the complete, assembled", RateClass::CompleteMovement),
        (
            "4.3% + 1.7¢/jewel + 0.2¢ for each other piece or part, but if consisting in part of a plate or a set of plates the total duty shall not exceed the duty for the complete movement",
            RateClass::PiecesUpToMovement,
        ),
        (
            "The rate applicable, to each article in the absence of this subheading",
            RateClass::WithoutThisHeading,
        ),
        (
            "The rate applicable in the absence of this subheading on the cost of such parts",
            RateClass::WithoutThisHeadingOnParts,
        ),
        ("See additional U.S. note 3", RateClass::AdditionalUsNote(3)),
        ("See U.S. note 3(e)", RateClass::UsNote("3(e)".into())),
        ("See U.S. note 3 to this sub- chapter", RateClass::UsNote("3".into())),
        ("Free (See U.S. note 4 of this subchapter)", RateClass::FreeUnderNote("4".into())),
        (
            "Free, under the terms of U.S. note 1(b) to this subchapter",
            RateClass::FreeUnderNote("1(b)".into()),
        ),
        (
            "See 9918.04.50, 9822.04.01-9822.04.03",
            RateClass::SeeHeadings(vec![
                range("9918.04.50", "9918.04.50"),
                range("9822.04.01", "9822.04.03"),
            ]),
        ),
        ("See 9903.88.15.", RateClass::SeeHeadings(vec![range("9903.88.15", "9903.88.15")])),
        ("Free, under bond, as prescribed in U.S. note 1 to this subchapter", RateClass::UnderBond),
        (
            "Free, for such temporary periods as the Secretary of the Treasury by regulation may prescribe",
            RateClass::TemporaryPeriod,
        ),
        (
            "A duty upon the value of the repairs oralterations (see U.S. note 3 of this subchapter)",
            RateClass::ValueOfRepairs,
        ),
        (
            "The duty rate provided in such subheading minus 0.5%",
            RateClass::RateOfSubheadingLess(Exact::new(5, 1000)),
        ),
        (
            "The duty rate provided for origin- ating goods of Colombia in such subheading",
            RateClass::RateOfPartner("Colombia".into()),
        ),
        (
            "The rate provided for beneficiary countries in heading 9901.00.50",
            RateClass::RateOfPartner("beneficiary countries".into()),
        ),
    ] {
        assert_eq!(parse_rate(text), Ok(RateText::Needs(class)), "{text}");
    }
}

#[test]
fn special_cells_give_each_program_its_rate() {
    let text =
        "Free (BH,CL,\n JO) 14.3¢/kg (KR) See 9822.04.40 (AU) See 9918.04.50, 9918.04.56 (CO)";
    let rates = parse_special(text).unwrap();
    let symbols: Vec<_> = rates.iter().map(|r| r.symbols.join(",")).collect();
    assert_eq!(symbols, ["BH,CL,JO", "KR", "AU", "CO"]);
    assert_eq!(rates[1].rate, RateText::Duty(duty("14.3¢/kg")));
    // Without symbols the rate is for every program: headings of chapter 99.
    let everyone = SpecialRate { symbols: vec![], rate: RateText::Duty(duty("15%")) };
    assert_eq!(parse_special("15%"), Ok(vec![everyone]));
    assert_eq!(parse_special(" \u{a0}\n"), Ok(vec![]));
}

#[test]
fn an_unreadable_text_is_an_error_with_its_place() {
    for (text, at) in [
        ("6.5% +", 5),
        ("6.5% and more", 5),
        ("4.4¢/furlong", 6),
        ("4.4¢", 5),
        ("$/kg", 2),
        ("6.5", 4),
        ("Freee", 1),
        ("The rate applicable to nothing in particular", 1),
        ("12% on 3 batteries", 8),
        ("The duty provided in the applicable subheading + much", 50),
        ("1/0%", 1),
        ("99999999999999999999%", 1),
        ("See 99", 1),
        ("", 1),
        ("¢", 1),
        ("5%%", 3),
    ] {
        let error = parse_rate(text).expect_err(text);
        assert_eq!(error.at, at, "{text}: {error}");
    }
}

fn amounts() -> impl Strategy<Value = Exact> {
    prop_oneof![
        (1i128..1_000_000, 0u32..6).prop_map(|(n, places)| Exact::new(n, 10i128.pow(places))),
        (1i128..400).prop_map(|n| Exact::new(n, 3)),
    ]
}

fn units() -> impl Strategy<Value = Unit> {
    let names =
        ["kg", "g", "t", "liter", "m2", "m3", "bbl", "No.", "prs.", "doz.", "gross", "jewel"];
    let of = ["copper", "total sugars", "drained weight", "recording surface"];
    (
        proptest::sample::select(names.to_vec()),
        proptest::option::of(proptest::sample::select(of.to_vec())),
    )
        .prop_map(|(name, of)| unit(name, of))
}

fn terms() -> impl Strategy<Value = Term> {
    let parts = ["case", "strap, band or bracelet", "non-U.S. content", "movement and case"];
    prop_oneof![
        amounts().prop_map(|rate| Term { rate: rate / 100, per: Per::Value(Part::Article) }),
        (amounts(), proptest::sample::select(parts.to_vec())).prop_map(|(rate, part)| Term {
            rate: rate / 100,
            per: Per::Value(Part::Named(part.into()))
        }),
        (amounts(), units(), proptest::sample::select(vec![1, 100, 1000]), 0i128..20).prop_map(
            |(rate, unit, of, above)| Term {
                rate: rate / 100,
                per: Per::Unit {
                    unit,
                    of: Exact::from_integer(of),
                    above: Exact::from_integer(above)
                }
            }
        ),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_a_duty_prints_reads_back_as_the_same_duty(
        terms in proptest::collection::vec(terms(), 1..5)
    ) {
        let expected = DutyExpression::Sum(terms);
        prop_assert_eq!(parse_rate(&expected.to_string()), Ok(RateText::Duty(expected)));
    }

    #[test]
    fn sugar_by_degree_reads_back(base in amounts(), step in amounts(), floor in amounts()) {
        let (base, step, floor) = (base / 100, step / 100, floor / 100);
        let full = Exact::from_integer(100);
        let expected = DutyExpression::PerDegree { base, step, full, floor, unit: unit("kg", None) };
        prop_assert_eq!(parse_rate(&expected.to_string()), Ok(RateText::Duty(expected)));
    }

    #[test]
    fn whatever_is_read_as_a_duty_prints_as_that_duty(
        text in "(\\$[0-9]{1,4}(\\.[0-9]{1,4})?( 1/[0-9])?|[0-9]{1,12}(\\.[0-9]{1,12})?( [0-9]{1,4}/[0-9]{1,5})?[¢%])(/kg| each|/1,?000|/doz\\.| on the case|/jewel over 7)?( \\+ [0-9]{1,2}%)?"
    ) {
        if let Ok(RateText::Duty(duty)) = parse_rate(&text) {
            prop_assert_eq!(parse_rate(&duty.to_string()), Ok(RateText::Duty(duty)));
        }
    }

    #[test]
    fn any_text_is_read_or_refused_without_a_panic(text in "\\PC{0,60}", cut in ".{0,40}[¢$%/(+<]{1,4}.{0,20}") {
        for text in [text, cut] {
            let _ = parse_rate(&text);
            let _ = parse_special(&text);
        }
    }
}
