use std::collections::{BTreeMap, BTreeSet};

use super::*;

/// The words of every recording of a language.
fn texts(language: &str) -> BTreeMap<&'static str, &'static str> {
    let file = match language {
        "cs" => include_str!("../../../media/texts/cs.tsv"),
        "de" => include_str!("../../../media/texts/de.tsv"),
        _ => include_str!("../../../media/texts/en.tsv"),
    };
    let lines = file.lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| line.split_once('\t').unwrap()).collect()
}

/// What these pieces sound like, in words.
fn words(language: &str, pieces: &[String]) -> String {
    let (texts, folder) = (texts(language), format!("prompts/{language}/"));
    let word = |piece: &String| texts[piece.strip_prefix(&folder).unwrap()];
    pieces.iter().map(word).collect::<Vec<_>>().join(" ")
}

fn spoken(language: &str, n: u64) -> String {
    words(language, &number(language, n))
}

fn check_numbers(language: &str, expected: &[(u64, &str)]) {
    for (n, text) in expected {
        assert_eq!(spoken(language, *n), *text, "{n}");
    }
}

#[test]
fn numbers_are_spoken_as_in_english() {
    check_numbers(
        "en",
        &[
            (0, "zero"),
            (7, "seven"),
            (13, "thirteen"),
            (20, "twenty"),
            (21, "twenty one"),
            (40, "forty"),
            (99, "ninety nine"),
            (100, "one hundred"),
            (101, "one hundred one"),
            (115, "one hundred fifteen"),
            (999, "nine hundred ninety nine"),
            (1_000, "one thousand"),
            (1_001, "one thousand one"),
            (12_345, "twelve thousand three hundred forty five"),
            (230_405, "two hundred thirty thousand four hundred five"),
            (1_000_000, "one million"),
            (2_000_010, "two million ten"),
            (
                999_999_999,
                "nine hundred ninety nine million nine hundred ninety nine thousand nine hundred ninety nine",
            ),
            (1_000_000_000, "one zero zero zero zero zero zero zero zero zero"),
        ],
    );
}

#[test]
fn numbers_are_spoken_as_in_czech() {
    check_numbers(
        "cs",
        &[
            (0, "nula"),
            (1, "jedna"),
            (2, "dva"),
            (4, "čtyři"),
            (14, "čtrnáct"),
            (19, "devatenáct"),
            (20, "dvacet"),
            (21, "dvacet jedna"),
            (22, "dvacet dva"),
            (48, "čtyřicet osm"),
            (99, "devadesát devět"),
            (100, "sto"),
            (101, "sto jedna"),
            (200, "dvě stě"),
            (311, "tři sta jedenáct"),
            (444, "čtyři sta čtyřicet čtyři"),
            (500, "pět set"),
            (999, "devět set devadesát devět"),
            (1_000, "tisíc"),
            (1_001, "tisíc jedna"),
            (1_100, "tisíc sto"),
            (2_000, "dva tisíce"),
            (3_333, "tři tisíce tři sta třicet tři"),
            (4_000, "čtyři tisíce"),
            (5_000, "pět tisíc"),
            (21_000, "dvacet jedna tisíc"),
            (22_000, "dvacet dva tisíc"),
            (100_000, "sto tisíc"),
            (256_789, "dvě stě padesát šest tisíc sedm set osmdesát devět"),
            (1_000_000, "milion"),
            (2_000_000, "dva miliony"),
            (5_000_001, "pět milionů jedna"),
            (1_001_001, "milion tisíc jedna"),
        ],
    );
}

#[test]
fn numbers_are_spoken_as_in_german() {
    check_numbers(
        "de",
        &[
            (0, "null"),
            (1, "eins"),
            (11, "elf"),
            (12, "zwölf"),
            (16, "sechzehn"),
            (17, "siebzehn"),
            (20, "zwanzig"),
            (21, "einundzwanzig"),
            (30, "dreißig"),
            (37, "siebenunddreißig"),
            (61, "einundsechzig"),
            (99, "neunundneunzig"),
            (100, "einhundert"),
            (101, "einhundert eins"),
            (116, "einhundert sechzehn"),
            (700, "siebenhundert"),
            (1_000, "ein tausend"),
            (1_001, "ein tausend eins"),
            (2_345, "zwei tausend dreihundert fünfundvierzig"),
            (21_000, "einundzwanzig tausend"),
            (101_000, "einhundert ein tausend"),
            (999_999, "neunhundert neunundneunzig tausend neunhundert neunundneunzig"),
            (1_000_000, "eine Million"),
            (2_000_001, "zwei Millionen eins"),
            (101_000_000, "einhundert eine Millionen"),
        ],
    );
}

