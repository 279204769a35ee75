//! What kind of number a number is, as far as the bill and fraud are concerned.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use phonenumber::Type;
use phonenumber::metadata::DATABASE;
use serde::{Deserialize, Serialize};

/// The class of a number outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Nearby, where that costs less: only what a table of prefixes says.
    Local,
    /// In the caller's country, and no mobile phone.
    National,
    /// A mobile phone in the caller's country, as far as its number shows that.
    Mobile,
    /// In another country.
    International,
    /// What its owner earns by: premium rate numbers of all countries, personal numbers, satellites.
    Premium,
}

impl Class {
    /// All of them.
    pub const ALL: [Class; 5] =
        [Class::Local, Class::National, Class::Mobile, Class::International, Class::Premium];

    /// Its name in settings.
    pub fn as_str(self) -> &'static str {
        match self {
            Class::Local => "local",
            Class::National => "national",
            Class::Mobile => "mobile",
            Class::International => "international",
            Class::Premium => "premium",
        }
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Class {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        Class::ALL.into_iter().find(|class| class.as_str() == text).ok_or_else(|| {
            format!("`{text}` is no class of numbers; use local, national, mobile, international or premium")
        })
    }
}

/// Classes that may be called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Classes(BTreeSet<Class>);

impl Classes {
    /// What people and dialplans may call unless more is said: numbers of their own country, but for those that cost
    /// more. Fraud goes for the others.
    pub fn usual() -> Self {
        [Class::Local, Class::National, Class::Mobile].into_iter().collect()
    }

    /// What a trunk carries unless more is said: everything but what its owner earns by.
    pub fn of_trunks() -> Self {
        Class::ALL.into_iter().filter(|class| *class != Class::Premium).collect()
    }

    /// Whether this class is among them.
    pub fn holds(&self, class: Class) -> bool {
        self.0.contains(&class)
    }

    /// One after the other.
    pub fn iter(&self) -> impl Iterator<Item = Class> {
        self.0.iter().copied()
    }
}

impl FromIterator<Class> for Classes {
    fn from_iter<T: IntoIterator<Item = Class>>(classes: T) -> Self {
        Self(classes.into_iter().collect())
    }
}

/// Names with commas between them; `usual` for the usual ones, `none`, or `all`.
impl FromStr for Classes {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "usual" => Ok(Self::usual()),
            "none" | "" => Ok(Self(BTreeSet::new())),
            "all" => Ok(Class::ALL.into_iter().collect()),
            list => list.split(',').map(|name| name.trim().parse()).collect(),
        }
    }
}

/// Which prefixes an administrator put into which class. The longest prefix tells; where none does, what is known of
/// all countries.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prefixes(BTreeMap<String, Class>);

impl FromIterator<(String, Class)> for Prefixes {
    fn from_iter<T: IntoIterator<Item = (String, Class)>>(rows: T) -> Self {
        Self(rows.into_iter().collect())
    }
}

impl Prefixes {
    /// The class of a number in E.164 with its plus, for somebody in this country (ISO 3166-1); without a country
    /// every number is in another one.
    pub fn class(&self, number: &str, country: Option<&str>) -> Class {
        let mut beginnings = (1..=number.len()).rev().filter_map(|length| number.get(..length));
        let of_table = beginnings.find_map(|prefix| self.0.get(prefix).copied());
        of_table.unwrap_or_else(|| known(number, country))
    }
}

/// Codes of no country whose calls cost as much as their owners like: satellites and networks of no place
/// (ITU-T E.164, list of assigned codes).
const DEAR: [&str; 6] = ["+870", "+878", "+881", "+882", "+883", "+979"];

