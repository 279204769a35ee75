//! By what contacts are found among very many: values that a client and a contact have in common if they may be the same.

use super::Client;
use super::name::{fold, words};

/// A kind of key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A telephone number in E.164 form.
    Phone,
    /// The same without its country.
    National,
    /// The same from its end, for those who remember the last digits.
    Reversed,
    /// An e-mail address in small letters.
    Email,
    /// What stands before its `@`, without dots and digits.
    Local,
    /// What stands behind it.
    Domain,
    /// All words of a name, in the order of the alphabet.
    Name,
    /// One word of a name, and how another one begins.
    Pair,
    /// A word of a name, an organisation or an identifier.
    Word,
    /// The value of an identifier.
    Identifier,
}

impl Kind {
    /// One word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::National => "national",
            Self::Reversed => "reversed",
            Self::Email => "email",
            Self::Local => "local",
            Self::Domain => "domain",
            Self::Name => "name",
            Self::Pair => "pair",
            Self::Word => "word",
            Self::Identifier => "identifier",
        }
    }
}

/// A key.
pub type Key = (Kind, String);

/// The longest value of a key, in characters.
const VALUE_MAX: usize = 100;
/// Words of a name that make pairs.
const PAIRED: usize = 4;
/// By so many letters the other word of a pair begins.
const BEGINNING: usize = 2;
/// The shortest part before an `@` that tells people apart.
const LOCAL_MIN: usize = 5;
/// Addresses of whole departments.
const OF_MANY: &[&str] = &[
    "info",
    "office",
    "sales",
    "kontakt",
    "contact",
    "obchod",
    "podpora",
    "support",
    "admin",
    "service",
    "mail",
    "fakturace",
    "invoice",
    "faktury",
    "recepce",
    "reception",
    "kancelar",
    "sekretariat",
    "buero",
    "vertrieb",
    "hello",
    "objednavky",
    "orders",
    "marketing",
    "noreply",
    "servis",
    "ucetni",
    "uctarna",
    "accounting",
    "rechnung",
];

/// A number without its country: the digits that are dialled inside it.
pub fn national(number: &str) -> Option<String> {
    crate::e164::inside(number)
}

/// What stands before the `@` of an address, as far as it tells people apart.
pub fn local(address: &str) -> Option<String> {
    let (local, _) = address.split_once('@')?;
    let local = local.split('+').next().unwrap_or(local);
    let plain: String = fold(local).chars().filter(char::is_ascii_alphabetic).collect();
    (plain.len() >= LOCAL_MIN && !OF_MANY.contains(&&plain[..])).then_some(plain)
}

/// The keys of a telephone number.
pub fn of_phone(number: &str) -> Vec<Key> {
    let reversed = number.chars().rev().filter(char::is_ascii_digit).collect();
    let inside = national(number).map(|inside| (Kind::National, inside));
    [(Kind::Phone, number.to_owned()), (Kind::Reversed, reversed)].into_iter().chain(inside).collect()
}

/// The keys of an e-mail address.
pub fn of_email(address: &str) -> Vec<Key> {
    let small = address.to_lowercase();
    let local = local(&small).map(|local| (Kind::Local, local));
    let domain = small.split_once('@').map(|(_, domain)| (Kind::Domain, cut(domain)));
    std::iter::once((Kind::Email, cut(&small))).chain(local).chain(domain).collect()
}

/// The keys of a name.
pub fn of_name(name: &str) -> Vec<Key> {
    let words = words(name);
    let mut keys: Vec<Key> = words.iter().map(|word| (Kind::Word, cut(word))).collect();
    if words.len() > 1 {
        keys.push((Kind::Name, whole(&words)));
        keys.extend(pairs(&words).map(|pair| (Kind::Pair, pair)));
    }
    keys
}

/// The keys of an identifier.
pub fn of_identifier(value: &str) -> Vec<Key> {
    let words = words_of(value).into_iter().map(|word| (Kind::Word, word));
    std::iter::once((Kind::Identifier, cut(&fold(value)))).chain(words).collect()
}

/// The words of any text.
pub fn words_of(text: &str) -> Vec<String> {
    let folded = fold(text);
    let words = folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(cut).collect()
}

/// By what to look for those who may be this client: values that are the same, and beginnings of pairs.
pub fn sought(client: &Client) -> (Vec<Key>, Vec<String>) {
    let mut exact = vec![];
    if !client.phone.is_empty() {
        exact.extend(of_phone(&client.phone).into_iter().filter(|(kind, _)| *kind != Kind::Reversed));
    }
    let email = of_email(&client.email).into_iter().filter(|(kind, _)| *kind != Kind::Domain);
    exact.extend(email.filter(|(_, value)| !value.is_empty()));
    let values = client.identifiers.iter().map(|(_, value)| cut(&fold(value)));
    exact.extend(values.filter(|value| !value.is_empty()).map(|value| (Kind::Identifier, value)));
    let words = words(&client.name);
    if words.len() < 2 {
        return (exact, vec![]);
    }
    exact.push((Kind::Name, whole(&words)));
    let initials = |word: &str| word.chars().count() == 1;
    let pairs = pairs(&words).filter(|pair| !initials(pair.split(' ').next().unwrap_or_default()));
    (exact, pairs.collect())
}

fn whole(words: &[String]) -> String {
    let mut sorted: Vec<&str> = words.iter().map(String::as_str).collect();
    sorted.sort_unstable();
    cut(&sorted.join(" "))
}

/// Each word with the beginning of each other one.
fn pairs(words: &[String]) -> impl Iterator<Item = String> {
    let words = &words[..words.len().min(PAIRED)];
    let others = move |at: usize| words.iter().enumerate().filter(move |(other, _)| *other != at);
    let pair = |word: &String, other: &String| {
        let beginning: String = other.chars().take(BEGINNING).collect();
        cut(&format!("{word} {beginning}"))
    };
    words.iter().enumerate().flat_map(move |(at, word)| others(at).map(move |(_, other)| pair(word, other)))
}

fn cut(text: &str) -> String {
    text.chars().take(VALUE_MAX).collect()
}