#[test]
fn one_and_two_agree_with_what_they_count() {
    use Gender::{Feminine, Masculine, Neuter};
    let expected = [
        ("cs", 1, [(Masculine, "jeden"), (Feminine, "jedna"), (Neuter, "jedno")]),
        ("cs", 2, [(Masculine, "dva"), (Feminine, "dvě"), (Neuter, "dvě")]),
        ("cs", 3, [(Masculine, "tři"), (Feminine, "tři"), (Neuter, "tři")]),
        ("cs", 21, [(Masculine, "dvacet jedna"), (Feminine, "dvacet jedna"), (Neuter, "dvacet jedna")]),
        ("de", 1, [(Masculine, "ein"), (Feminine, "eine"), (Neuter, "ein")]),
        ("de", 2, [(Masculine, "zwei"), (Feminine, "zwei"), (Neuter, "zwei")]),
        (
            "de",
            301,
            [(Masculine, "dreihundert ein"), (Feminine, "dreihundert eine"), (Neuter, "dreihundert ein")],
        ),
        ("en", 1, [(Masculine, "one"), (Feminine, "one"), (Neuter, "one")]),
    ];
    for (language, n, readings) in expected {
        for (gender, text) in readings {
            assert_eq!(words(language, &number_before(language, n, Some(gender))), text, "{n} {gender:?}");
        }
    }
    assert_eq!(words("cs", &number_before("cs", -5, None)), "minus pět");
}

/// The readings of a text as English, Czech and German.
fn check(texts: &[(&str, [&str; 3])], say: impl Fn(&str, &str) -> Vec<String>) {
    for (text, readings) in texts {
        for (language, reading) in LANGUAGES.iter().zip(readings) {
            assert_eq!(words(language, &say(language, text)), *reading, "{text} in {language}");
        }
    }
}

#[test]
fn dates_are_spoken_in_the_order_of_each_language() {
    let texts = [
        (
            "2026-12-24",
            [
                "December twenty fourth twenty twenty six",
                "dvacátého čtvrtého prosince dva tisíce dvacet šest",
                "vierundzwanzigster Dezember zwei tausend sechsundzwanzig",
            ],
        ),
        (
            "1999-01-01",
            [
                "January first nineteen ninety nine",
                "prvního ledna devatenáct set devadesát devět",
                "erster Januar neunzehn hundert neunundneunzig",
            ],
        ),
        (
            "2005-07-31",
            [
                "July thirty first two thousand five",
                "třicátého prvního července dva tisíce pět",
                "einunddreißigster Juli zwei tausend fünf",
            ],
        ),
        ("2000-05-03", ["May third two thousand", "třetího května dva tisíce", "dritter Mai zwei tausend"]),
        (
            "1900-06-07",
            [
                "June seventh nineteen hundred",
                "sedmého června devatenáct set",
                "siebter Juni neunzehn hundert",
            ],
        ),
        (
            "1805-10-21",
            [
                "October twenty first eighteen oh five",
                "dvacátého prvního října osmnáct set pět",
                "einundzwanzigster Oktober achtzehn hundert fünf",
            ],
        ),
        ("02-29", ["February twenty ninth", "dvacátého devátého února", "neunundzwanzigster Februar"]),
        (
            "2027-03-16T08:00:00+01:00",
            [
                "March sixteenth twenty twenty seven",
                "šestnáctého března dva tisíce dvacet sedm",
                "sechzehnter März zwei tausend siebenundzwanzig",
            ],
        ),
    ];
    check(&texts, |language, text| date(language, day(text).unwrap()));
}

