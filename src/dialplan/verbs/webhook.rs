//! `webhook = "https://crm.example.com/hooks"`: tells another program, and waits for nothing.

use serde::{Deserialize, Serialize};

use super::super::fields::Fields;
use super::super::plan::Target;
use super::super::stage::Stage;
use super::super::step::Step;
use super::super::template::Template;
use super::super::url::Address;
use super::http::read_table;
use super::{Next, Verb};

/// The longest name of an event.
const LONGEST: usize = 64;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Webhook {
    address: Address,
    event: String,
    /// What is told; every parameter of the run if the file does not say.
    send: Option<Vec<(String, Template)>>,
    pub then: Target,
}

pub fn read(fields: &mut Fields) -> Verb {
    let address = Address::read(fields, "webhook").unwrap_or_default();
    let event = read_event(fields);
    let send = fields.has("send").then(|| read_table(fields, "send", "{ order = \"{order}\" }"));
    fields.value("send");
    let then = fields.target("then", "where does the caller go from here?");
    Verb::Webhook(Webhook { address, event, send, then })
}

fn read_event(fields: &mut Fields) -> String {
    let Some((event, span)) = fields.text("event", "the name of the event", "\"order.asked\"") else {
        return fields.name.to_owned();
    };
    let fits = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    if event.is_empty() || event.len() > LONGEST || !event.chars().all(fits) {
        let what = format!("`{event}` cannot be the name of an event");
        fields.scope.error(span, what, "not a name", "use letters, digits, `.`, `_` and `-`");
    }
    event
}

impl Webhook {
    pub fn enter(&self, stage: &mut Stage) -> Next {
        let data = match &self.send {
            Some(send) => send.iter().map(|(name, text)| (name.clone(), stage.text(text))).collect(),
            None => stage.memory.parameters().clone(),
        };
        let url = self.address.fill(stage);
        stage.push(Step::Webhook { url, event: self.event.clone(), data });
        Next::Go(self.then.clone())
    }

    pub fn lines(&self) -> Vec<String> {
        vec![self.event.clone(), self.address.words()]
    }
}
