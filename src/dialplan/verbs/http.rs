//! `http = "https://crm.example.com/callers/{caller}"`: asks another program.

use std::collections::BTreeMap;
use std::ops::Range;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use toml::de::DeValue;

use super::super::fields::Fields;
use super::super::json::Path;
use super::super::piece::Piece;
use super::super::plan::Target;
use super::super::span::written;
use super::super::stage::Stage;
use super::super::step::{HttpFailure, HttpMethod, HttpRequest, Input, Step};
use super::super::suggest::choice;
use super::super::template::Template;
use super::super::url::Address;
use super::set::{may_be_set, template};
use super::{Doing, Exit, Next, Verb, When};
use crate::time::Time;

/// The longest that a caller is kept waiting for an answer.
const LONGEST: Duration = Duration::from_secs(30);
/// How long past the driver's own limit the run waits for its word.
const GRACE: Duration = Duration::from_secs(1);
/// What a person calls two of the ways out.
const THEN: &str = "then";
const NO_ANSWER: &str = "no answer";
/// Headers that the request sets itself.
const OWN_HEADERS: &[&str] = &["content-length", "content-type", "host", "transfer-encoding", "connection"];

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Http {
    address: Address,
    method: HttpMethod,
    headers: Vec<(String, Template)>,
    /// The members of the JSON body.
    send: Vec<(String, Template)>,
    timeout: Duration,
    /// Parameters, and where in the answer their values stand.
    keep: Vec<(String, Path)>,
    /// What an answered caller hears meanwhile; silence if empty.
    music: Vec<Piece>,
    /// Ways of single statuses.
    statuses: BTreeMap<u16, Target>,
    then: Target,
    no_answer: Target,
    otherwise: Target,
}

/// The answer that is awaited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Awaiting {
    request: u64,
    pub give_up_at: Time,
    heard: bool,
}

pub fn read(fields: &mut Fields) -> Verb {
    let address = Address::read(fields, "http").unwrap_or_default();
    let send = read_table(fields, "send", "{ number = \"{caller}\" }");
    let method = read_method(fields, !send.is_empty());
    let headers = read_table(fields, "headers", "{ Authorization = \"Bearer …\" }");
    check_headers(fields, &headers);
    let timeout = read_timeout(fields);
    let keep = read_keep(fields);
    let music = fields.sounds("music").unwrap_or_default();
    let statuses = read_statuses(fields);
    let then = fields.target("then", "where does the caller go when the answer has come?");
    let otherwise = fields.target("else", "where does the caller go if no usable answer comes?");
    let no_answer = fields.target_or("no-answer", &otherwise);
    Verb::Http(Http {
        address,
        method,
        headers,
        send,
        timeout,
        keep,
        music,
        statuses,
        then,
        no_answer,
        otherwise,
    })
}

fn read_method(fields: &mut Fields, has_body: bool) -> HttpMethod {
    let natural = if has_body { HttpMethod::Post } else { HttpMethod::Get };
    let Some((word, span)) = fields.text("method", "\"GET\" or \"POST\"", "\"POST\"") else { return natural };
    match word.as_str() {
        "GET" if has_body => {
            let help = "leave out `method`, or write `method = \"POST\"`";
            fields.scope.error(span, "a GET sends nothing", "has `send`", help);
            HttpMethod::Post
        }
        "GET" => HttpMethod::Get,
        "POST" => HttpMethod::Post,
        _ => {
            let help = choice(&word, ["GET", "POST"].into_iter());
            fields.scope.error(span, format!("there is no method `{word}`"), "unknown method", help);
            natural
        }
    }
}

/// Names with texts that may hold places.
pub(super) fn read_table(fields: &mut Fields, key: &'static str, example: &str) -> Vec<(String, Template)> {
    let Some(value) = fields.value(key) else { return Vec::new() };
    let DeValue::Table(table) = value.get_ref() else {
        fields.scope.wrong_type(key, value, "a table", example);
        return Vec::new();
    };
    let entries = table.iter().map(|(name, value)| {
        let template = template(fields, name.get_ref(), value);
        template.map(|template| (name.get_ref().to_string(), template))
    });
    entries.collect::<Vec<_>>().into_iter().flatten().collect()
}

fn check_headers(fields: &mut Fields, headers: &[(String, Template)]) {
    for (name, _) in headers {
        let token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
        if name.is_empty() || !name.chars().all(token) {
            let what = format!("`{name}` cannot be the name of a header");
            fields.scope.error(fields.header.clone(), what, "not a header", "use letters, digits and `-`");
        } else if OWN_HEADERS.contains(&name.to_lowercase().as_str()) {
            let what = format!("the header `{name}` is set by itself");
            fields.scope.error(fields.header.clone(), what, "not yours to set", "leave it out");
        }
    }
}

fn read_timeout(fields: &mut Fields) -> Duration {
    let timeout = fields.duration("timeout", Duration::from_secs(5), "5s");
    if timeout > LONGEST {
        let what = format!("nobody waits {} on a telephone for an answer", written(timeout));
        let help = format!("write `timeout = \"{}\"` or less", written(LONGEST));
        fields.scope.error(fields.header.clone(), what, "too long", help);
    }
    timeout.min(LONGEST)
}

