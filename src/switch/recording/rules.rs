//! What is recorded: what groups, numbers and dialplans say, and which of them has the say.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::id::GroupId;

/// What the configuration says of recording.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rules {
    /// Of the groups that say something.
    pub groups: BTreeMap<GroupId, Rule>,
    /// Of the numbers that say something, as they are dialled; a block of numbers ends with `x`.
    pub numbers: BTreeMap<String, Rule>,
}

/// What a group or a number says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// Whether conversations are recorded.
    pub on: bool,
    /// How, if they are.
    pub terms: Terms,
}

/// How something is recorded.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// A mono file for each party, in place of one in stereo.
    pub per_party: bool,
    /// What the client is told of it.
    pub announcement: Option<Announcement>,
    /// After how many days it is removed.
    pub keep_days: Option<u32>,
}

/// What the client is told before it is recorded, or while that begins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Announcement {
    /// A prompt of the tenant's language, or a sound of the media folder if there is a `/` in it.
    pub sound: String,
    /// The recording begins without waiting for its end.
    pub meanwhile: bool,
}

/// Who decided, and what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Decision {
    /// Nobody says anything: what is not recorded stays so, and what is goes on.
    Unsaid,
    /// Not even by hand.
    Never,
    /// It is not recorded, but by hand.
    Off,
    /// It is recorded.
    On(Why),
}

/// Who wants a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// The dialplan.
    Dialplan,
    /// The group that serves the client.
    Group,
    /// The number that was dialled.
    Number,
    /// Somebody, by a command.
    Command,
}

impl Rules {
    /// What a number says that was dialled.
    pub fn of_number(&self, dialled: &str) -> Option<&Rule> {
        let same = |(of_block, digit): (char, char)| of_block == digit || of_block == 'x';
        let holds = |block: &str| {
            block.ends_with('x')
                && block.len() == dialled.len()
                && block.chars().zip(dialled.chars()).all(same)
        };
        let block = || self.numbers.iter().find(|(block, _)| holds(block)).map(|(_, rule)| rule);
        self.numbers.get(dialled).or_else(block)
    }
}

/// What holds where several have a say: nobody records for a tenant that never does; then the dialplan decides, then
/// the group that serves the client, then the number that was dialled. How it is recorded is said by the first of group
/// and number that says anything, whoever decided.
pub fn decide(
    never: bool,
    dialplan: Option<bool>,
    group: Option<&Rule>,
    number: Option<&Rule>,
) -> (Decision, Terms) {
    let said = [
        dialplan.map(|on| (on, Why::Dialplan)),
        group.map(|rule| (rule.on, Why::Group)),
        number.map(|rule| (rule.on, Why::Number)),
    ];
    let decision = match said.into_iter().flatten().next() {
        _ if never => Decision::Never,
        None => Decision::Unsaid,
        Some((false, _)) => Decision::Off,
        Some((true, why)) => Decision::On(why),
    };
    (decision, group.or(number).map(|rule| rule.terms.clone()).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(on: bool, keep_days: u32) -> Rule {
        Rule { on, terms: Terms { keep_days: Some(keep_days), ..Terms::default() } }
    }

    #[test]
    fn the_dialplan_wins_over_the_group_the_group_over_the_number_and_the_tenants_no_over_all() {
        let (on, off) = (rule(true, 1), rule(false, 2));
        let decided = |verb, group, number| decide(false, verb, group, number).0;
        assert_eq!(decided(None, None, None), Decision::Unsaid);
        assert_eq!(decided(None, None, Some(&on)), Decision::On(Why::Number));
        assert_eq!(decided(None, Some(&off), Some(&on)), Decision::Off);
        assert_eq!(decided(None, Some(&on), Some(&off)), Decision::On(Why::Group));
        assert_eq!(decided(Some(true), Some(&off), Some(&off)), Decision::On(Why::Dialplan));
        assert_eq!(decided(Some(false), Some(&on), Some(&on)), Decision::Off);
        assert_eq!(decide(true, Some(true), Some(&on), Some(&on)).0, Decision::Never);
    }

    #[test]
    fn how_it_is_recorded_is_said_by_the_group_or_else_by_the_number() {
        let (one, two) = (rule(false, 1), rule(true, 2));
        assert_eq!(decide(false, Some(true), Some(&one), Some(&two)).1.keep_days, Some(1));
        assert_eq!(decide(false, Some(true), None, Some(&two)).1.keep_days, Some(2));
        assert_eq!(decide(false, Some(true), None, None).1, Terms::default());
    }

    #[test]
    fn a_block_of_numbers_speaks_for_each_of_them_that_does_not_speak_for_itself() {
        let numbers =
            [("+42020000010x".to_owned(), rule(true, 1)), ("+420200000105".to_owned(), rule(false, 2))];
        let rules = Rules { numbers: numbers.into(), ..Rules::default() };
        assert_eq!(rules.of_number("+420200000107").map(|rule| rule.on), Some(true));
        assert_eq!(rules.of_number("+420200000105").map(|rule| rule.on), Some(false));
        assert_eq!(rules.of_number("+4202000001070"), None);
    }
}
