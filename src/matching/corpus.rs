//! Clients and contacts of whom it is known who is who: drawn from a seed, as towns and offices are.

use super::{Client, Person};
use crate::entropy::Entropy;

const CZECH: [&[&str]; 3] = [
    &[
        "Jan", "Jiří", "Petr", "Pavel", "Martin", "Tomáš", "Jaroslav", "Miroslav", "Zdeněk", "Václav",
        "Michal", "Ondřej",
    ],
    &[
        "Jana",
        "Marie",
        "Eva",
        "Hana",
        "Anna",
        "Lenka",
        "Kateřina",
        "Lucie",
        "Věra",
        "Alena",
        "Petra",
        "Martina",
    ],
    &[
        "Novák",
        "Svoboda",
        "Dvořák",
        "Kučera",
        "Procházka",
        "Horák",
        "Krejčí",
        "Pokorný",
        "Šimek",
        "Říha",
        "Zelenka",
    ],
];
const SLOVAK: [&[&str]; 3] = [
    &["Jozef", "Ján", "Peter", "Milan", "Ľubomír", "Štefan", "Marek", "Rastislav", "Dušan", "Juraj"],
    &["Mária", "Zuzana", "Katarína", "Monika", "Ľubica", "Ivana", "Daniela", "Božena"],
    &["Kováč", "Horváth", "Varga", "Tóth", "Nagy", "Baláž", "Molnár", "Lukáč", "Hudák", "Gajdoš"],
];
const GERMAN: [&[&str]; 3] = [
    &["Karl", "Jürgen", "Wolfgang", "Stefan", "Andreas", "Klaus", "Günther", "Uwe", "Jörg", "Matthias"],
    &["Ursula", "Sabine", "Petra", "Monika", "Karin", "Gisela", "Birgit", "Ute", "Käthe"],
    &["Müller", "Schmidt", "Schneider", "Fischer", "Weber", "Schäfer", "Köhler", "Größl", "Weiß", "Krüger"],
];
const ENGLISH: [&[&str]; 3] = [
    &["James", "John", "Robert", "Michael", "William", "David", "Richard", "Thomas", "Daniel", "Oliver"],
    &["Mary", "Patricia", "Jennifer", "Linda", "Elizabeth", "Susan", "Emily", "Charlotte"],
    &["Smith", "Jones", "Taylor", "Brown", "Williams", "Wilson", "O'Brien", "Evans", "Walker", "Hughes"],
];

/// Somebody who exists, in the directory or not.
struct Human {
    given: String,
    surname: String,
    /// Those who share a telephone at home or at work.
    shared: String,
    mobile: String,
    email: String,
    listed: Option<usize>,
}

/// A directory, and clients of whom it is known who they are: the place of the contact, if it is listed.
pub(super) struct Town {
    pub(super) directory: Vec<Person>,
    pub(super) clients: Vec<(Client, Option<usize>)>,
}

pub(super) struct Draw(Entropy);

impl Draw {
    fn below(&mut self, bound: usize) -> usize {
        self.0.u32() as usize % bound
    }

    /// True so many times in a hundred.
    fn of_hundred(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    fn one<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[self.below(list.len())]
    }

    fn number(&mut self, prefix: &str) -> String {
        format!("{prefix}{:06}", self.below(1_000_000))
    }

    /// A slip of the fingers: two letters exchanged, one left out, one doubled or another one.
    fn mistyped(&mut self, text: &str) -> String {
        let mut letters: Vec<char> = text.chars().collect();
        let at = 1 + self.below(letters.len().max(3) - 2);
        if at + 1 >= letters.len() {
            return text.to_owned();
        }
        match self.below(4) {
            0 => letters.swap(at, at + 1),
            1 => _ = letters.remove(at),
            2 => letters.insert(at, letters[at]),
            _ => letters[at] = self.one(&["a", "e", "i", "o", "n", "r", "s", "t"]).chars().next().unwrap(),
        }
        letters.into_iter().collect()
    }
}

impl Town {
    /// So many households and offices, and as many calls.
    pub(super) fn new(seed: u64, households: usize, calls: usize) -> Self {
        let mut draw = Draw(Entropy::from_number(seed));
        let mut humans = vec![];
        for _ in 0..households {
            household(&mut draw, &mut humans);
        }
        let mut directory = vec![];
        for human in &mut humans {
            // One in six of those who call is in no directory.
            if draw.of_hundred(83) {
                human.listed = Some(directory.len());
                directory.push(entry(&mut draw, human));
            }
        }
        let clients = (0..calls).map(|_| {
            let human = draw.below(humans.len());
            (call(&mut draw, &humans[human]), humans[human].listed)
        });
        let clients = clients.collect();
        Self { directory, clients }
    }
}

