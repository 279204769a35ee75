use std::collections::{BTreeMap, BTreeSet};

use super::corpus::Town;
use super::keys::{self, Kind};
use super::*;

fn person(name: &str, phone: &str, email: &str) -> Person {
    let list = |text: &str| if text.is_empty() { vec![] } else { vec![text.to_owned()] };
    Person { name: name.into(), phones: list(phone), emails: list(email), ..Person::default() }
}

fn client(name: &str, phone: &str, email: &str) -> Client {
    Client { name: name.into(), phone: phone.into(), email: email.into(), identifiers: vec![] }
}

fn percents(client: &Client, people: &[Person]) -> Vec<u8> {
    judge(client, people).into_iter().map(|judgement| judgement.percent).collect()
}

fn whats(client: &Client, person: &Person) -> Vec<What> {
    let judgement = judge(client, std::slice::from_ref(person)).remove(0);
    judgement.reasons.into_iter().map(|reason| reason.what).collect()
}

/// Contacts by their keys, as the store finds them.
struct Index(BTreeMap<keys::Key, BTreeSet<usize>>);

impl Index {
    fn of(directory: &[Person]) -> Self {
        let mut index: BTreeMap<keys::Key, BTreeSet<usize>> = BTreeMap::new();
        for (at, person) in directory.iter().enumerate() {
            let mut all = keys::of_name(&person.name);
            all.extend(person.phones.iter().flat_map(|phone| keys::of_phone(phone)));
            all.extend(person.emails.iter().flat_map(|email| keys::of_email(email)));
            for key in all {
                index.entry(key).or_default().insert(at);
            }
        }
        Self(index)
    }

    fn like(&self, client: &Client) -> Vec<usize> {
        let (exact, beginnings) = keys::sought(client);
        let mut found: BTreeSet<usize> =
            exact.iter().filter_map(|key| self.0.get(key)).flatten().copied().collect();
        for beginning in beginnings {
            let from = (Kind::Pair, beginning.clone());
            let pairs = self
                .0
                .range(from..)
                .take_while(|((kind, value), _)| *kind == Kind::Pair && value.starts_with(&beginning));
            found.extend(pairs.flat_map(|(_, all)| all.iter().copied()));
        }
        found.into_iter().collect()
    }
}

/// What was said of contacts, and whether it was right.
fn said() -> Vec<(u8, bool)> {
    let mut said = vec![];
    for seed in 1..=8 {
        let town = Town::new(seed, 600, 1_500);
        let index = Index::of(&town.directory);
        for (client, truth) in &town.clients {
            let found = index.like(client);
            let people: Vec<Person> = found.iter().map(|at| town.directory[*at].clone()).collect();
            let judged = judge(client, &people).into_iter().zip(&found);
            said.extend(judged.map(|(judgement, at)| (judgement.percent, Some(*at) == *truth)));
        }
    }
    said
}

/// How many were said to be within these bounds, and how many in a hundred of them were right.
fn right(said: &[(u8, bool)], bounds: std::ops::Range<u8>) -> (usize, f64) {
    let within: Vec<bool> =
        said.iter().filter(|(percent, _)| bounds.contains(percent)).map(|(_, right)| *right).collect();
    let right = within.iter().filter(|right| **right).count();
    (within.len(), 100.0 * right as f64 / within.len().max(1) as f64)
}

#[test]
fn of_what_is_called_ninety_percent_nine_in_ten_are_right_and_lower_bands_hold_roughly() {
    let said = said();
    for bounds in [0..10, 10..30, 30..50, 50..70, 70..90, 90..95, 95..100] {
        let (count, share) = right(&said, bounds.clone());
        println!("{bounds:?}: {count} pairs, {share:.1} in a hundred right");
    }
    let (count, share) = right(&said, 90..100);
    assert!(count > 2_000 && share >= 90.0, "{count} are called 90 % or more, {share:.1} in 100 are right");
    let (count, share) = right(&said, 90..95);
    assert!(count > 50 && share >= 85.0, "{count} are called 90 to 94 %, {share:.1} in 100 are right");
    let (count, share) = right(&said, 70..90);
    assert!(count > 20 && (60.0..=97.0).contains(&share), "70 to 90: {share:.1} of {count}");
    let (count, share) = right(&said, 50..70);
    assert!(count > 30 && (40.0..=85.0).contains(&share), "50 to 70: {share:.1} of {count}");
    let (_, share) = right(&said, 0..30);
    assert!(share < 20.0, "below 30: {share:.1} are the one after all");
}