#[test]
fn times_are_spoken_as_people_tell_them() {
    let texts = [
        ("00:00", ["midnight", "nula hodin", "null Uhr"]),
        ("00:05", ["twelve oh five a m", "nula hodin pět minut", "null Uhr fünf"]),
        ("01:01", ["one oh one a m", "jedna hodina jedna minuta", "ein Uhr eins"]),
        ("2:30", ["two thirty a m", "dvě hodiny třicet minut", "zwei Uhr dreißig"]),
        ("12:00", ["noon", "dvanáct hodin", "zwölf Uhr"]),
        ("12:45", ["twelve forty five p m", "dvanáct hodin čtyřicet pět minut", "zwölf Uhr fünfundvierzig"]),
        ("18:05:59", ["six oh five p m", "osmnáct hodin pět minut", "achtzehn Uhr fünf"]),
        (
            "21:22",
            [
                "nine twenty two p m",
                "dvacet jedna hodin dvacet dva minut",
                "einundzwanzig Uhr zweiundzwanzig",
            ],
        ),
        (
            "2026-12-24T23:04:00Z",
            ["eleven oh four p m", "dvacet tři hodin čtyři minuty", "dreiundzwanzig Uhr vier"],
        ),
    ];
    check(&texts, |language, text| {
        let (hour, minute) = time_of_day(text).unwrap();
        time(language, hour, minute)
    });
}

#[test]
fn sums_of_money_agree_in_number_and_gender() {
    let texts = [
        ("0 CZK", ["zero crowns", "nula korun", "null Kronen"]),
        ("1 CZK", ["one crown", "jedna koruna", "eine Krone"]),
        ("2 CZK", ["two crowns", "dvě koruny", "zwei Kronen"]),
        ("4 CZK", ["four crowns", "čtyři koruny", "vier Kronen"]),
        ("5 CZK", ["five crowns", "pět korun", "fünf Kronen"]),
        ("21 CZK", ["twenty one crowns", "dvacet jedna korun", "einundzwanzig Kronen"]),
        ("1000 CZK", ["one thousand crowns", "tisíc korun", "ein tausend Kronen"]),
        (
            "1.5 CZK",
            ["one crown and fifty hellers", "jedna koruna a padesát haléřů", "eine Krone und fünfzig Heller"],
        ),
        ("1,00 EUR", ["one euro", "jedno euro", "ein Euro"]),
        ("2 EUR", ["two euros", "dvě eura", "zwei Euro"]),
        (
            "101.01 EUR",
            [
                "one hundred one euros and one cent",
                "sto jedna eur a jeden cent",
                "einhundert ein Euro und ein Cent",
            ],
        ),
        (
            "1 234,02 EUR",
            [
                "one thousand two hundred thirty four euros and two cents",
                "tisíc dvě stě třicet čtyři eur a dva centy",
                "ein tausend zweihundert vierunddreißig Euro und zwei Cent",
            ],
        ),
        ("0.99 USD", ["ninety nine cents", "devadesát devět centů", "neunundneunzig Cent"]),
        ("3 USD", ["three dollars", "tři dolary", "drei Dollar"]),
        ("1.01 GBP", ["one pound and one penny", "jedna libra a jedna pence", "ein Pfund und ein Penny"]),
        (
            "-2.02 gbp",
            [
                "minus two pounds and two pence",
                "minus dvě libry a dvě pence",
                "minus zwei Pfund und zwei Pence",
            ],
        ),
        (
            "11.11 GBP",
            ["eleven pounds and eleven pence", "jedenáct liber a jedenáct pencí", "elf Pfund und elf Pence"],
        ),
        ("7", ["seven euros", "sedm eur", "sieben Euro"]),
    ];
    check(&texts, |language, text| money(language, amount(text, Some(Currency::Eur)).unwrap()));
}

#[test]
fn a_place_and_a_wait_are_announced() {
    let texts = [
        (
            "1",
            [
                "You are number one in the queue.",
                "Vaše pořadí ve frontě je číslo jedna",
                "Sie sind Nummer eins in der Warteschlange.",
            ],
        ),
        (
            "22",
            [
                "You are number twenty two in the queue.",
                "Vaše pořadí ve frontě je číslo dvacet dva",
                "Sie sind Nummer zweiundzwanzig in der Warteschlange.",
            ],
        ),
    ];
    check(&texts, |language, text| position(language, text.parse().unwrap()));
    // Without "you will be served in about".
    let minutes = |language: &str, text: &str| {
        let pieces = wait(language, Duration::from_secs(text.parse().unwrap()));
        pieces.into_iter().filter(|piece| !piece.ends_with("/wait-is-about")).collect()
    };
    let texts = [
        ("60", ["one minute", "jedna minuta", "eine Minute"]),
        ("89", ["one minute", "jedna minuta", "eine Minute"]),
        ("90", ["two minutes", "dvě minuty", "zwei Minuten"]),
        ("600", ["ten minutes", "deset minut", "zehn Minuten"]),
        ("660", ["ten minutes", "deset minut", "zehn Minuten"]),
        ("800", ["fifteen minutes", "patnáct minut", "fünfzehn Minuten"]),
        ("3700", ["sixty minutes", "šedesát minut", "sechzig Minuten"]),
        (
            "59",
            [
                "You will be served in less than a minute.",
                "Předpokládaná doba čekání je méně než minuta.",
                "Ihre Wartezeit beträgt weniger als eine Minute.",
            ],
        ),
        (
            "99999",
            [
                "You may have to wait for more than an hour.",
                "Možná budete čekat déle než hodinu.",
                "Ihre Wartezeit kann mehr als eine Stunde betragen.",
            ],
        ),
    ];
    check(&texts, minutes);
}