/// People who live or work together.
fn household(draw: &mut Draw, humans: &mut Vec<Human>) {
    let (names, prefix) = match draw.below(10) {
        0..=4 => (&CZECH, "+420"),
        5..=6 => (&SLOVAK, "+421"),
        7..=8 => (&GERMAN, "+49"),
        _ => (&ENGLISH, "+44"),
    };
    let (mobile, fixed) = match prefix {
        "+420" => ("+420777", "+420222"),
        "+421" => ("+421905", "+421255"),
        "+49" => ("+4915121", "+49302"),
        _ => ("+447700", "+442079"),
    };
    let is_office = draw.of_hundred(12);
    let size = if is_office { 3 + draw.below(8) } else { 1 + draw.below(4) };
    let family = draw.one(names[2]);
    let shared = draw.number(fixed);
    for _ in 0..size {
        let woman = draw.of_hundred(50);
        let given = draw.one(names[usize::from(woman)]).to_owned();
        let own = if is_office { draw.one(names[2]) } else { family };
        let surname = if woman && matches!(prefix, "+420" | "+421") { feminine(own) } else { own.to_owned() };
        let plain = |text: &str| super::fold(text).replace('\'', "");
        let digits = if draw.of_hundred(40) { draw.below(100).to_string() } else { String::new() };
        let host = draw.one(&["example.com", "post.example", "mail.example", "firma.example"]);
        let email = format!("{}.{}{digits}@{host}", plain(&given), plain(&surname));
        let mobile = draw.number(mobile);
        humans.push(Human { given, surname, shared: shared.clone(), mobile, email, listed: None });
    }
}

fn feminine(surname: &str) -> String {
    match surname.strip_suffix('ý') {
        Some(stem) => format!("{stem}á"),
        None if surname.ends_with('í') => surname.to_owned(),
        None => format!("{}ová", surname.trim_end_matches('a')),
    }
}

/// As somebody once wrote it down.
fn entry(draw: &mut Draw, human: &Human) -> Person {
    let title = if draw.of_hundred(8) { "Ing. " } else { "" };
    let name = match draw.below(10) {
        0..=6 => format!("{title}{} {}", human.given, human.surname),
        7 => format!("{} {}", human.surname, human.given),
        8 => super::fold(&format!("{} {}", human.given, human.surname)),
        _ => format!("{} {}", human.given, draw.mistyped(&human.surname)),
    };
    let mut phones = vec![];
    if draw.of_hundred(80) {
        phones.push(human.mobile.clone());
    }
    if phones.is_empty() || draw.of_hundred(35) {
        phones.push(human.shared.clone());
    }
    // An old number, which somebody else may have by now.
    if draw.of_hundred(10) {
        let (prefix, _) = human.mobile.split_at(human.mobile.len() - 6);
        phones.push(draw.number(prefix));
    }
    let emails = if draw.of_hundred(60) { vec![human.email.clone()] } else { vec![] };
    Person { name, phones, emails, ..Person::default() }
}

/// As the client shows in a session.
fn call(draw: &mut Draw, human: &Human) -> Client {
    let phone = match draw.below(20) {
        0..=11 => human.mobile.clone(),
        12..=16 => human.shared.clone(),
        17 => String::new(),
        _ => {
            let (prefix, _) = human.mobile.split_at(human.mobile.len() - 6);
            draw.number(prefix)
        }
    };
    let name = match draw.below(10) {
        0..=3 => String::new(),
        4..=5 => format!("{} {}", human.given, human.surname),
        6 => format!("{} {}", human.surname, human.given),
        7 => {
            let initial: String = human.given.chars().take(1).collect();
            format!("{initial}. {}", human.surname)
        }
        8 => format!("{} {}", human.given, draw.mistyped(&super::fold(&human.surname))),
        _ => human.surname.clone(),
    };
    let email = match draw.below(10) {
        0..=6 => String::new(),
        7..=8 => human.email.clone(),
        _ => human.email.replace("example", "other"),
    };
    Client { name, phone, email, identifiers: vec![] }
}