fn known(number: &str, country: Option<&str>) -> Class {
    if DEAR.iter().any(|code| number.starts_with(code)) {
        return Class::Premium;
    }
    let Ok(parsed) = phonenumber::parse(None, number) else { return Class::International };
    let kind = parsed.number_type(&DATABASE);
    if matches!(kind, Type::PremiumRate | Type::PersonalNumber) {
        return Class::Premium;
    }
    let home = country.and_then(super::id);
    // Several countries share +1, and a call to some of them costs a lot.
    let is_home = match parsed.country().id() {
        Some(id) => home == Some(id),
        None => {
            let of_home = home.and_then(|home| DATABASE.by_id(home.as_ref()));
            of_home.is_some_and(|home| home.country_code() == parsed.code().value())
        }
    };
    match kind {
        _ if !is_home => Class::International,
        Type::Mobile => Class::Mobile,
        _ => Class::National,
    }
}

/// The country of a number in E.164 (ISO 3166-1), if it shows.
pub fn country_of(number: &str) -> Option<String> {
    let id = phonenumber::parse(None, number).ok()?.country().id()?;
    Some(id.as_ref().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn class(number: &str, country: &str) -> Class {
        Prefixes::default().class(number, Some(country))
    }

    #[test]
    fn what_is_known_of_all_countries_tells_the_class() {
        assert_eq!(class("+420200000100", "CZ"), Class::National);
        assert_eq!(class("+420777123456", "CZ"), Class::Mobile);
        assert_eq!(class("+420777123456", "DE"), Class::International);
        assert_eq!(class("+420900123456", "CZ"), Class::Premium);
        assert_eq!(class("+493090182000", "DE"), Class::National);
        assert_eq!(class("+4915112345678", "DE"), Class::Mobile);
        assert_eq!(class("+12025550100", "US"), Class::National);
    }

    /// What fraud goes for, beside plain international calls.
    #[test]
    fn premium_numbers_of_other_countries_and_satellites_are_premium() {
        for number in ["+19005551234", "+449098790123", "+447012345678", "+881612345678", "+882161234567"] {
            assert_eq!(class(number, "CZ"), Class::Premium, "{number}");
        }
    }

    /// The Caribbean looks like the United States (the "809 scam").
    #[test]
    fn another_country_under_the_same_code_is_international() {
        for number in ["+18095551234", "+18765551234", "+14165551234"] {
            assert_eq!(class(number, "US"), Class::International, "{number}");
        }
    }

    #[test]
    fn without_a_country_everything_is_international() {
        assert_eq!(Prefixes::default().class("+420777123456", None), Class::International);
        assert_eq!(Prefixes::default().class("+420900123456", None), Class::Premium);
    }

    #[test]
    fn the_longest_prefix_of_an_administrator_wins() {
        let rows = [("+4202", Class::Local), ("+42", Class::Premium), ("+420900", Class::National)];
        let table: Prefixes = rows.into_iter().map(|(prefix, class)| (prefix.to_owned(), class)).collect();
        assert_eq!(table.class("+420200000100", Some("CZ")), Class::Local);
        assert_eq!(table.class("+421900000000", Some("CZ")), Class::Premium);
        assert_eq!(table.class("+420900123456", Some("CZ")), Class::National);
        assert_eq!(table.class("+493090182000", Some("CZ")), Class::International);
    }

    #[test]
    fn classes_are_read_as_people_write_them() {
        assert_eq!("usual".parse(), Ok(Classes::usual()));
        assert_eq!("local, national,mobile".parse(), Ok(Classes::usual()));
        let all: Classes = "all".parse().unwrap();
        assert!(all.holds(Class::Premium) && !Classes::of_trunks().holds(Class::Premium));
        assert_eq!("none".parse::<Classes>().unwrap().iter().count(), 0);
        assert!("mobile,space".parse::<Classes>().unwrap_err().contains("`space`"));
    }

    #[test]
    fn a_number_tells_its_country() {
        assert_eq!(country_of("+420200000100").as_deref(), Some("CZ"));
        assert_eq!(country_of("+18095551234").as_deref(), Some("DO"));
        assert_eq!(country_of("x"), None);
    }
}
