//! `hovor tenant`.

use clap::Args;
use serde_json::Value;

use super::noun::{Body, Noun, body, settable};
use crate::e164::Classes;
use crate::store::{Capacity, NewTenant, Services, TenantChange};

/// Tenants as commands know them.
pub const NOUN: Noun = Noun {
    one: "tenant",
    many: "tenants",
    name: "name",
    columns: &[
        ("NAME", "name"),
        ("DISPLAY", "display"),
        ("LANGUAGE", "language"),
        ("TIMEZONE", "timezone"),
        ("OFF", "switched_off"),
    ],
};

/// Options of `hovor tenant add`.
#[derive(Args, Clone, Debug)]
pub struct Add {
    /// Its name in dialplans and commands: `harbour`
    name: String,
    /// Its name for people: `Harbour`
    #[arg(long)]
    display: Option<String>,
    /// The language of its callers [default: en]
    #[arg(long)]
    language: Option<String>,
    /// The time zone of its opening hours, such as Europe/Prague [default: UTC]
    #[arg(long)]
    timezone: Option<String>,
    /// The country whose national numbers are dialled: CZ [default: numbers outside begin with + or 00]
    #[arg(long)]
    country: Option<String>,
    /// Number that calls help; may be given several times [default: those of its country]
    #[arg(long, value_name = "NUMBER")]
    emergency: Vec<String>,
    /// Shown to those whom it calls: a number, or withheld [default: its first number]
    #[arg(long, value_name = "NUMBER")]
    caller_number: Option<String>,
    /// Classes of numbers outside that its dialplans may call, with commas between them: local, national, mobile, international,
    /// premium; all, or none [default: local,national,mobile]
    #[arg(long, value_name = "CLASSES")]
    calls: Option<Classes>,
    /// Calls outside at once [default: 20]
    #[arg(long, value_name = "COUNT")]
    max_calls: Option<u32>,
    /// What its sessions do without, with commas between them: handset, queue, hold, mute, conference, forwarding,
    /// recording, channel_switches; or none [default: none]
    #[arg(long, value_name = "SERVICES")]
    off: Option<Services>,
    /// Whether clients on hold hear music: true or false [default: true]
    #[arg(long, value_name = "BOOL")]
    hold_music: Option<bool>,
    /// Why its operators may be away; may be given several times [default: the usual reasons, and any other word]
    #[arg(long, value_name = "REASON")]
    away_reason: Vec<String>,
    /// What a call may have led to; may be given several times [default: none]
    #[arg(long, value_name = "RESULT")]
    call_result: Vec<String>,
    /// What operators are asked to take down of each session; may be given several times [default: nothing]
    #[arg(long, value_name = "NAME")]
    parameter: Vec<String>,
}

impl Body for Add {
    fn body(self) -> Result<Value, String> {
        let emergency = (!self.emergency.is_empty()).then_some(self.emergency);
        body(NewTenant {
            name: self.name,
            display: self.display,
            language: self.language,
            timezone: self.timezone,
            country: self.country,
            emergency,
            caller_number: self.caller_number,
            calls: self.calls,
            max_calls: self.max_calls,
            switched_off: self.off,
            hold_music: self.hold_music,
            capacity: None,
            away_reasons: (!self.away_reason.is_empty()).then_some(self.away_reason),
            call_results: self.call_result,
            parameters: self.parameter,
        })
    }
}

