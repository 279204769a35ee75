//! What a browser says of itself, in the words that people use.

use serde::{Deserialize, Serialize};

/// Characters of each thing that is remembered.
const LONGEST: usize = 200;

/// Who stands at a door.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visitor {
    /// The address that it comes from: it is counted how much comes from each.
    pub address: String,
    /// The browser's name, if it is known.
    pub browser: Option<String>,
    /// The operating system's.
    pub system: Option<String>,
}

impl Visitor {
    /// From the header `User-Agent` (RFC 9110 section 10.1.5), which anybody may write as they like.
    pub fn new(address: String, agent: &str) -> Self {
        let first = |names: &[(&str, &str)]| {
            let found = names.iter().find(|(mark, _)| agent.contains(mark));
            found.map(|(_, name)| (*name).to_owned())
        };
        Self { address, browser: first(BROWSERS), system: first(SYSTEMS) }
    }
}

/// What marks a browser. Each says the names of older ones too, so the order matters.
const BROWSERS: &[(&str, &str)] = &[
    ("Edg/", "Edge"),
    ("EdgA/", "Edge"),
    ("EdgiOS/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Vivaldi/", "Vivaldi"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];

/// What marks a system.
const SYSTEMS: &[(&str, &str)] = &[
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iOS"),
    ("iPad", "iPadOS"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
];

/// What somebody wrote into a field, as it is remembered: without spaces at its ends, on one line, and not too long.
/// Nothing is left of what is empty.
pub fn tidy(text: &str) -> Option<String> {
    let visible = |c: char| if c.is_control() { ' ' } else { c };
    let text: String = text.trim().chars().map(visible).take(LONGEST).collect();
    let text = text.trim_end();
    (!text.is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(agent: &str) -> (String, String) {
        let Visitor { browser, system, .. } = Visitor::new("192.0.2.1".into(), agent);
        (browser.unwrap_or_default(), system.unwrap_or_default())
    }

    #[test]
    fn browsers_are_known_by_what_they_say_of_themselves() {
        for (agent, browser, system) in [
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0",
                "Edge",
                "Windows",
            ),
            ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox", "Linux"),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1",
                "Safari",
                "iOS",
            ),
            (
                "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36",
                "Chrome",
                "Android",
            ),
            ("curl/8.0", "", ""),
        ] {
            assert_eq!(known(agent), (browser.to_owned(), system.to_owned()), "{agent}");
        }
    }

    #[test]
    fn fields_are_kept_on_one_line_and_short() {
        assert_eq!(tidy("  Eva\nNová "), Some("Eva Nová".to_owned()));
        assert_eq!(tidy("Eva\u{0}"), Some("Eva".to_owned()));
        assert_eq!(tidy(" \t"), None);
        assert_eq!(tidy(&"x".repeat(1_000)).map(|text| text.len()), Some(LONGEST));
    }
}
