//! Widgets: where clients write from pages of a site, and which group serves them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::dialplan::{Hours, Opening};
use crate::id::{DoorId, GroupId, TenantId};
use crate::store::scope::{Owner, Reach};
use crate::store::sql::{Noun, Row, Value};
use crate::store::{Key, StoreError, field};
use crate::time::UnixMs;

/// Sites of one widget.
const MOST_ORIGINS: usize = 20;
/// Characters of a greeting.
const GREETING_MAX: usize = 500;
/// Characters of a text to be agreed to.
const CONSENT_MAX: usize = 2_000;
/// Lines of hours.
const MOST_HOURS: usize = 20;
/// The languages that a widget speaks.
const LANGUAGES: [&str; 4] = ["en", "cs", "de", "sk"];

/// A widget: a door of the web chat.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Widget {
    /// Its id, by which pages name it.
    pub id: DoorId,
    /// Whose it is.
    pub tenant: TenantId,
    /// Its name, unique in the tenant.
    pub name: String,
    /// Who serves those who write by it: a group of the same tenant.
    pub group: GroupId,
    /// Whether it is offered.
    pub enabled: bool,
    /// Sites whose pages may show it, as origins (RFC 6454): `https://shop.example`. None: any.
    pub origins: Vec<String>,
    /// How it looks, and what it asks for.
    pub settings: WidgetSettings,
}

/// How a widget looks, and what it asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct WidgetSettings {
    /// `en`, `cs`, `de` or `sk`; null: that of the page or the browser.
    pub language: Option<String>,
    /// At which side of the page.
    pub position: Position,
    /// The colour of its button: `#1d4ed8`.
    pub colour: String,
    /// What stands above the conversation, at most 100 characters; null: the tenant's name.
    pub title: Option<String>,
    /// What is said to whoever opens it, at most 500 characters.
    pub greeting: Option<String>,
    /// What is asked before a chat begins.
    pub form: EntryForm,
    /// What has to be agreed to before a chat begins.
    pub consent: Option<Consent>,
    /// Whether clients may leave a number to be called back; off if not said.
    pub callback: Offered,
    /// Whether clients leave a message while nobody is there; they wait if not said.
    pub offline: Option<OfflineForm>,
}

impl Default for WidgetSettings {
    fn default() -> Self {
        Self {
            language: None,
            position: Position::Right,
            colour: "#1d4ed8".to_owned(),
            title: None,
            greeting: None,
            form: EntryForm::default(),
            consent: None,
            callback: Offered::Off,
            offline: None,
        }
    }
}

/// A side of a page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Position {
    /// The right.
    #[default]
    Right,
    /// The left.
    Left,
}

/// Whether something is offered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Offered {
    /// It is not.
    #[default]
    Off,
    /// It is.
    On,
}

/// What is asked before a chat begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct EntryForm {
    /// The client's name; optional if not said.
    pub name: Asked,
    /// A telephone number; off if not said.
    pub phone: Asked,
    /// An address of e-mail; off if not said.
    pub email: Asked,
}

impl Default for EntryForm {
    fn default() -> Self {
        Self { name: Asked::Optional, phone: Asked::Off, email: Asked::Off }
    }
}

/// Whether something is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Asked {
    /// It is not.
    Off,
    /// It may be left empty.
    Optional,
    /// It may not.
    Required,
}

impl std::str::FromStr for Asked {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "off" => Ok(Self::Off),
            "optional" => Ok(Self::Optional),
            "required" => Ok(Self::Required),
            _ => Err(format!("`{}`: say off, optional or required", field::shortened(text))),
        }
    }
}

/// What happens while nobody is there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct OfflineForm {
    /// To whom messages are mailed; null: they are in the history alone.
    pub email: Option<String>,
    /// When somebody is there, in the time zone of the tenant: `Mon-Fri 08:00-17:00`, at most 20 lines. None: always.
    pub hours: Vec<String>,
}

impl OfflineForm {
    fn checked(mut self) -> Result<Self, StoreError> {
        self.email = self.email.map(|text| field::email("offline mail", &text)).transpose()?;
        field::at_most("hours", self.hours.len(), MOST_HOURS)?;
        if !self.hours.is_empty() {
            Hours::of_week("UTC", &self.hours).map_err(|why| {
                StoreError::invalid("hours", field::shortened(&why), "write `Mon-Fri 08:00-17:00`")
            })?;
        }
        Ok(self)
    }

