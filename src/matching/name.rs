//! Names side by side: in any order, with or without accents, titles and initials, typed well or badly.

use strsim::osa_distance;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::{Evidence, What};

/// All parts are the same, two at least.
const SAME: f64 = 4.1;
/// All but for a typing error.
const TYPED: f64 = 3.0;
/// One part is an initial.
const INITIAL: f64 = 2.2;
/// One part alone is known on one side, and is the same: a surname, or a given name.
const PART: f64 = 0.9;
/// The organisation is meant.
const ORGANISATION: f64 = 0.4;
/// A part is the same and another one is not: of one family, or two with a common given name.
const FAMILY: f64 = -4.6;
/// Nothing is the same.
const ANOTHER: f64 = -4.4;

/// What stands before and behind names.
const TITLES: &[&str] = &[
    "ing", "mgr", "bc", "mudr", "mvdr", "judr", "rndr", "phdr", "pharmdr", "paeddr", "doc", "prof", "dr",
    "phd", "csc", "drsc", "dis", "mba", "llm", "msc", "bsc", "dipl", "mr", "mrs", "ms", "miss", "sir", "pan",
    "pani", "herr", "frau", "jun", "sen", "jr", "sr", "von", "van", "de", "st", "ml",
];

/// Endings by which a name becomes that of a woman of the same family, or another given name.
const ENDINGS: &[&str] = &["a", "e", "ova", "ka", "ina", "ine"];

/// Small letters without accents.
pub fn fold(text: &str) -> String {
    let plain = text.trim().nfd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase);
    let mut folded = String::with_capacity(text.len());
    for c in plain {
        match c {
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'ł' => folded.push('l'),
            'ø' => folded.push('o'),
            'đ' | 'ð' => folded.push('d'),
            'þ' => folded.push_str("th"),
            'ı' => folded.push('i'),
            _ => folded.push(c),
        }
    }
    folded
}

/// The parts of a name that tell people apart; none where a number or a sign stands in its place.
pub fn words(name: &str) -> Vec<String> {
    let folded = fold(name);
    let parts = folded.split(|c: char| !c.is_alphanumeric() && c != '\'' && c != '’');
    let parts = parts.map(|part| part.replace(['\'', '’'], ""));
    let names = parts.filter(|part| part.chars().any(char::is_alphabetic));
    let names =
        names.filter(|part| !part.chars().any(|c| c.is_ascii_digit()) && !TITLES.contains(&&part[..]));
    names.map(|part| umlauts(&part)).collect()
}

/// `mueller` is written `müller` too.
fn umlauts(word: &str) -> String {
    match word.is_ascii() && word.len() > 3 {
        true => word.replace("ae", "a").replace("oe", "o").replace("ue", "u"),
        false => word.to_owned(),
    }
}

/// How two parts stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Likeness {
    Initial,
    Typed,
    Same,
}

pub(super) fn compare(ours: &str, theirs: &str, organisation: &str) -> Evidence {
    let (mine, others) = (words(ours), words(theirs));
    if mine.is_empty() || others.is_empty() {
        return Evidence::NONE;
    }
    let alike = alike(&mine, &others);
    let (fewer, paired) = (mine.len().min(others.len()), alike.len());
    let least = alike.iter().min().copied();
    let real = alike.iter().filter(|likeness| **likeness != Likeness::Initial).count();
    match (fewer, paired == fewer, least) {
        (1, true, Some(Likeness::Initial)) => Evidence::NONE,
        (1, true, Some(_)) if mine == others => Evidence::for_it(PART, What::Name, ours, theirs),
        (1, true, Some(_)) => Evidence::for_it(PART, What::NameSimilar, ours, theirs),
        (_, true, Some(Likeness::Same)) => Evidence::for_it(SAME, What::Name, ours, theirs),
        (_, true, Some(Likeness::Typed)) if alike.contains(&Likeness::Same) => {
            Evidence::for_it(TYPED, What::NameSimilar, ours, theirs)
        }
        (_, true, Some(_)) if real > 0 => Evidence::for_it(INITIAL, What::NameSimilar, ours, theirs),
        _ if is_organisation(&mine, organisation) => {
            Evidence::for_it(ORGANISATION, What::NameSimilar, ours, organisation)
        }
        _ if real > 0 => Evidence::against(FAMILY),
        _ => Evidence::against(ANOTHER),
    }
}

fn is_organisation(ours: &[String], organisation: &str) -> bool {
    let theirs = words(organisation);
    !theirs.is_empty() && ours.iter().all(|word| theirs.contains(word))
}

/// Pairs parts that may be the same, the surest first, each once.
fn alike(ours: &[String], theirs: &[String]) -> Vec<Likeness> {
    let mut all: Vec<(Likeness, usize, usize)> = vec![];
    for (a, our) in ours.iter().enumerate() {
        all.extend(theirs.iter().enumerate().filter_map(|(b, their)| Some((likeness(our, their)?, a, b))));
    }
    all.sort_by(|a, b| b.0.cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    let (mut used_ours, mut used_theirs, mut found) = (vec![], vec![], vec![]);
    for (likeness, a, b) in all {
        if !used_ours.contains(&a) && !used_theirs.contains(&b) {
            used_ours.push(a);
            used_theirs.push(b);
            found.push(likeness);
        }
    }
    found
}

fn likeness(ours: &str, theirs: &str) -> Option<Likeness> {
    if ours == theirs {
        return Some(Likeness::Same);
    }
    let (our, their) = (ours.chars().count(), theirs.chars().count());
    let begins_alike = ours.chars().next() == theirs.chars().next();
    if our.min(their) == 1 {
        return begins_alike.then_some(Likeness::Initial);
    }
    let errors = match our.min(their) {
        0..=3 => 0,
        4..=8 => 1,
        _ => 2,
    };
    let typed = (begins_alike || our.min(their) > 5) && osa_distance(ours, theirs) <= errors;
    (typed && !is_another_form(ours, theirs)).then_some(Likeness::Typed)
}

/// `novak` and `novakova`, `martin` and `martina` are two people.
fn is_another_form(ours: &str, theirs: &str) -> bool {
    let (short, long) = if ours.len() < theirs.len() { (ours, theirs) } else { (theirs, ours) };
    long.strip_prefix(short).is_some_and(|ending| ENDINGS.contains(&ending))
}