#[test]
fn every_piece_that_may_be_named_is_listed_and_recorded() {
    for language in LANGUAGES {
        let set = |pieces: Vec<String>| pieces.into_iter().collect::<BTreeSet<String>>();
        let numbers = set(pieces_of_numbers(language));
        let genders = [None, Some(Gender::Masculine), Some(Gender::Feminine), Some(Gender::Neuter)];
        let (ones, above) =
            (0..2_000_u64, (0..1_000).flat_map(|n| [n * 1_000, n * 1_000_000, n * 1_000_007]));
        for (n, gender) in ones.chain(above).flat_map(|n| genders.map(|gender| (n, gender))) {
            let pieces = number_before(language, n as i64, gender);
            assert!(pieces.iter().all(|piece| numbers.contains(piece)), "{n} {gender:?}: {pieces:?}");
        }
        let (dates, times) = (set(pieces_of_dates(language)), set(pieces_of_times(language)));
        for year in 0..=9_999 {
            let (month, day) = (1 + (year % 12) as u8, 1 + (year % 31) as u8);
            let pieces = date(language, Day { year: Some(year), month, day });
            assert!(pieces.iter().all(|piece| dates.contains(piece)), "{year}: {pieces:?}");
        }
        for minute in 0..1_440_u16 {
            let pieces = time(language, (minute / 60) as u8, (minute % 60) as u8);
            assert!(pieces.iter().all(|piece| times.contains(piece)), "{minute}: {pieces:?}");
        }
        let waits = set(pieces_of_waits(language));
        for minutes in 0..70 {
            let pieces = wait(language, Duration::from_secs(minutes * 60));
            assert!(pieces.iter().all(|piece| waits.contains(piece)), "{minutes}: {pieces:?}");
        }
        let positions = set(pieces_of_positions(language));
        let mut all: BTreeSet<String> = [dates, times, waits, positions].into_iter().flatten().collect();
        for (_, currency) in Currency::CODES {
            let money_pieces = set(pieces_of_money(language, &[*currency]));
            for hundredths in 0..3_000_u64 {
                let (major, minor) = (hundredths / 100, (hundredths % 100) as u8);
                let sum = Sum { is_below_zero: true, major, minor, currency: *currency };
                assert!(money(language, sum).iter().all(|piece| money_pieces.contains(piece)), "{sum:?}");
            }
            all.extend(money_pieces);
        }
        words(language, &all.into_iter().collect::<Vec<_>>());
    }
}

#[test]
fn digits_leave_out_what_is_no_key() {
    assert_eq!(digits("en", "+4 2x#"), ["4", "2", "hash"].map(|d| format!("prompts/en/digits/{d}")));
    assert_eq!(words("cs", &digits("cs", "*1#")), "hvězdička jedna křížek");
    assert_eq!(words("de", &digits("de", "10*")), "eins null Stern");
}

#[test]
fn what_is_no_date_time_or_sum_is_none() {
    for text in
        ["", "24.12.2026", "2026-13-01", "2026-02-29", "2026-1-01", "02-30", "2026-12-24x", "+026-12-24"]
    {
        assert_eq!(day(text), None, "{text}");
    }
    for text in
        ["", "24:00", "12:60", "12", "12:5", "12:055", "123:00", "ab:cd", "1\u{17e}:00", "12:\u{17e}0"]
    {
        assert_eq!(time_of_day(text), None, "{text}");
    }
    for text in ["", "EUR", "1.234", "1.2.3", "x EUR", "1 XYZ", "1000000000", "--1", "1.-5", ".50"] {
        assert_eq!(amount(text, Some(Currency::Eur)), None, "{text}");
    }
    assert_eq!(amount("5", None), None);
}
