//! What operators ask for by dialling a code: `*21*202#` for one. The codes for forwarding are those of every mobile
//! phone (3GPP TS 22.030).

use serde::{Deserialize, Serialize};

use super::diversion::Rule;

/// The number to which calls are handed that are to be parked; the slots follow it.
pub const PARK: &str = "700";
/// The code that parks the client who waits on hold meanwhile.
const PARK_HELD: &str = "*68";
/// The places where parked clients wait.
pub const SLOTS: std::ops::RangeInclusive<u16> = 701..=709;
/// The code before the extension of a colleague whose phone rings, to answer there.
const PICK_UP: [&str; 2] = ["*8", "**"];
const DISTURB: [(&str, bool); 2] = [("*78", true), ("*79", false)];
const FORWARD: [(&str, Rule); 3] = [("21", Rule::Always), ("67", Rule::Busy), ("61", Rule::NoAnswer)];
/// The code that takes all forwarding back.
const FORWARD_NOTHING: &str = "002";
/// The longest target of a rule; the switch says whether it can be dialled.
const LONGEST: usize = 32;

/// What an operator asks for by a code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Feature {
    /// Calls are forwarded by this rule, or no more.
    Forward {
        /// Which rule.
        rule: Rule,
        /// To whom; to nobody any more if it is missing.
        to: Option<String>,
        /// Seconds that the phone rings before, if they are said.
        after_s: Option<u32>,
    },
    /// No rule forwards any more.
    ForwardNothing,
    /// No calls are wanted for now, or again.
    DoNotDisturb(bool),
    /// The client is to wait in a slot.
    Park,
    /// The client who waits in this slot.
    Slot(u16),
    /// The call that rings at the colleague with this extension.
    PickUp(String),
}

/// The feature that this code stands for.
pub fn read(dialled: &str) -> Option<Feature> {
    if [PARK, PARK_HELD].contains(&dialled) {
        return Some(Feature::Park);
    }
    if let Some((_, on)) = DISTURB.iter().find(|(code, _)| *code == dialled) {
        return Some(Feature::DoNotDisturb(*on));
    }
    if let Some(slot) = dialled.parse().ok().filter(|slot| SLOTS.contains(slot) && dialled.len() == 3) {
        return Some(Feature::Slot(slot));
    }
    let picked = PICK_UP.iter().find_map(|code| dialled.strip_prefix(code));
    if let Some(extension) = picked.filter(|rest| (2..=8).contains(&rest.len()) && is_digits(rest)) {
        return Some(Feature::PickUp(extension.to_owned()));
    }
    forwarding(dialled)
}

/// `*21*NUMBER#`, `*61*NUMBER**SECONDS#` and `#21#`; the last `#` may be left out, and the first key may come twice.
fn forwarding(dialled: &str) -> Option<Feature> {
    let first = dialled.chars().next().filter(|key| ['*', '#'].contains(key))?;
    let rest = dialled.strip_prefix(first)?;
    let rest = rest.strip_prefix(first).unwrap_or(rest);
    let rest = rest.strip_suffix('#').unwrap_or(rest);
    if first == '#' {
        let rule = FORWARD.iter().find(|(code, _)| *code == rest).map(|(_, rule)| *rule);
        let off = rule.map(|rule| Feature::Forward { rule, to: None, after_s: None });
        return off.or_else(|| (rest == FORWARD_NOTHING).then_some(Feature::ForwardNothing));
    }
    let (code, rest) = rest.split_once('*')?;
    let rule = FORWARD.iter().find(|(known, _)| *known == code).map(|(_, rule)| *rule)?;
    let (to, seconds) = match rest.split_once('*') {
        Some((to, seconds)) if rule == Rule::NoAnswer => (to, Some(seconds.trim_start_matches('*'))),
        Some(_) => return None,
        None => (rest, None),
    };
    let after_s = seconds.map(str::parse::<u32>).transpose().ok()?;
    let fits = (1..=LONGEST).contains(&to.len()) && is_digits(to.strip_prefix('+').unwrap_or(to));
    fits.then(|| Feature::Forward { rule, to: Some(to.to_owned()), after_s })
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|key| key.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forward(rule: Rule, to: &str, after_s: Option<u32>) -> Option<Feature> {
        Some(Feature::Forward { rule, to: Some(to.to_owned()), after_s })
    }

    #[test]
    fn codes_are_those_of_mobile_phones() {
        assert_eq!(read("*21*202#"), forward(Rule::Always, "202", None));
        assert_eq!(read("**21*+420777000111#"), forward(Rule::Always, "+420777000111", None));
        assert_eq!(read("*67*202"), forward(Rule::Busy, "202", None));
        assert_eq!(read("*61*202#"), forward(Rule::NoAnswer, "202", None));
        assert_eq!(read("*61*202*10#"), forward(Rule::NoAnswer, "202", Some(10)));
        assert_eq!(read("**61*202**10#"), forward(Rule::NoAnswer, "202", Some(10)));
        let off = |rule| Some(Feature::Forward { rule, to: None, after_s: None });
        assert_eq!((read("#21#"), read("##67#")), (off(Rule::Always), off(Rule::Busy)));
        assert_eq!(read("##002#"), Some(Feature::ForwardNothing));
        assert_eq!(
            (read("*78"), read("*79")),
            (Some(Feature::DoNotDisturb(true)), Some(Feature::DoNotDisturb(false)))
        );
    }

    #[test]
    fn parking_and_picking_up_have_numbers_of_their_own() {
        assert_eq!((read("700"), read("*68")), (Some(Feature::Park), Some(Feature::Park)));
        assert_eq!((read("701"), read("709")), (Some(Feature::Slot(701)), Some(Feature::Slot(709))));
        assert_eq!((read("710"), read("0701")), (None, None));
        for code in ["*8201", "**201"] {
            assert_eq!(read(code), Some(Feature::PickUp("201".into())), "{code}");
        }
    }

    #[test]
    fn what_is_no_code_is_dialled() {
        for other in [
            "",
            "*",
            "#",
            "201",
            "*97",
            "*21*",
            "*21*#",
            "*21*2*0#",
            "*67*202*10#",
            "*8",
            "**1",
            "*61*2*x#",
            "#22#",
            "#31#112",
            "é",
        ] {
            assert_eq!(read(other), None, "{other}");
        }
        let endless = format!("*21*{}#", "1".repeat(33));
        assert_eq!(read(&endless), None);
    }
}
