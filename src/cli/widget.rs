//! `hovor widget`.

use clap::Args;
use serde_json::Value;

use super::noun::{Body, Noun, body};
use crate::store::{
    Asked, Consent, EntryForm, Key, NewWidget, Offered, OfflineForm, Position, WidgetChange, WidgetSettings,
};

/// Widgets as commands know them.
pub const NOUN: Noun = Noun {
    one: "widget",
    many: "widgets",
    name: "name",
    columns: &[
        ("NAME", "name"),
        ("TENANT", "tenant"),
        ("GROUP", "group"),
        ("OFFERED", "enabled"),
        ("SITES", "origins"),
        ("ID", "id"),
    ],
};

/// Options of `hovor widget add`.
#[derive(Args, Clone, Debug)]
pub struct Add {
    /// Its name, unique in the tenant
    name: String,
    /// Whose it is
    #[arg(long)]
    tenant: Key,
    /// The group that serves those who write by it
    #[arg(long)]
    group: Key,
    /// A site whose pages may show it: `https://shop.example`; may be given several times. None: any
    #[arg(long = "origin", value_name = "ORIGIN")]
    origins: Vec<String>,
    #[command(flatten)]
    look: Look,
}

/// How a widget looks, and what it asks for.
#[derive(Args, Clone, Debug)]
struct Look {
    /// en, cs, de or sk; that of the page or the browser if left out
    #[arg(long)]
    language: Option<String>,
    /// At the left side of the page
    #[arg(long)]
    left: bool,
    /// The colour of its button
    #[arg(long, default_value = "#1d4ed8")]
    colour: String,
    /// What stands above the conversation; the tenant's name if left out
    #[arg(long)]
    title: Option<String>,
    /// What is said to whoever opens it
    #[arg(long)]
    greeting: Option<String>,
    /// Whether a name is asked for: off, optional or required
    #[arg(long, default_value = "optional")]
    ask_name: Asked,
    /// Whether a telephone number is
    #[arg(long, default_value = "off")]
    ask_phone: Asked,
    /// Whether an address of e-mail is
    #[arg(long, default_value = "off")]
    ask_email: Asked,
    /// What has to be agreed to before a chat begins
    #[arg(long, requires = "consent_version")]
    consent: Option<String>,
    /// Clients may leave a number to be called back
    #[arg(long)]
    callback: bool,
    /// Clients leave a message while nobody is there
    #[arg(long)]
    offline: bool,
    /// To whom such messages are mailed
    #[arg(long, value_name = "ADDRESS", requires = "offline")]
    offline_mail: Option<String>,
    /// When somebody is there, in the time zone of the tenant: `Mon-Fri 08:00-17:00`; may be given several times
    #[arg(long, requires = "offline")]
    hours: Vec<String>,
    /// The version of that text, which is kept with each session
    #[arg(long, requires = "consent")]
    consent_version: Option<String>,
}

impl Look {
    fn settings(self) -> WidgetSettings {
        let Self { language, left, colour, title, greeting, .. } = self;
        let form = EntryForm { name: self.ask_name, phone: self.ask_phone, email: self.ask_email };
        let consent = self.consent_version.zip(self.consent);
        let consent = consent.map(|(version, text)| Consent { version, text });
        let position = if left { Position::Left } else { Position::Right };
        let callback = if self.callback { Offered::On } else { Offered::Off };
        let offline = OfflineForm { email: self.offline_mail, hours: self.hours };
        let offline = self.offline.then_some(offline);
        WidgetSettings { language, position, colour, title, greeting, form, consent, callback, offline }
    }
}

impl Body for Add {
    fn body(self) -> Result<Value, String> {
        let Self { name, tenant, group, origins, look } = self;
        body(NewWidget { tenant, name, group, origins, settings: look.settings() })
    }
}

/// Options of `hovor widget set`.
#[derive(Args, Clone, Debug)]
pub struct Set {
    /// Another name
    #[arg(long)]
    name: Option<String>,
    /// Another group
    #[arg(long)]
    group: Option<Key>,
    /// It is offered
    #[arg(long, conflicts_with = "off")]
    on: bool,
    /// It is not offered any more; chats that go on do
    #[arg(long)]
    off: bool,
    /// A site in place of all there were; may be given several times
    #[arg(long = "origin", value_name = "ORIGIN")]
    origins: Vec<String>,
}

impl Body for Set {
    fn body(self) -> Result<Value, String> {
        let Self { name, group, on, off, origins } = self;
        let enabled = (on || off).then_some(on);
        let origins = (!origins.is_empty()).then_some(origins);
        body(WidgetChange { name, group, enabled, origins, settings: None })
    }
}
