//! One small mutation of a sound ledger each: the loader must find it, in the right file, on the
//! right line, in words that name it.

use crate::support::{Files, files, findings, listed, root};

/// A planted error.
struct Planted {
    ledger: &'static str,
    file: &'static str,
    /// The text taken out (its first occurrence), and what is put there. An empty first text
    /// appends, and makes the file where there is none.
    change: (&'static str, &'static str),
    /// Where it must be found.
    at: At,
    /// Words of the message or of its help.
    words: &'static str,
}

enum At {
    /// The line that holds this text.
    Line(&'static str),
    /// The head of the operation that holds this text.
    Head(&'static str),
    /// The first line of the file.
    Top,
}

use At::{Head, Line, Top};

const fn p(
    ledger: &'static str,
    file: &'static str,
    change: (&'static str, &'static str),
    at: At,
    words: &'static str,
) -> Planted {
    Planted { ledger, file, change, at, words }
}

const PLANTED: &[Planted] = &[
    // Fees.
    p(
        "void-from-start",
        "us/fees.toml",
        (
            "",
            "[[fee]]\nid = \"mpf\"\ntitle = \"t\"\nact = \"nobody\"\nat = \"a\"\nrate = [{ from = 2025-10-01, rate = \"0.3%\", act = \"nobody\" }]\n",
        ),
        Line("act = \"nobody\""),
        "unknown act `nobody`",
    ),
    p(
        "void-from-start",
        "us/fees.toml",
        ("", "[[fee]]\nid = \"mpf\"\ntitle = \"t\"\nact = \"a\"\nat = \"a\"\n"),
        Line("[[fee]]"),
        "a fee without a rate",
    ),
    p(
        "void-from-start",
        "us/fees.toml",
        ("", "[[fee]]\nid = \"M P F\"\n"),
        Line("id ="),
        "it is the name of a column",
    ),
    p(
        "void-from-start",
        "us/fees.toml",
        ("", "[[fee]]\nid = \"mpf\"\n[[fee.rate]]\nfrom = 2025-10-01T00:00-04:00\n"),
        Line("from ="),
        "a fee changes with a day",
    ),
    p(
        "void-from-start",
        "us/fees.toml",
        ("", "[[fee]]\nid = \"mpf\"\n[[fee.rate]]\nfrom = 2025-10-01\nrate = \"33.58\"\n"),
        Line("rate = \"33"),
        "no rate of a fee",
    ),
    p(
        "void-from-start",
        "us/fees.toml",
        ("", "[[fee]]\nid = \"mpf\"\nmodes = [\"ship\"]\n"),
        Line("modes ="),
        "no mode of transport",
    ),
    p(
        "void-from-start",
        "us/fees.toml",
        ("", "[[fee]]\nid = \"mpf\"\nexempt = [\n    { why = \"w\", cite = \"c\" },\n]\n"),
        Line("{ why"),
        "an exemption of nothing",
    ),
    p(
        "void-from-start",
        "us/fees.toml",
        (
            "",
            "[[fee]]\nid = \"mpf\"\npart = [\n    { claims = [\"9802.00.80\"], basis = \"value\", unstated = \"owed\", cite = \"c\" },\n]\n",
        ),
        Line("{ claims"),
        "names no part of the value",
    ),
    // The entry form.
    p(
        "void-from-start",
        "us/filing.toml",
        (
            "",
            "[[order]]\nfrom = 2025-01-01\nact = \"nobody\"\nat = \"a\"\nsequence = [\"chapters 1-97\"]\n",
        ),
        Line("[[order]]"),
        "`chapter 98` is missing from the sequence",
    ),
    p(
        "void-from-start",
        "us/filing.toml",
        (
            "",
            "[[order]]\nfrom = 2025-01-01\nact = \"nobody\"\nat = \"a\"\nsequence = [\"chapter 98\", \"nothing-*\", \"chapters 1-97\"]\n",
        ),
        Line("[[order]]"),
        "`nothing-*` is no program",
    ),
    p(
        "void-from-start",
        "us/filing.toml",
        (
            "",
            "[[order]]\nfrom = 2025-01-01\nact = \"nobody\"\nat = \"a\"\nsequence = [\"chapter 98\", \"chapters 1-97\"]\n",
        ),
        Line("[[order]]"),
        "stands 0 times in the sequence",
    ),
    p(
        "void-from-start",
        "us/filing.toml",
        (
            "",
            "[[split]]\ncontent = \"steel\"\nfrom = 2025-03-12\nuntil = 2025-03-12\ncite = \"c\"\n",
        ),
        Line("until ="),
        "`until` is not after `from`",
    ),
    p(
        "void-from-start",
        "us/filing.toml",
        ("", "[[beside]]\nheading = \"99O3\"\n"),
        Line("heading ="),
        "99O3",
    ),
    // Why the official text may differ.
    p(
        "void-from-start",
        "us/verify.toml",
        (
            "",
            "[[rule]]\nid = \"a\"\nkind = \"printed-not-bindin\"\nwhy = \"w\"\ncite = \"c\"\ndiffers = [\"rate\"]\n",
        ),
        Line("kind ="),
        "did you mean `printed-not-binding`?",
    ),
    p(
        "void-from-start",
        "us/verify.toml",
        ("", "[[rule]]\nid = \"a\"\nkind = \"retroactive\"\nwhy = \"w\"\ncite = \"c\"\n"),
        Line("[[rule]]"),
        "would explain every difference",
    ),
    p(
        "void-from-start",
        "us/verify.toml",
        (
            "",
            "[[rule]]\nid = \"a\"\nkind = \"not-modelled\"\nwhy = \"w\"\ncite = \"c\"\nheadings = [\"9903.52\"]\n",
        ),
        Line("[[rule]]"),
        "quota, chapter-98, expired-before-2025, never-bound",
    ),
    p(
        "void-from-start",
        "us/verify.toml",
        (
            "",
            "[[rule]]\nid = \"a\"\nkind = \"retroactive\"\nwhy = \"w\"\ncite = \"c\"\nheading = [\"9903.52\"]\nprinted = [\"ended\"]\n",
        ),
        Line("heading ="),
        "did you mean `headings`?",
    ),
    p(
        "void-from-start",
        "us/verify.toml",
        (
            "",
            "[[rule]]\nid = \"a\"\nkind = \"retroactive\"\nwhy = \"w\"\ncite = \"c\"\nprograms = [\"ieepa-fentanil\"]\n",
        ),
        Line("programs ="),
        "did you mean `ieepa-fentanyl`?",
    ),
    p(
        "void-from-start",
        "us/verify.toml",
        ("", "[names]\n\"South Sandwich\" = \"ZZ\"\n"),
        Line("South Sandwich"),
        "neither a country nor an area",
    ),
    // Rates of interest.
    p(
        "void-from-start",
        "us/interest.toml",
        ("cite = \"19 USC 1505(c); 26 USC 6621\"\n", ""),
        Top,
        "`cite` is missing",
    ),
    p(
        "void-from-start",
        "us/interest.toml",
        ("amount = \"10000\"", "amount = \"ten\""),
        Line("amount ="),
        "`ten` is not an amount",
    ),
    p(
        "void-from-start",
        "us/interest.toml",
        ("\"2026-Q2\"", "\"2026-Q5\""),
        Line("2026-Q5"),
        "`2026-Q5` is no quarter",
    ),
    p(
        "void-from-start",
        "us/interest.toml",
        ("\"2026-Q2\"", "\"2026-Q3\""),
        Line("2026-Q3"),
        "2026-Q3 does not follow 2026-Q1",
    ),
    p(
        "void-from-start",
        "us/interest.toml",
        ("overpayment-corporate-reduced = \"3.5%\"", "overpayment-corporate-reduced = \"4.5%\""),
        Line("2026-Q2"),
        "stands not as far from `underpayment` as in 2026-Q1",
    ),
    p(
        "void-from-start",
        "us/interest.toml",
        ("underpayment = \"6%\"", "underpayment = \"six\""),
        Line("six"),
        "`six` is no rate of interest",
    ),
    p(
        "void-from-start",
        "us/interest.toml",
        ("underpayment = \"6%\"", "underpayment = \"26%\""),
        Line("26%"),
        "at most 25%, two decimals",
    ),
    p(
        "void-from-start",
        "us/interest.toml",
        ("\"medium\"", "\"mediun\""),
        Line("mediun"),
        "did you mean `medium`?",
    ),
    // Acts: their heads.
    p(
        "void-from-start",
        "us/acts/2025-02-01_eo-14195.toml",
        ("cite = \"90 FR 9121\"\n", ""),
        Top,
        "`cite` is missing",
    ),
    p(
        "void-from-start",
        "us/acts/2025-02-01_eo-14195.toml",
        ("kind =", "sort = \"order\"\nkind ="),
        Line("sort ="),
        "unknown key `sort`",
    ),
    p(
        "void-from-start",
        "us/acts/2025-02-01_eo-14195.toml",
        ("\"executive-order\"", "\"executive-ordre\""),
        Line("kind ="),
        "did you mean `executive-order`?",
    ),
    p(
        "void-from-start",
        "us/acts/2025-02-01_eo-14195.toml",
        ("known = 2025-02-01\n", ""),
        Top,
        "`known` is missing",
    ),
    p(
        "void-from-start",
        "us/acts/2025-02-01_eo-14195.toml",
        ("known = 2025-02-01", "known = 2025-02-02"),
        Line("known ="),
        "2025-02-02_eo-14195.toml",
    ),
    p(
        "void-from-start",
        "us/acts/2025-02-01_eo-14195.toml",
        ("known = 2025-02-01", "known = 2025-02-01T09:00"),
        Line("known ="),
        "nor a moment with an offset",
    ),
    p(
        "void-from-start",
        "us/acts/2025-02-01_eo-14195.toml",
        ("id = \"eo-14195\"", "id = \"eo/14195\""),
        Line("id ="),
        "holds a slash or a blank",
    ),
    p(
        "void-from-start",
        "us/acts/2025-02-01_eo-14195.toml",
        ("title = \"Fentanyl", "title = 10.5 #"),
        Line("title ="),
        "must be a text, found a decimal number",
    ),
    p(
        "void-from-start",
        "us/acts/2025-02-01_eo-14195.toml",
        ("[[do]]", "[[do]"),
        Line("[[do]"),
        "the file must be TOML",
    ),
    p(
        "void-from-start",
        "us/acts/2025-05-28_cit-vos.toml",
        ("binds = 2025-06-07", "binds = 2025-05-01"),
        Top,
        "`binds` is before `known`",
    ),
    p(
        "void-from-start",
        "us/acts/2025-05-28_cit-vos.toml",
        ("binds = 2025-06-07", "binds = \"Never\""),
        Line("binds ="),
        "neither a date nor",
    ),
    p(
        "void-from-start",
        "us/acts/2025-03-03_eo-14228.toml",
        ("rests-on = [\"eo-14195\"]", "rests-on = [\"eo-14159\"]"),
        Line("id ="),
        "rests on the unknown act `eo-14159`",
    ),
    p(
        "void-from-start",
        "us/acts/2025-02-01_eo-14195.toml",
        ("known = 2025-02-01", "known = 2025-02-01\nrests-on = \"eo-14257\""),
        Line("id ="),
        "which became known later",
    ),
    p(
        "void-from-start",
        "us/acts/2025-02-01_eo-14195.toml",
        ("known = 2025-02-01", "known = 2025-02-01\nconfidence = \"sure\""),
        Line("confidence"),
        "one of high, medium, low",
    ),
    p(
        "void-from-start",
        "joint/acts/2025-02-01_eo-14195.toml",
        (
            "",
            "id = \"eo-14195\"\nkind = \"statement\"\ntitle = \"again\"\ncite = \"again\"\nknown = 2025-02-01\n",
        ),
        Line("id ="),
        "the act `eo-14195` stands twice",
    ),
    p(
        "void-from-start",
        "us/acts/2025-05-01_s122.toml",
        (
            "",
            "id = \"s122\"\nkind = \"statement\"\ntitle = \"a program's name\"\ncite = \"x\"\nknown = 2025-05-01\n",
        ),
        Line("id ="),
        "an act and of a program",
    ),
    // Operations.
    p(
        "void-from-start",
        "us/acts/2025-02-01_eo-14195.toml",
        ("measure =", "mesure ="),
        Head("mesure"),
        "did you mean `measure`?",
    ),
    p(
        "void-from-start",
        "us/acts/2025-02-01_eo-14195.toml",
        ("rate = \"10%\"", "rate = \"10%\"\nvoid = \"s122\""),
        Line("void ="),
        "an operation has one verb",
    ),
    p(
        "void-from-start",
        "us/acts/2025-02-01_eo-14195.toml",
        ("at = \"sec. 2(a)\"\n", ""),
        Line("measure ="),
        "does not say where in the act it stands",
    ),
    p(
        "void-from-start",
        "us/acts/2025-02-01_eo-14195.toml",
        ("heading = \"9903.01.20\"", "headng = \"9903.01.20\""),
        Line("headng"),
        "did you mean `heading`?",
    ),
    p(
        "void-from-start",
        "us/acts/2025-02-01_eo-14195.toml",
        ("from = 2025-02-04T00:01-05:00", "from = 2025-02-04"),
        Line("from ="),
        "a boundary is a moment",
    ),
    p(
        "void-from-start",
        "us/acts/2025-02-01_eo-14195.toml",
        ("from = 2025-02-04T00:01-05:00", "from = 2025-02-04T00:01"),
        Line("from ="),
        "nor a moment with an offset",
    ),
    p(
        "void-from-start",
        "us/acts/2025-02-01_eo-14195.toml",
        (
            "from = 2025-02-04T00:01-05:00",
            "from = 2025-02-04T00:01-05:00\nuntil = 2025-02-04T00:01-05:00",
        ),
        Line("until ="),
        "the interval is empty",
    ),
    p(
        "void-from-start",
        "us/acts/2025-06-10_cafc-stay.toml",
        ("until = \"scotus-lr\"", "until = \"scotus\""),
        Head("scotus\""),
        "nothing is named `scotus`",
    ),
    p(
        "void-from-start",
        "us/acts/2025-06-10_cafc-stay.toml",
        ("stay = \"cit-vos\"", "stay = \"cit-vso\""),
        Head("cit-vso"),
        "did you mean `cit-vos`?",
    ),
    p(
        "void-from-start",
        "us/acts/2025-05-28_cit-vos.toml",
        ("\"ieepa-reciprocal\"", "\"ieepa-reciprocity\""),
        Head("ieepa-reciprocity"),
        "did you mean `ieepa-reciprocal`?",
    ),
    p(
        "void-from-start",
        "us/acts/2025-05-28_cit-vos.toml",
        ("void = [\"ieepa-fentanyl\", \"ieepa-reciprocal\"]", "void = []"),
        Head("void = []"),
        "names nothing",
    ),
    p(
        "picks",
        "us/acts/2025-05-31_ustr-excl.toml",
        ("from = 2025-05-31T23:59-04:00\n", ""),
        Head("extend"),
        "`extend` without `from`",
    ),
    // Measures.
    p(
        "void-from-start",
        "us/acts/2025-02-01_eo-14195.toml",
        ("\"us/ieepa-fentanyl/cn\"\nat", "\"ieepa-fentanyl/cn\"\nat"),
        Head("\"ieepa-fentanyl/cn\""),
        "is not a measure id",
    ),
    p(
        "void-from-start",
        "us/acts/2025-02-01_eo-14195.toml",
        ("us/ieepa-fentanyl/cn", "us/ieepa-fentanil/cn"),
        Head("fentanil"),
        "unknown program `ieepa-fentanil`",
    ),
    p(
        "void-from-start",
        "us/acts/2025-02-01_eo-14195.toml",
        ("rate = \"10%\"\n", ""),
        Head("heading"),
        "has no rate",
    ),
    p(
        "void-from-start",
        "us/acts/2025-02-01_eo-14195.toml",
        ("rate = \"10%\"", "rate = \"ten percent\""),
        Line("rate ="),
        "is not a rate",
    ),
    p(
        "void-from-start",
        "us/acts/2025-02-01_eo-14195.toml",
        ("rate = \"10%\"", "rate = \"unknown 20% to 10%\""),
        Line("rate ="),
        "is not a rate",
    ),
    p(
        "void-from-start",
        "us/acts/2025-02-01_eo-14195.toml",
        ("of = [\"CN\"]\n", ""),
        Head("heading"),
        "does not say of which origins",
    ),
    p(
        "void-from-start",
        "us/acts/2025-02-01_eo-14195.toml",
        ("of = [\"CN\"]", "of = [\"CX\"]"),
        Head("CX"),
        "no country and no area",
    ),
    p(
        "void-from-start",
        "us/acts/2025-02-01_eo-14195.toml",
        ("heading = \"9903.01.20\"", "heading = \"9903.01.2\""),
        Line("heading ="),
        "a code has 2, 4, 6, 8 or 10",
    ),
    p(
        "void-from-start",
        "us/acts/2025-02-01_eo-14195.toml",
        ("of = [\"CN\"]", "of = [\"CN\"]\ngoods = [\"us/list-4\"]"),
        Head("us/list-4"),
        "unknown goods list `us/list-4`",
    ),
    p(
        "void-from-start",
        "us/acts/2025-02-01_eo-14195.toml",
        ("of = [\"CN\"]", "of = [\"CN\"]\nbasis = \"steel\""),
        Line("basis ="),
        "is not a basis",
    ),
    p(
        "void-from-start",
        "us/acts/2025-02-01_eo-14195.toml",
        ("of = [\"CN\"]", "of = [\"CN\"]\nwhen = \"loaded after 2025-02-01T00:01-05:00\""),
        Line("when ="),
        "expected `before` or `from`",
    ),
    p(
        "void-from-start",
        "us/acts/2025-02-01_eo-14195.toml",
        ("of = [\"CN\"]", "of = [\"CN\"]\nwhen = \"loaded before 2025-02-01\""),
        Line("when ="),
        "not a moment with an offset",
    ),
    p(
        "void-from-start",
        "us/acts/2025-02-01_eo-14195.toml",
        ("of = [\"CN\"]", "of = [\"CN\"]\nwhen = \"loaded before 2025-02-01T00:01-05:00\""),
        Head("when ="),
        "does not say what follows when `loaded` is not stated",
    ),
    p(
        "void-from-start",
        "us/acts/2025-02-01_eo-14195.toml",
        ("of = [\"CN\"]", "of = [\"CN\"]\nbasis = \"content steel\""),
        Head("basis ="),
        "`content steel` is not stated",
    ),
    p(
        "void-from-start",
        "us/acts/2025-02-01_eo-14195.toml",
        (
            "of = [\"CN\"]",
            "of = [\"CN\"]\nwhen = \"claim S\"\nunstated = { mode = \"owed\", cite = \"x\" }",
        ),
        Head("when ="),
        "has an outcome for `mode`, which it does not ask about",
    ),
    p(
        "in-transit",
        "us/acts/2025-04-02_eo-14257.toml",
        ("loaded = \"owed\", mode", "loaded = \"due\", mode"),
        Line("unstated ="),
        "`due` is not an outcome",
    ),
    p(
        "in-transit",
        "us/acts/2025-04-02_eo-14257.toml",
        (", cite = \"CSMS 64680374\" }", " }"),
        Line("unstated ="),
        "`cite` is missing",
    ),
    p(
        "void-from-start",
        "us/acts/2025-03-03_eo-14228.toml",
        ("\"us/ieepa-fentanyl/cn\"", "\"us/ieepa-fentanyl/china\""),
        Head("china"),
        "unknown measure `us/ieepa-fentanyl/china`",
    ),
    p(
        "void-from-start",
        "us/acts/2025-03-03_eo-14228.toml",
        ("amend =", "of = [\"CN\"]\nmeasure ="),
        Head("measure ="),
        "is made twice",
    ),
    p(
        "snap-back",
        "us/acts/2025-05-12_eo-14298.toml",
        ("leaving = \"us/ieepa-reciprocal/baseline\"", "leaving = \"us/ieepa-reciprocal/base\""),
        Head("leaving"),
        "leaving the unknown measure",
    ),
    p(
        "snap-back",
        "us/acts/2025-08-11_eo-14334.toml",
        ("from = 2025-08-12T00:01-04:00\n", ""),
        Head("suspend"),
        "`suspend` without `from`",
    ),
    p(
        "snap-back",
        "cn/acts/2025-04-04_cn-2025-4.toml",
        ("requires = \"export licence\"\n", ""),
        Head("rare-earths"),
        "neither what it requires nor prohibits",
    ),
    p(
        "snap-back",
        "us/acts/2025-04-02_eo-14257.toml",
        ("9903.01.63", "9903.01.633"),
        Line("9903.01.633"),
        "a code has 2, 4, 6, 8 or 10",
    ),
    p(
        "snap-back",
        "us/acts/2025-04-02_eo-14257.toml",
        ("us/ieepa-reciprocal/cn", "us/cn-reciprocal/cn"),
        Head("us/cn-reciprocal"),
        "is levied by `cn`",
    ),
    p(
        "snap-back",
        "joint/acts/2025-05-12_geneva-js.toml",
        ("\"joint-statement\"", "\"join statement\""),
        Line("kind ="),
        "is not a kind of act",
    ),
    p(
        "snap-back",
        "cn/acts/2025-05-13_cn-2025-7.toml",
        ("leaving = \"10%\"", "leaving = \"ten\""),
        Line("leaving ="),
        "is not a rate",
    ),
    // Picks, relations, clocks, readings.
    p(
        "picks",
        "us/acts/2026-04-03_pp-11020.toml",
        ("choose = \"lowest\"", "choose = \"least\""),
        Line("choose ="),
        "is no way to choose",
    ),
    p(
        "picks",
        "us/acts/2026-04-03_pp-11020.toml",
        ("stage = \"any\"", "stage = \"one\""),
        Head("stage = \"one\""),
        "has no stage `one`",
    ),
    p(
        "picks",
        "us/acts/2026-04-03_pp-11020.toml",
        ("stage = \"any\"\n", ""),
        Head("9903.04.60"),
        "without `stage`",
    ),
    p(
        "picks",
        "us/acts/2026-04-03_pp-11020.toml",
        ("absorbs = \"mfn\"", "absorbs = \"mnf\""),
        Head("mnf"),
        "absorbs the unknown program `mnf`",
    ),
    p(
        "picks",
        "us/acts/2024-09-18_us-301-4y.toml",
        ("pick = \"us/s301-china\"\nstage", "pick = \"us/s301\"\nstage"),
        Head("\"us/s301\""),
        "unknown pick `us/s301`",
    ),
    p(
        "order-a",
        "us/acts/2025-04-29_eo-14289.toml",
        ("test = \"owed\"\n", ""),
        Line("\"us/eo-14289/autos-first\""),
        "a relation without `test`",
    ),
    p(
        "order-a",
        "us/acts/2025-04-29_eo-14289.toml",
        ("test = \"owed\"", "test = \"due\""),
        Line("test ="),
        "owed or provided-for",
    ),
    p(
        "order-a",
        "us/acts/2025-04-29_eo-14289.toml",
        ("test = \"owed\"", "test = \"owed\"\nreplaces = [\"mfn\"]"),
        Line("\"us/eo-14289/autos-first\""),
        "exactly one object",
    ),
    p(
        "order-a",
        "us/acts/2025-04-29_eo-14289.toml",
        ("of = [\"s232-autos\"]", "of = [\"s232-auto\"]"),
        Head("s232-auto\""),
        "did you mean `s232-autos`?",
    ),
    p(
        "order-a",
        "us/acts/2025-04-29_eo-14289.toml",
        ("of = [\"s232-autos\"]\n", ""),
        Line("\"us/eo-14289/autos-first\""),
        "a relation without `of`",
    ),
    p(
        "order-a",
        "us/acts/2025-04-29_eo-14289.toml",
        ("excludes = [\"s232-steel\", \"s232-aluminum\"]", "excludes = [\"s232-autos\"]"),
        Head("canada-second"),
        "part of a circle",
    ),
    p(
        "order-a",
        "us/acts/1989-01-01_hts.toml",
        ("\"withdrawn\"", "\"removed\""),
        Line("order ="),
        "is not a date of an entry",
    ),
    p(
        "order-a",
        "us/acts/1989-01-01_hts.toml",
        ("clock = \"us\"", "clock = \"uk\""),
        Head("clock"),
        "unknown territory `uk`",
    ),
    p(
        "readings",
        "us/acts/2025-06-03_pr-10947.toml",
        ("canada-remainder=article", "canada-remainder=articles"),
        Head("articles"),
        "unknown reading `canada-remainder=articles`",
    ),
    p(
        "readings",
        "us/acts/2025-06-03_pr-10947.toml",
        ("canada-remainder=article", "canada-remainder"),
        Line("reading = \"canada-remainder\""),
        "without its option",
    ),
    p(
        "readings",
        "readings/canada-remainder.toml",
        ("default = \"content\"", "default = \"contents\""),
        Line("default ="),
        "is no option here",
    ),
    p(
        "order-b",
        "us/acts/2025-06-03_pr-10959.toml",
        (
            "",
            "id = \"pr-10959\"\nkind = \"proclamation\"\ntitle = \"also today\"\ncite = \"x\"\nknown = 2025-06-03\n[[do]]\namend = \"us/s232-steel/derivative\"\nrate = \"40%\"\nfrom = 2025-06-04T00:01-04:00\n",
        ),
        Head("amend"),
        "`rate` is set for the same time by `pr-10947`",
    ),
    // Lists, areas, programs, territories, countries.
    p(
        "s338-lists",
        "us/lists/s338-12.csv",
        ("count = 4", "count = 5"),
        Top,
        "counts 5 rows, the list has 4",
    ),
    p(
        "s338-lists",
        "us/lists/s338-12.csv",
        ("# source = Proclamation 11046, Annex I; a few of its codes\n", ""),
        Top,
        "does not say its source",
    ),
    p(
        "s338-lists",
        "us/lists/s338-12.csv",
        ("code,from", "code,since"),
        Top,
        "unknown column `since`",
    ),
    p(
        "s338-lists",
        "us/lists/s338-12.csv",
        ("94032000", "940320001"),
        Line("940320001"),
        "has 9 digits",
    ),
    p(
        "s338-lists",
        "us/lists/s338-12.csv",
        ("94032000,,2026-10-01,pr-11046", "94032000,,2026-10-01,pr-11064"),
        Line("pr-11064"),
        "unknown act `pr-11064`",
    ),
    p(
        "s338-lists",
        "us/lists/s338-12.csv",
        ("7323,,,pr-11046,", "7323,,,,"),
        Line("7323,,,,"),
        "the row names no act",
    ),
    p(
        "s338-lists",
        "us/lists/s338-12.csv",
        ("2026-08-22,2026-09-01", "2026-09-01,2026-08-22"),
        Line("64029142"),
        "`until` is not after `from`",
    ),
    p(
        "s338-lists",
        "us/lists/s338-12.csv",
        ("!732394,,", "7323,,"),
        Line("7323,,,pr-11046,,enamelled"),
        "stands twice for the same time",
    ),
    p(
        "s338-lists",
        "us/lists/s338-12.csv",
        ("2026-08-22,", "22.8.2026,"),
        Line("22.8.2026"),
        "is not a date",
    ),
    p("picks", "areas/groups.toml", ("\"CU\"", "\"KU\""), Line("\"KU\""), "`KU` is no country"),
    p(
        "picks",
        "areas/more.toml",
        ("", "[[area]]\nid = \"column-2\"\nname = \"again\"\nmembers = [\"CU\"]\n"),
        Line("id ="),
        "area `column-2` stands twice",
    ),
    p(
        "snap-back",
        "areas/countries.csv",
        ("", "XYZ,Nowhere,,,\n"),
        Line("XYZ"),
        "is not a two-letter country code",
    ),
    p("snap-back", "programs.toml", ("", "note = \"x\"\n"), Line("note ="), "unknown key `note`"),
    p(
        "picks",
        "programs.toml",
        ("levies = true", "levies = \"no\""),
        Line("levies = \"no\""),
        "must be true or false",
    ),
    p(
        "picks",
        "programs.toml",
        ("id = \"de-minimis\"", "id = \"ad-cvd\"\nnote = \"x\""),
        Line("note ="),
        "unknown key `note`",
    ),
    p(
        "picks",
        "programs.toml",
        (
            "[[program]]\nid = \"ad-cvd\"",
            "[[program]]\nid = \"mfn\"\nby = \"us\"\ntitle = \"again\"\n\n[[program]]\nid = \"ad-cvd\"",
        ),
        Line("id = \"mfn\"\nby = \"us\"\ntitle = \"again\""),
        "program `mfn` stands twice",
    ),
    p(
        "snap-back",
        "territories.toml",
        ("adjective = \"US\"", "adjective = 1"),
        Line("adjective ="),
        "must be a text, found a number",
    ),
    p(
        "picks",
        "territories.toml",
        ("boundary = \"00:01\"", "boundary = \"24:01\""),
        Line("boundary ="),
        "is no time of day",
    ),
    p(
        "picks",
        "territories.toml",
        ("America/New_York", "America/Newyork"),
        Line("zone ="),
        "no time zone is named",
    ),
    p(
        "picks",
        "territories.toml",
        ("\"whole\"", "\"dollars\""),
        Line("value-rounding ="),
        "is no rounding",
    ),
    // Events, worlds, the schedule, files that nothing reads.
    p(
        "snap-back",
        "events/2025.toml",
        ("source = [\"90 FR 21831\"]\n", ""),
        Head("The suspension ends"),
        "an event without `source`",
    ),
    p(
        "void-from-start",
        "events/2025.toml",
        ("", "[[event]]\ndate = 2025-05-10\nkind = \"talk\"\ntitle = \"x\"\nsource = \"y\"\n"),
        Line("kind ="),
        "did you mean `talks`?",
    ),
    p(
        "void-from-start",
        "events/2025.toml",
        (
            "",
            "[[event]]\ndate = 2025-05-10\nkind = \"talks\"\ntitle = \"x\"\nsource = \"y\"\nquote = \"a b c d e f g h i j k l m n o p q r s t u v w x y z\"\n",
        ),
        Line("quote ="),
        "the quotation has 26 words",
    ),
    p(
        "snap-back",
        "worlds/truce-lapses.toml",
        ("drop = \"eo-14334\"", "drop = \"eo-14343\""),
        Head("eo-14343"),
        "did you mean `eo-14334`?",
    ),
    p(
        "snap-back",
        "worlds/truce-breaks.toml",
        ("title = \"The suspension ends early, on 1 July 2025\"\n", ""),
        Top,
        "`title` is missing",
    ),
    p(
        "snap-back",
        "worlds/fifty-percent.toml",
        ("us/ieepa-reciprocal/cn", "us/ieepa-reciprocal/chn"),
        Head("chn"),
        "unknown measure",
    ),
    p("void-from-start", "us/schedule/94.csv", ("Free", "Fre"), Line("94"), "column `general`"),
    p(
        "snap-back",
        "us/schedule/94.csv",
        ("9403.20.00", "9503.20.00"),
        Line("9503"),
        "is no line of chapter 94",
    ),
    p(
        "picks",
        "us/schedule/100.csv",
        ("", "code\n"),
        Top,
        "no file of this name belongs to the schedule",
    ),
    p(
        "snap-back",
        "us/notes/2025.toml",
        ("", "x = 1\n"),
        Top,
        "nothing reads a file in this place",
    ),
    // A second table of one reading.
    p(
        "readings",
        "readings/more.toml",
        (
            "",
            "id = \"canada-remainder\"\ntitle = \"again\"\ndefault = \"a\"\n[[option]]\nid = \"a\"\ntitle = \"a\"\nsource = \"x\"\n",
        ),
        Line("id ="),
        "stands twice",
    ),
    // A second world of one name.
    p(
        "snap-back",
        "worlds/zz.toml",
        ("", "id = \"truce-lapses\"\ntitle = \"again\"\n[[do]]\ndrop = \"eo-14334\"\n"),
        Line("id ="),
        "stands twice",
    ),
    // A relation made twice.
    p(
        "order-a",
        "us/acts/2025-04-30_more.toml",
        (
            "",
            "id = \"more\"\nkind = \"notice\"\ntitle = \"x\"\ncite = \"x\"\nknown = 2025-04-30\n[[do]]\nrelation = \"us/eo-14289/autos-first\"\nat = \"x\"\nof = [\"s232-autos\"]\nexcludes = [\"ieepa-canada\"]\ntest = \"owed\"\n",
        ),
        Head("relation"),
        "stands twice",
    ),
    // A relation id without slashes.
    p(
        "order-a",
        "us/acts/2025-04-29_eo-14289.toml",
        ("\"us/eo-14289/autos-first\"", "\"autos-first\""),
        Head("\"autos-first\""),
        "is not a relation id",
    ),
    // `until` in an `end`.
    p(
        "order-b",
        "us/acts/2025-06-03_pr-10947.toml",
        (
            "end = \"us/eo-14289/canada-second\"\nat = \"cl. 5\"",
            "end = \"us/eo-14289/canada-second\"\nat = \"cl. 5\"\nuntil = 2025-07-01T00:01-04:00",
        ),
        Line("until ="),
        "unknown key `until`",
    ),
    // `from` in a `void`.
    p(
        "void-from-start",
        "us/acts/2025-05-28_cit-vos.toml",
        ("void =", "from = 2025-05-01T00:01-04:00\nvoid ="),
        Line("from ="),
        "unknown key `from`",
    ),
    // An amendment of nothing.
    p(
        "order-b",
        "us/acts/2025-06-03_pr-10947.toml",
        ("rate = \"50%\"\n", ""),
        Head("amend"),
        "amends nothing",
    ),
    // `ended-by` without `until`.
    p(
        "s338-lists",
        "us/lists/s338-12.csv",
        ("94032000,,2026-10-01,", "94032000,,,"),
        Line("94032000,,,"),
        "`ended-by`",
    ),
    // An area's member named by an unknown act.
    p(
        "picks",
        "areas/groups.toml",
        ("pl-117-110", "pl-117-111"),
        Line("pl-117-111"),
        "unknown act",
    ),
    // A program of an unknown territory, on its line.
    p(
        "picks",
        "programs.toml",
        ("id = \"ad-cvd\"\nby = \"us\"", "id = \"ad-cvd\"\nby = \"uk\""),
        Line("by = \"uk\""),
        "unknown territory `uk`",
    ),
    // What a suspension leaves is of another pick.
    p(
        "snap-back",
        "us/acts/2025-05-12_eo-14298.toml",
        ("\"us/ieepa-reciprocal/baseline\"", "\"us/mfn/general\""),
        Head("us/mfn/general"),
        "the same pick",
    ),
    // Two acts of one day make one pick.
    p(
        "picks",
        "us/acts/2026-04-03_zz.toml",
        (
            "",
            "id = \"zz\"\nkind = \"notice\"\ntitle = \"x\"\ncite = \"x\"\nknown = 2026-04-03\n[[do]]\npick = \"us/s232-pharma\"\nat = \"x\"\nstages = [\"none\", \"any\"]\n",
        ),
        Head("pick ="),
        "known the same day",
    ),
    // A territory twice.
    p(
        "picks",
        "territories.toml",
        (
            "[[territory]]",
            "[[territory]]\nid = \"us\"\ncountry = \"US\"\nname = \"x\"\nzone = \"America/New_York\"\ncurrency = \"USD\"\nboundary = \"00:01\"\nvalue-rounding = \"whole\"\nofficial-through = 2026-12-31\nverified-through = 2026-12-31\n\n[[territory]]",
        ),
        Line("id = \"us\"\ncountry = \"US\"\nname = \"United"),
        "stands twice",
    ),
    // A country twice.
    p(
        "picks",
        "areas/countries.csv",
        ("", "CN,China again,,,\n"),
        Line("CN,China again"),
        "stands twice",
    ),
    // An event that ends before it begins.
    p(
        "snap-back",
        "events/2025.toml",
        ("until = 2025-05-11", "until = 2025-05-09"),
        Line("until ="),
        "before",
    ),
    // A moment in quotes.
    p(
        "void-from-start",
        "us/acts/2025-02-01_eo-14195.toml",
        ("from = 2025-02-04T00:01-05:00", "from = \"2025-02-04T00:01-05:00\""),
        Line("from ="),
        "without quotes",
    ),
    // A world's drop of an act and an operation on it.
    p(
        "snap-back",
        "worlds/truce-lapses.toml",
        (
            "drop = \"eo-14334\"",
            "drop = \"eo-14257\"\n\n[[do]]\namend = \"us/ieepa-reciprocal/cn\"\nrate = \"5%\"\nfrom = 2025-05-01T00:01-04:00",
        ),
        Head("amend"),
        "dropped",
    ),
    // A measure that only an amendment's pick makes ambiguous: the base program is absent.
    p("floors", "programs.toml", ("base = true\n", ""), Line("id = \"mfn\""), "no base"),
    // A condition on a mode that no line can state.
    p(
        "in-transit",
        "us/acts/2025-04-02_eo-14257.toml",
        ("mode is vessel", "mode is ship"),
        Line("when ="),
        "mode of transport",
    ),
    // Requires and prohibits at once.
    p(
        "snap-back",
        "cn/acts/2025-04-04_cn-2025-4.toml",
        ("requires =", "prohibits = \"x\"\nrequires ="),
        Line("prohibits ="),
        "both",
    ),
    // A reading's option twice.
    p(
        "readings",
        "readings/canada-remainder.toml",
        ("id = \"article\"", "id = \"content\""),
        Line("id = \"content\"\ntitle = \"The art"),
        "stands twice",
    ),
    // A test of `tests` on a rate that is no total.
    p(
        "void-from-start",
        "us/acts/2025-02-01_eo-14195.toml",
        ("rate = \"10%\"", "rate = \"10%\"\ntests = \"general\""),
        Line("tests ="),
        "total",
    ),
    // A stage twice.
    p(
        "picks",
        "us/acts/2024-09-18_us-301-4y.toml",
        ("\"note-31\", \"list\"", "\"list\", \"list\""),
        Line("stages ="),
        "twice",
    ),
    // Days, codes, stages and relations against what else the ledger says of them.
    p(
        "void-from-start",
        "us/acts/2025-02-01_eo-14195.toml",
        ("known = 2025-02-01\n", "known = 2025-02-01\neffective = [2025-02-05]\n"),
        Head("from = 2025-02-04T00:01-05:00"),
        "does nothing on 2025-02-04",
    ),
    p(
        "void-from-start",
        "us/acts/2025-02-01_eo-14195.toml",
        ("known = 2025-02-01\n", "known = 2025-02-01\neffective = [2025-02-04, 2025-02-05]\n"),
        Top,
        "`effective` names 2025-02-05, and nothing",
    ),
    p(
        "void-from-start",
        "us/acts/2025-02-01_eo-14195.toml",
        ("known = 2025-02-01\n", "known = 2025-02-01\neffective = [2025-02-04T00:01-05:00]\n"),
        Line("effective ="),
        "`effective` holds days",
    ),
    p(
        "s338-lists",
        "us/lists/s338-12.csv",
        ("94032000,,", "94032001,,"),
        Line("94032001"),
        "stands in no revision of the schedule",
    ),
    p(
        "s338-lists",
        "us/lists/s338-12.csv",
        ("# count = 4", "# count = 4\n# not-held = 1"),
        Top,
        "# not-held = 0",
    ),
    p(
        "s338-lists",
        "us/lists/s338-12.csv",
        ("# count = 4", "# count = 4\n# not-held = few"),
        Top,
        "`# not-held` is no number",
    ),
    p(
        "s338-lists",
        "us/lists/s338-12.csv",
        ("# count = 4", "# count = 4\n# rates = 5%: 4"),
        Top,
        "no row has the rate 5%",
    ),
    p(
        "s338-lists",
        "us/lists/s338-12.csv",
        ("# count = 4", "# count = 4\n# rates = many"),
        Top,
        "is not rates with the number of their rows",
    ),
    p(
        "in-transit",
        "us/acts/2025-04-02_eo-14257.toml",
        ("rate = \"free\"", "rate = \"5%\""),
        Head("rate = \"5%\""),
        "this relieves of a duty",
    ),
    p(
        "picks",
        "us/acts/2024-09-18_us-301-4y.toml",
        ("\"note-31\", \"list\"", "\"note-31\", \"list\", \"more\""),
        Head("stages ="),
        "no measure is a member of the stage `more`",
    ),
    p(
        "picks",
        "us/acts/2024-09-18_us-301-4y.toml",
        ("\"note-31\", \"list\"]", "\"note-31\", \"list\"]\nmixed = [\"note-31\"]"),
        Head("mixed ="),
        "whose members are of one kind",
    ),
    p(
        "order-a",
        "us/acts/2025-04-29_eo-14289.toml",
        ("excludes =", "takes-part-of ="),
        Head("takes-part-of ="),
        "is on the full value",
    ),
    p(
        "order-a",
        "us/acts/2025-04-29_eo-14289.toml",
        ("excludes =", "replaces ="),
        Head("replaces ="),
        "`replaces` does not name",
    ),
    // A suspension of a relation.
    p(
        "order-a",
        "worlds/no-order.toml",
        ("void =", "from = 2025-05-01T00:01-04:00\nsuspend ="),
        Head("suspend"),
        "relation",
    ),
];

impl Planted {
    fn plant(&self, files: &mut Files) {
        let text = files.entry(self.file.to_owned()).or_default();
        let (from, to) = self.change;
        if from.is_empty() {
            text.push_str(to);
        } else {
            assert!(text.contains(from), "{}/{} does not hold `{from}`", self.ledger, self.file);
            *text = text.replacen(from, to, 1);
        }
    }

    /// The line on which it must be reported, from 1.
    fn line(&self, files: &Files) -> usize {
        let text = &files[self.file];
        let position =
            |mark: &str| text.find(mark).unwrap_or_else(|| panic!("{}: no `{mark}`", self.file));
        let offset = match self.at {
            Line(mark) => position(mark),
            Head(mark) => {
                let at = position(mark) + mark.len();
                text[..at].rfind("[[").expect("an operation")
            }
            Top => 0,
        };
        text[..offset].matches('\n').count() + 1
    }

    /// What is wrong with the findings, if anything is.
    fn missed(&self, files: &Files) -> Option<String> {
        let found = findings(files);
        let line = self.line(files);
        let hit = found.iter().any(|f| {
            f.file == self.file
                && f.line == line
                && (f.message.contains(self.words) || f.help.contains(self.words))
        });
        (!hit).then(|| {
            format!(
                "{} {}:{line} `{}` is not found; but:\n{}",
                self.ledger,
                self.file,
                self.words,
                listed(&found)
            )
        })
    }
}

fn sound(ledger: &str) -> Files {
    files(&format!("tests/ledgers/{ledger}"))
}

#[test]
fn every_planted_error_is_found_where_it_stands() {
    let mut missed = Vec::new();
    for planted in PLANTED {
        let mut files = sound(planted.ledger);
        planted.plant(&mut files);
        missed.extend(planted.missed(&files));
    }
    assert!(
        missed.is_empty(),
        "{} of {} missed:\n{}",
        missed.len(),
        PLANTED.len(),
        missed.join("\n")
    );
}

#[test]
fn errors_planted_together_are_all_found_in_one_run() {
    // One ledger, errors in ten places that do not hide each other.
    let together: Vec<&Planted> = PLANTED.iter().filter(|p| p.ledger == "snap-back").collect();
    let mut files = sound("snap-back");
    let mut planted = Vec::new();
    for one in together {
        // A second error in the same file could take the place of the first.
        if planted.iter().all(|p: &&Planted| p.file != one.file) {
            one.plant(&mut files);
            planted.push(one);
        }
    }
    assert!(planted.len() >= 10, "only {} errors could be planted together", planted.len());
    let missed: Vec<String> = planted.iter().filter_map(|p| p.missed(&files)).collect();
    assert!(missed.is_empty(), "{}", missed.join("\n"));
    assert_eq!(findings(&files).len(), planted.len(), "{}", listed(&findings(&files)));
}

#[test]
fn sound_ledgers_have_no_findings() {
    let mut ledgers: Vec<String> = std::fs::read_dir(root().join("tests/ledgers"))
        .unwrap()
        .map(|e| format!("tests/ledgers/{}", e.unwrap().file_name().to_string_lossy()))
        .collect();
    ledgers.sort();
    for ledger in &ledgers {
        let found = findings(&files(ledger));
        assert!(found.is_empty(), "{ledger}:\n{}", listed(&found));
    }
}

#[test]
fn the_law_has_no_findings() {
    let found = findings(&files("law"));
    assert!(found.is_empty(), "law:\n{}", listed(&found));
}

#[test]
fn every_dated_act_of_the_law_states_its_days() {
    let (law, _) = ledger::Ledger::load(&ledger::Source::new(files("law")));
    let dated = |act: &&ledger::Act| {
        act.operations.iter().any(|o| o.interval.from.is_some() || o.interval.until.is_some())
    };
    let silent: Vec<&str> = law
        .acts
        .iter()
        .filter(dated)
        .filter(|act| act.effective.is_empty())
        .map(|act| act.id.as_str())
        .collect();
    assert!(silent.is_empty(), "say `effective` in the head of: {}", silent.join(", "));
}