    /// Whether a moment is within the hours, in this time zone.
    pub fn is_open(&self, zone: &str, now: UnixMs) -> bool {
        let hours = Hours::of_week(zone, &self.hours);
        self.hours.is_empty() || hours.is_ok_and(|hours| hours.opening(now) == Opening::Open)
    }
}

/// A text that has to be agreed to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Consent {
    /// Its version: kept with each session, so that it is known who agreed to what. At most 100 characters.
    pub version: String,
    /// The text, at most 2,000 characters.
    pub text: String,
}

/// What a new widget needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewWidget {
    /// The tenant, by name or id.
    #[schema(value_type = String)]
    pub tenant: Key,
    /// Its name, unique in the tenant.
    pub name: String,
    /// The group that serves those who write by it, by name or id.
    #[schema(value_type = String)]
    pub group: Key,
    /// Sites whose pages may show it, at most 20: `https://shop.example`. None: any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub origins: Vec<String>,
    /// How it looks, and what it asks for.
    #[serde(default)]
    pub settings: WidgetSettings,
}

/// What changes of a widget; what is left out stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WidgetChange {
    /// Another name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Another group, by name or id.
    #[schema(value_type = Option<String>)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<Key>,
    /// Whether it is offered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// Other sites, in place of all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origins: Option<Vec<String>>,
    /// Other settings, in place of all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settings: Option<WidgetSettings>,
}

impl Widget {
    pub(super) fn new(
        id: DoorId,
        (tenant, group): (TenantId, GroupId),
        new: NewWidget,
    ) -> Result<Self, StoreError> {
        let (name, origins) = (field::name("name", &new.name)?, origins(&new.origins)?);
        Ok(Self { id, tenant, name, group, enabled: true, origins, settings: new.settings.checked()? })
    }

    pub(super) fn apply(&mut self, group: Option<GroupId>, change: WidgetChange) -> Result<(), StoreError> {
        if let Some(text) = change.name {
            self.name = field::name("name", &text)?;
        }
        if let Some(list) = change.origins {
            self.origins = origins(&list)?;
        }
        if let Some(settings) = change.settings {
            self.settings = settings.checked()?;
        }
        self.group = group.unwrap_or(self.group);
        self.enabled = change.enabled.unwrap_or(self.enabled);
        Ok(())
    }

    /// Whether a page of this origin may show it.
    pub fn admits(&self, origin: &str) -> bool {
        self.origins.is_empty() || self.origins.iter().any(|site| site == origin)
    }
}

impl WidgetSettings {
    fn checked(mut self) -> Result<Self, StoreError> {
        if let Some(language) = self.language.as_deref().filter(|language| !LANGUAGES.contains(language)) {
            let what = format!("`{}` is no language of widgets", field::shortened(language));
            return Err(StoreError::invalid(
                "language",
                what,
                format!("choose one of {}", LANGUAGES.join(", ")),
            ));
        }
        let digits = self.colour.strip_prefix('#').unwrap_or_default();
        if digits.len() != 6 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            let what = format!("`{}` is no colour", field::shortened(&self.colour));
            return Err(StoreError::invalid("colour", what, "write six hexadecimal digits: `#1d4ed8`"));
        }
        self.title = self.title.map(|title| field::display("title", &title)).transpose()?;
        let greeting = self.greeting.map(|text| field::prose("greeting", &text, GREETING_MAX)).transpose()?;
        self.greeting = greeting.filter(|text| !text.is_empty());
        self.offline = self.offline.map(OfflineForm::checked).transpose()?;
        if let Some(consent) = &mut self.consent {
            consent.version = field::display("consent version", &consent.version)?;
            consent.text = field::prose("consent text", &consent.text, CONSENT_MAX)?;
            if consent.text.is_empty() {
                let help = "write what clients have to agree to, or leave `consent` out";
                return Err(StoreError::invalid("consent text", "is empty", help));
            }
        }
        Ok(self)
    }
}

