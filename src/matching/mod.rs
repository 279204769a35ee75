//! How likely it is that a client is one of the contacts that are known, and by what.
//!
//! Each thing that agrees or contradicts adds to the logarithm of the odds. The contacts that come into question compete:
//! the client is one of them, or none, so contacts who share a telephone share the certainty too. The weights are held by
//! a corpus in the tests, of which the shares of right answers are counted by band.

mod email;
pub mod keys;
mod name;
mod phone;

#[cfg(test)]
mod corpus;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

pub use name::{fold, words};

/// What is known of a client. Empty texts are not known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Client {
    /// Name, in any order of its parts.
    pub name: String,
    /// Telephone number in E.164 form.
    pub phone: String,
    /// E-mail address.
    pub email: String,
    /// What else tells somebody from others: name of it, and value.
    pub identifiers: Vec<(String, String)>,
}

/// A contact that comes into question.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person {
    /// Name.
    pub name: String,
    /// Where the person works.
    pub organisation: String,
    /// Telephone numbers in E.164 form.
    pub phones: Vec<String>,
    /// E-mail addresses.
    pub emails: Vec<String>,
    /// What else tells the person from others: name of it, and value.
    pub identifiers: Vec<(String, String)>,
}

/// On what a percentage rests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// The same number.
    Phone,
    /// The same number inside of another country.
    PhoneNational,
    /// The same address.
    Email,
    /// An address that differs by little, or by what follows its `@`.
    EmailSimilar,
    /// The same name.
    Name,
    /// A name that differs by a typing error, an initial or a part that is missing.
    NameSimilar,
    /// The same value of an identifier.
    Identifier,
}

/// Something that agrees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// What.
    pub what: What,
    /// As it is known of the client.
    pub ours: String,
    /// As it stands with the contact.
    pub theirs: String,
}

/// How one contact fares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// 0 to 99: how many in a hundred such are the client.
    pub percent: u8,
    /// What agrees, the strongest first.
    pub reasons: Vec<Reason>,
}

/// Something compared: by how much it moves the odds, and whether it agrees.
pub(crate) struct Evidence {
    weight: f64,
    reason: Option<Reason>,
}

impl Evidence {
    /// Nothing is known of it on one of the two sides.
    const NONE: Self = Self { weight: 0.0, reason: None };

    fn against(weight: f64) -> Self {
        Self { weight, reason: None }
    }

    fn for_it(weight: f64, what: What, ours: &str, theirs: &str) -> Self {
        Self { weight, reason: Some(Reason { what, ours: ours.to_owned(), theirs: theirs.to_owned() }) }
    }
}

/// The odds of somebody of whom nothing agrees and nothing contradicts.
const NOBODY: f64 = -4.0;
/// More than this is never certain: people lend their telephones.
const CERTAIN: u8 = 99;
/// The same identifier by the same name, and by another one.
const IDENTIFIER: f64 = 7.5;
const IDENTIFIER_ALONE: f64 = 3.5;
/// By so much what an address tells of a name counts less than the name.
const NAME_IN_EMAIL: f64 = 0.6;
/// An identifier without name has so many characters at least.
const IDENTIFIER_MIN: usize = 4;

/// How each of these contacts fares, in their order. All who come into question have to be among them, or the others are
/// judged too surely.
pub fn judge(client: &Client, people: &[Person]) -> Vec<Judgement> {
    let heard: Vec<(f64, Vec<Reason>)> = people.iter().map(|person| odds(client, person)).collect();
    let all: f64 = 1.0 + heard.iter().map(|(odds, _)| odds).sum::<f64>();
    heard.into_iter().map(|(odds, reasons)| Judgement { percent: percent(odds / all), reasons }).collect()
}

/// How each of these contacts fares where several may stand for the same person: nobody competes.
pub fn judge_alone(client: &Client, people: &[Person]) -> Vec<Judgement> {
    let alone = |person| {
        let (odds, reasons) = odds(client, person);
        Judgement { percent: percent(odds / (1.0 + odds)), reasons }
    };
    people.iter().map(alone).collect()
}

fn percent(share: f64) -> u8 {
    ((share * 100.0).round() as u8).min(CERTAIN)
}

fn odds(client: &Client, person: &Person) -> (f64, Vec<Reason>) {
    let mut evidence = [
        phone::compare(&client.phone, &person.phones),
        email::compare(&client.email, &person.emails),
        identifiers(&client.identifiers, &person.identifiers),
        name::compare(&client.name, &person.name, &person.organisation),
        name_in_email(client, person),
    ];
    let sum = NOBODY + evidence.iter().map(|one| one.weight).sum::<f64>() - said_twice(&evidence);
    evidence.sort_by(|a, b| b.weight.total_cmp(&a.weight));
    (sum.exp(), evidence.into_iter().filter_map(|one| one.reason).collect())
}

/// An address is made of the name mostly: where both are alike, the weaker of the two says nothing new.
fn said_twice(evidence: &[Evidence]) -> f64 {
    let of = |wanted: &[What]| {
        let found = evidence.iter().find(|one| one.reason.as_ref().is_some_and(|r| wanted.contains(&r.what)));
        found.map_or(0.0, |one| one.weight)
    };
    of(&[What::EmailSimilar]).min(of(&[What::Name, What::NameSimilar]))
}

/// Where no name is known, `petra.novak@` is hardly Jan Novák. That it fits says nothing that the address has not said.
fn name_in_email(client: &Client, person: &Person) -> Evidence {
    let (local, _) = client.email.split_once('@').unwrap_or_default();
    let told: String = local.chars().map(|c| if c.is_alphabetic() { c } else { ' ' }).collect();
    if !name::words(&client.name).is_empty() || name::words(&told).len() < 2 {
        return Evidence::NONE;
    }
    let compared = name::compare(&told, &person.name, &person.organisation);
    Evidence::against(compared.weight.min(0.0) * NAME_IN_EMAIL)
}

/// A contact has an identifier; that a client has another one says nothing, for whoever notes them may call them as they like.
fn identifiers(ours: &[(String, String)], theirs: &[(String, String)]) -> Evidence {
    let mut best = Evidence::NONE;
    for (name, value) in ours {
        for (their_name, their_value) in theirs {
            if fold(value) != fold(their_value) || value.trim().is_empty() {
                continue;
            }
            let long = value.chars().count() >= IDENTIFIER_MIN;
            let weight = match fold(name) == fold(their_name) {
                true => IDENTIFIER,
                false if long => IDENTIFIER_ALONE,
                false => continue,
            };
            if weight > best.weight {
                best = Evidence::for_it(weight, What::Identifier, value, their_value);
            }
        }
    }
    best
}