#[test]
fn by_a_number_that_several_share_nobody_is_certain() {
    let number = "+420222000111";
    for several in 2..=8_u8 {
        let people: Vec<Person> = (0..several).map(|n| person(&format!("Person {n}"), number, "")).collect();
        let percents = percents(&client("", number, ""), &people);
        let sum: u32 = percents.iter().map(|percent| u32::from(*percent)).sum();
        assert!(percents.iter().all(|percent| *percent <= 100_u8.div_ceil(several)), "{percents:?}");
        assert!((90..=100 + u32::from(several) / 2).contains(&sum), "{several}: {percents:?}");
    }
}

#[test]
fn a_name_tells_those_apart_who_share_a_number() {
    let number = "+420222000111";
    let family = [person("Petr Novák", number, ""), person("Jana Nováková", number, "")];
    let told = percents(&client("Nováková Jana", number, ""), &family);
    assert!(told[0] < 5 && told[1] >= 95, "{told:?}");
}

#[test]
fn a_number_that_nobody_else_has_is_certain_and_another_name_makes_it_doubtful() {
    let petr = [person("Petr Novák", "+420777000111", "")];
    assert!(percents(&client("", "+420777000111", ""), &petr)[0] >= 95);
    assert!(percents(&client("+420777000111", "+420777000111", ""), &petr)[0] >= 95, "a number is no name");
    assert!(percents(&client("Karel Svoboda", "+420777000111", ""), &petr)[0] < 50);
    assert!(percents(&client("Jana Nováková", "+420777000111", ""), &petr)[0] < 50);
}

#[test]
fn an_address_with_the_name_of_somebody_else_makes_a_shared_number_doubtful() {
    let petr = [person("Petr Novák", "+420222000111", "petr@example.com")];
    let told = |email| percents(&client("", "+420222000111", email), &petr)[0];
    assert!(told("jana.novakova@firma.example") < 60);
    assert!(told("petr.novak@firma.example") >= 90 && told("office@firma.example") >= 90);
}

#[test]
fn reasons_say_what_agrees_the_strongest_first() {
    let jan = person("Ing. Jan Novák", "+420777000111", "jan.novak@example.com");
    let whats = |name, phone, email| whats(&client(name, phone, email), &jan);
    assert_eq!(whats("novak jan", "+420777000111", ""), [What::Phone, What::Name]);
    assert_eq!(whats("", "+421777000111", "JAN.NOVAK@example.com"), [What::Email, What::PhoneNational]);
    assert_eq!(whats("J. Novák", "", "jan.novak@other.example"), [What::EmailSimilar, What::NameSimilar]);
    assert_eq!(whats("Karel Svoboda", "+420777000999", "karel@example.com"), []);
    let known = Person { identifiers: vec![("Customer no.".into(), "A-17".into())], ..jan.clone() };
    let noted = Client { identifiers: vec![("customer NO.".into(), "a-17".into())], ..Client::default() };
    let judgement = judge(&noted, &[known]).remove(0);
    assert_eq!(judgement.reasons[0].what, What::Identifier);
    assert!(judgement.percent >= 95, "{}", judgement.percent);
}