/// Options of `hovor tenant set`.
#[derive(Args, Clone, Debug)]
pub struct Set {
    /// A new name
    #[arg(long)]
    name: Option<String>,
    /// A new name for people
    #[arg(long)]
    display: Option<String>,
    /// Another language
    #[arg(long)]
    language: Option<String>,
    /// Another time zone
    #[arg(long)]
    timezone: Option<String>,
    /// The country whose national numbers are dialled: CZ
    #[arg(long, conflicts_with = "no_country")]
    country: Option<String>,
    /// Numbers outside begin with + or 00
    #[arg(long)]
    no_country: bool,
    /// All emergency numbers anew; may be given several times
    #[arg(long, value_name = "NUMBER", conflicts_with = "usual_emergency")]
    emergency: Vec<String>,
    /// The emergency numbers of its country
    #[arg(long)]
    usual_emergency: bool,
    /// Shown to those whom it calls: a number, or withheld
    #[arg(long, value_name = "NUMBER", conflicts_with = "no_caller_number")]
    caller_number: Option<String>,
    /// Its first number is shown
    #[arg(long)]
    no_caller_number: bool,
    /// All classes of numbers outside that its dialplans may call anew, with commas between them
    #[arg(long, value_name = "CLASSES", conflicts_with = "usual_calls")]
    calls: Option<Classes>,
    /// Calls outside at once
    #[arg(long, value_name = "COUNT", conflicts_with = "usual_calls")]
    max_calls: Option<u32>,
    /// The usual classes, and as many calls at once as is usual
    #[arg(long)]
    usual_calls: bool,
    /// All that its sessions do without anew, with commas between them: handset, queue, hold, mute, conference,
    /// forwarding, recording; or none
    #[arg(long, value_name = "SERVICES")]
    off: Option<Services>,
    /// Whether clients on hold hear music: true or false
    #[arg(long, value_name = "BOOL")]
    hold_music: Option<bool>,
    /// How many sessions of a line an operator may have beside one of another line, or of the same, all of it anew:
    /// `webchat:webchat=3`, `webchat:phone=1`; may be given several times
    #[arg(long, value_name = "LINE:BESIDE=COUNT", conflicts_with = "usual_capacity")]
    capacity: Vec<Room>,
    /// As many as the lines have it: four chats, and a call alone
    #[arg(long)]
    usual_capacity: bool,
    /// All reasons of its operators to be away anew; may be given several times
    #[arg(long, value_name = "REASON", conflicts_with = "usual_away_reasons")]
    away_reason: Vec<String>,
    /// The usual reasons to be away, and any other word
    #[arg(long)]
    usual_away_reasons: bool,
    /// All results of calls anew; may be given several times
    #[arg(long, value_name = "RESULT", conflicts_with = "no_call_results")]
    call_result: Vec<String>,
    /// Operators choose no result of a call
    #[arg(long)]
    no_call_results: bool,
    /// All that operators are asked to take down of each session anew; may be given several times
    #[arg(long, value_name = "NAME", conflicts_with = "no_parameters")]
    parameter: Vec<String>,
    /// Operators are asked for nothing
    #[arg(long)]
    no_parameters: bool,
}

impl Body for Set {
    fn body(self) -> Result<Value, String> {
        let emergency = (!self.emergency.is_empty()).then_some(self.emergency);
        let away_reasons = (!self.away_reason.is_empty()).then_some(self.away_reason);
        body(TenantChange {
            name: self.name,
            display: self.display,
            language: self.language,
            timezone: self.timezone,
            country: settable(self.country, self.no_country),
            emergency: settable(emergency, self.usual_emergency),
            caller_number: settable(self.caller_number, self.no_caller_number),
            calls: settable(self.calls, self.usual_calls),
            max_calls: settable(self.max_calls, self.usual_calls),
            switched_off: self.off,
            hold_music: self.hold_music,
            capacity: (self.usual_capacity || !self.capacity.is_empty()).then(|| matrix(self.capacity)),
            away_reasons: settable(away_reasons, self.usual_away_reasons),
            call_results: anew(self.call_result, self.no_call_results),
            parameters: anew(self.parameter, self.no_parameters),
        })
    }
}

/// A list in place of the one before, if it is to change.
fn anew(list: Vec<String>, none: bool) -> Option<Vec<String>> {
    (none || !list.is_empty()).then_some(list)
}

/// So many sessions of the first line beside one of the second.
#[derive(Clone, Debug)]
struct Room((String, String, u32));

impl std::str::FromStr for Room {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let read = || {
            let (lines, count) = text.split_once('=')?;
            let (wanted, there) = lines.split_once(':')?;
            Some((wanted.trim().to_owned(), there.trim().to_owned(), count.trim().parse().ok()?))
        };
        read().map(Room).ok_or_else(|| "write `webchat:phone=1`: one chat beside a call".to_owned())
    }
}

fn matrix(rooms: Vec<Room>) -> Capacity {
    let mut matrix = Capacity::new();
    for Room((wanted, there, count)) in rooms {
        matrix.entry(wanted).or_default().insert(there, count);
    }
    matrix
}