fn read_keep(fields: &mut Fields) -> Vec<(String, Path)> {
    let Some(value) = fields.value("keep") else { return Vec::new() };
    let DeValue::Table(table) = value.get_ref() else {
        fields.scope.wrong_type("keep", value, "a table", "{ name = \"customer.name\" }");
        return Vec::new();
    };
    let mut keep = Vec::new();
    for (name, value) in table {
        if !may_be_set(fields, name.get_ref(), name.span()) {
            continue;
        }
        fields.scope.sets(name.get_ref());
        match value.get_ref().as_str().and_then(Path::read) {
            Some(path) => keep.push((name.get_ref().to_string(), path)),
            None => {
                let what = format!("`{}` is to be found nowhere", name.get_ref());
                let help = "write where in the answer it stands, as in \"customer.name\" or \"orders[0].id\"";
                fields.scope.error(value.span(), what, "not a path", help);
            }
        }
    }
    keep
}

fn read_statuses(fields: &mut Fields) -> BTreeMap<u16, Target> {
    let Some(value) = fields.value("status") else { return BTreeMap::new() };
    let DeValue::Table(table) = value.get_ref() else {
        fields.scope.wrong_type("status", value, "a table", "{ 404 = \"unknown\" }");
        return BTreeMap::new();
    };
    let mut statuses = BTreeMap::new();
    for (key, value) in table {
        let status = key.get_ref().parse().ok().filter(|status| (200..=599).contains(status));
        if status.is_none() {
            no_status(fields, key.get_ref(), key.span());
        }
        let target = fields.target_of(key.get_ref(), value);
        statuses.extend(status.map(|status: u16| (status, target)));
    }
    statuses
}

fn no_status(fields: &mut Fields, key: &str, span: Range<usize>) {
    let what = format!("`{key}` is no status of an answer");
    fields.scope.error(span, what, "not a status", "statuses are 200 to 599, as in `404 = \"unknown\"`");
}

impl Http {
    pub fn enter(&self, stage: &mut Stage) -> Next {
        stage.memory.forget_typed();
        let request = stage.new_request();
        let headers = self.headers.iter().map(|(name, text)| (name.clone(), one_line(&stage.text(text))));
        let headers = headers.collect();
        let body = (self.method == HttpMethod::Post).then(|| body(&self.send, stage));
        let url = self.address.fill(stage);
        stage.push(Step::Http {
            request,
            http: HttpRequest { method: self.method, url, headers, body, timeout: self.timeout },
        });
        let heard = stage.memory.answered && !self.music.is_empty();
        if heard {
            stage.play_on(Piece::all(&self.music, stage.memory));
        }
        let give_up_at = stage.now + self.timeout + GRACE;
        Next::Stay(Doing::Http(Awaiting { request, give_up_at, heard }))
    }

    pub fn handle(&self, awaiting: Awaiting, input: Input, stage: &mut Stage) -> Next {
        let next = match input {
            Input::HttpAnswered { request, status, body } if request == awaiting.request => {
                self.answered(status, &body, stage)
            }
            Input::HttpFailed { request, why } if request == awaiting.request => match why {
                HttpFailure::TimedOut => Next::by(NO_ANSWER, &self.no_answer),
                HttpFailure::NotAllowed
                | HttpFailure::Unreachable
                | HttpFailure::TooLarge
                | HttpFailure::Broken
                | HttpFailure::Busy => Next::Go(self.otherwise.clone()),
            },
            _ => return Next::Stay(Doing::Http(awaiting)),
        };
        awaiting.hush(stage);
        next
    }

    /// The driver has lost its word.
    pub fn wake(&self, awaiting: Awaiting, stage: &mut Stage) -> Next {
        awaiting.hush(stage);
        Next::by(NO_ANSWER, &self.no_answer)
    }

    /// Values are kept of every answer that has them: an error may say why.
    fn answered(&self, status: u16, body: &str, stage: &mut Stage) -> Next {
        let answer: Option<Value> = serde_json::from_str(body).ok();
        if let Some(answer) = &answer {
            for (name, path) in &self.keep {
                stage.set_parameter(name, &path.find(answer));
            }
        }
        let usable = answer.is_some() || self.keep.is_empty();
        match (self.statuses.get(&status), status) {
            (Some(target), _) => Next::by(status.to_string(), target),
            (None, 200..=299) if usable => Next::by(THEN, &self.then),
            (None, _) => Next::Go(self.otherwise.clone()),
        }
    }

    /// An answer may come at once.
    pub fn exits(&self) -> Vec<Exit<'_>> {
        let statuses =
            self.statuses.iter().map(|(status, target)| Exit::new(When::AtOnce, status.to_string(), target));
        let others = [
            Exit::new(When::AtOnce, THEN, &self.then),
            Exit::spare(When::InTime, NO_ANSWER, &self.no_answer),
            Exit::new(When::AtOnce, "else", &self.otherwise),
        ];
        statuses.chain(others).collect()
    }

    pub fn lines(&self) -> Vec<String> {
        let send: Vec<&str> = self.send.iter().map(|(name, _)| name.as_str()).collect();
        let keep: Vec<&str> = self.keep.iter().map(|(name, _)| name.as_str()).collect();
        let listed = |does: &str, names: Vec<&str>| {
            if names.is_empty() { String::new() } else { format!("{does} {}", names.join(", ")) }
        };
        let patience = format!("waits up to {}", written(self.timeout));
        vec![self.address.words(), listed("sends", send), listed("keeps", keep), patience]
    }
}

impl Awaiting {
    fn hush(self, stage: &mut Stage) {
        if self.heard {
            stage.stop_play();
        }
    }
}

/// The JSON object of these texts for this caller.
fn body(send: &[(String, Template)], stage: &Stage) -> String {
    let members = send.iter().map(|(name, text)| (name.clone(), Value::String(stage.text(text))));
    Value::Object(members.collect()).to_string()
}

/// A header ends with its line, whatever a caller or an answer brought into it.
fn one_line(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}