fn origins(list: &[String]) -> Result<Vec<String>, StoreError> {
    field::at_most("origins", list.len(), MOST_ORIGINS)?;
    let mut origins = vec![];
    for text in list {
        let origin = origin(text).ok_or_else(|| {
            let what = format!("`{}` is no origin of a site", field::shortened(text));
            StoreError::invalid(
                "origins",
                what,
                "write scheme and host, and nothing after them: `https://shop.example`",
            )
        })?;
        if !origins.contains(&origin) {
            origins.push(origin);
        }
    }
    Ok(origins)
}

/// An origin as browsers write it (RFC 6454 section 6.2).
fn origin(text: &str) -> Option<String> {
    let text = text.trim().trim_end_matches('/').to_ascii_lowercase();
    let url = reqwest::Url::parse(&text).ok()?;
    let web = matches!(url.scheme(), "http" | "https") && url.has_host();
    let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    (web && bare && url.username().is_empty()).then(|| url.origin().ascii_serialization())
}

impl Noun for Widget {
    const WHAT: &'static str = "widget";
    const TABLE: &'static str = "widgets";
    const NAMES: &'static [&'static str] = &["name"];
    const COLUMNS: &'static [&'static str] =
        &["tenant_id", "name", "group_id", "enabled", "origins", "settings"];
    const REACH: Reach = Reach::Tenant;

    fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id("id").map(DoorId)?,
            tenant: row.id("tenant_id").map(TenantId)?,
            name: row.text("name")?,
            group: row.id("group_id").map(GroupId)?,
            enabled: row.flag("enabled")?,
            origins: row.json("origins")?,
            settings: row.json("settings")?,
        })
    }

    fn values(&self) -> Vec<Value> {
        vec![
            Value::from(self.tenant.to_string()),
            Value::from(&self.name),
            Value::from(self.group.to_string()),
            Value::from(self.enabled),
            Value::json(&self.origins),
            Value::json(&self.settings),
        ]
    }

    fn id(&self) -> uuid::Uuid {
        self.id.0
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn owner(&self) -> Owner {
        Some(self.tenant).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_what_browsers_say_and_nothing_more() {
        for (written, kept) in [
            ("https://Shop.example", Some("https://shop.example")),
            ("https://shop.example:443/", Some("https://shop.example")),
            ("http://localhost:8080", Some("http://localhost:8080")),
            ("https://shop.example/cart", None),
            ("https://shop.example/?x", None),
            ("shop.example", None),
            ("ftp://shop.example", None),
            ("https://user@shop.example", None),
            ("*", None),
            ("", None),
        ] {
            assert_eq!(origin(written).as_deref(), kept, "{written}");
        }
    }

    #[test]
    fn settings_say_what_is_wrong_with_them() {
        let wrong = |change: fn(&mut WidgetSettings)| {
            let mut settings = WidgetSettings::default();
            change(&mut settings);
            settings.checked().unwrap_err().to_string()
        };
        assert!(wrong(|settings| settings.colour = "red".into()).contains("#1d4ed8"));
        assert!(wrong(|settings| settings.language = Some("xx".into())).contains("en, cs, de, sk"));
        assert!(wrong(|settings| settings.greeting = Some("x".repeat(501))).contains("greeting"));
        let empty = || Some(Consent { version: "1".into(), text: " ".into() });
        let mut settings = WidgetSettings { consent: empty(), ..WidgetSettings::default() };
        assert!(settings.clone().checked().unwrap_err().to_string().contains("consent"));
        settings.consent = None;
        assert_eq!(settings.clone().checked().unwrap(), settings);
    }

    #[test]
    fn hours_are_those_of_the_tenants_clock_and_what_is_none_is_refused() {
        let form = |line: &str| OfflineForm { email: None, hours: vec![line.to_owned()] };
        let office = form("Mon-Fri 08:00-17:00").checked().unwrap();
        // A Tuesday, 07:30 in Greenwich and half past eight in Prague.
        let morning = UnixMs(1_795_505_400_000);
        assert_eq!([office.is_open("UTC", morning), office.is_open("Europe/Prague", morning)], [false, true]);
        assert!(OfflineForm::default().is_open("UTC", morning), "always, where no hours are said");
        assert!(form("sometimes").checked().is_err());
        let mailed = OfflineForm { email: Some("nobody".to_owned()), hours: vec![] };
        assert!(mailed.checked().is_err());
    }
}