/// Two names, and whether they are of one person as far as names tell.
const NAMES: &[(&str, &str, bool)] = &[
    ("Jan Novák", "Novák Jan", true),
    ("Jan Novák", "jan novak", true),
    ("JAN NOVAK", "Ing. Jan Novák, CSc.", true),
    ("Jan Novák", "Jan Nowák", true),
    ("Jan Novák", "Jan Novka", true),
    ("J. Novák", "Jan Novák", true),
    ("Novák J.", "Jan Novák", true),
    ("Jan Novák", "Jan Karel Novák", true),
    ("Karl Müller", "Karl Mueller", true),
    ("Jürgen Schäfer", "Juergen Schaefer", true),
    ("Jürgen Weiß", "Jurgen Weiss", true),
    ("Stefan Köhler", "Köhler, Stefan", true),
    ("Herr Klaus Krüger", "Klaus Krueger", true),
    ("Ľubomír Baláž", "Lubomir Balaz", true),
    ("Štefan Gajdoš", "Gajdos Stefan", true),
    ("Zuzana Horváthová", "Horvathova Zuzana", true),
    ("Kateřina Procházková", "Katerina Prochazkova", true),
    ("Kateřina Procházková", "Kateřina Prochazkvá", true),
    ("Michael O'Brien", "Michael OBrien", true),
    ("Michael O’Brien", "O'Brien Michael", true),
    ("Charlotte Hughes", "Charlotte Hughs", true),
    ("Elizabeth Taylor", "Elisabeth Taylor", true),
    ("Dr. William Evans", "William Evans", true),
    ("Mgr. Lenka Říhová", "Lenka Rihova", true),
    ("Václav Krejčí", "Krejci Vaclav", true),
    ("Jan Novák", "Jana Nováková", false),
    ("Petr Novák", "Jan Novák", false),
    ("Jana Nováková", "Petra Nováková", false),
    ("Martin Svoboda", "Martina Svobodová", false),
    ("Martin Schmidt", "Martina Schmidt", false),
    ("Daniel Brown", "Daniela Brown", false),
    ("Simon Weber", "Simone Weber", false),
    ("Hana Horáková", "Jana Horáková", false),
    ("Eva Dvořáková", "Iva Dvořáková", false),
    ("Petr Svoboda", "Petr Pokorný", false),
    ("Jan Novák", "Karel Zelenka", false),
    ("Ursula Fischer", "Sabine Fischer", false),
    ("Karl Müller", "Karin Müller", false),
    ("Stefan Schneider", "Stefan Schmidt", false),
    ("Mary Smith", "John Smith", false),
    ("James Wilson", "James Williams", false),
    ("Linda Jones", "Susan Taylor", false),
    ("Robert Brown", "Robert Evans", false),
    ("J. Novák", "Petr Novák", false),
    ("K. Svoboda", "Jan Svoboda", false),
    ("Jozef Kováč", "Ján Kováč", false),
    ("Peter Varga", "Petra Vargová", false),
    ("Milan Tóth", "Marek Nagy", false),
    ("Jiří Šimek", "Jiřina Šimková", false),
    ("Pavel Kučera", "Pavla Kučerová", false),
];

#[test]
fn names_of_one_person_are_told_from_names_of_two() {
    assert_eq!(NAMES.len(), 50);
    for (one, other, same) in NAMES {
        for (ours, theirs) in [(one, other), (other, one)] {
            let percent = percents(&client(ours, "", ""), &[person(theirs, "", "")])[0];
            let told = if *same { (10..=70).contains(&percent) } else { percent <= 1 };
            assert!(told, "{ours} and {theirs}: {percent} %");
        }
    }
}

#[test]
fn whoever_may_be_the_client_is_found_by_a_key() {
    for (one, other, same) in NAMES.iter().filter(|(one, other, _)| one.len() > 3 && other.len() > 3) {
        let directory = [person(other, "", "")];
        let found = Index::of(&directory).like(&client(one, "", ""));
        assert!(!same || found == [0], "{one} does not find {other}");
    }
    let directory = [person("Jan Novák", "+420777000111", "Jan.Novak7@example.com")];
    let index = Index::of(&directory);
    for client in [
        client("", "+420777000111", ""),
        client("", "777000111", ""),
        client("", "", "jan.novak7@EXAMPLE.com"),
        client("", "", "jannovak@other.example"),
    ] {
        assert_eq!(index.like(&client), [0], "{client:?}");
    }
    assert_eq!(index.like(&client("", "", "info@example.com")), [0_usize; 0]);
    assert_eq!(index.like(&client("Novák", "", "")), [0_usize; 0], "a surname alone tells nobody apart");
}

#[test]
fn odd_input_is_judged_like_any_other() {
    for text in ["", " ", "@", "+", "\u{301}", "😀 😀", "a b c d e f g h i j", "'", &"x".repeat(5_000)] {
        let odd = client(text, text, text);
        let judged = judge(&odd, &[person(text, text, text), person("Jan Novák", "+420777000111", "a@b.de")]);
        assert!(judged.iter().all(|judgement| judgement.percent <= 99), "{text}");
        let (exact, beginnings) = keys::sought(&odd);
        assert!(exact.iter().all(|(_, value)| value.chars().count() <= 5_000) && beginnings.len() <= 12);
    }
}
