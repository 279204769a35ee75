//! Services of the telephone that a tenant can do without: an administrator switches them off for its sessions. Here it
//! is decided who has which; whoever is about to give one asks.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::Switch;
use super::cause::Cause;
use super::command::Refusal;
use super::directory::Directory;
use crate::id::{SessionId, TenantId};

/// Something that can be switched off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Service {
    /// Operators call outside in the name of the tenant. Numbers that call help are dialled whatever is switched off.
    Handset,
    /// Clients wait for a group.
    Queue,
    /// A client is put on hold by command.
    Hold,
    /// An operator is muted by command.
    Mute,
    /// Somebody is called into a conversation, for all to hear or to be asked while the client waits; by a phone's second
    /// call too.
    Conference,
    /// A client is handed to somebody else, or parked.
    Forwarding,
    /// Conversations are recorded.
    Recording,
    /// Operators switch the lines on and off by which they take sessions.
    ChannelSwitches,
}

impl Service {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Handset,
        Self::Queue,
        Self::Hold,
        Self::Mute,
        Self::Conference,
        Self::Forwarding,
        Self::Recording,
        Self::ChannelSwitches,
    ];

    /// Its name in settings.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Handset => "handset",
            Self::Queue => "queue",
            Self::Hold => "hold",
            Self::Mute => "mute",
            Self::Conference => "conference",
            Self::Forwarding => "forwarding",
            Self::Recording => "recording",
            Self::ChannelSwitches => "channel_switches",
        }
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Service {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|service| service.as_str() == text).ok_or_else(|| {
            let all: Vec<_> = Self::ALL.into_iter().map(Self::as_str).collect();
            format!("`{text}` is nothing that can be switched off; use {}, or none", all.join(", "))
        })
    }
}

/// Several of them: those that a tenant does without.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Services(BTreeSet<Service>);

impl Services {
    /// Whether this one is among them.
    pub fn holds(&self, service: Service) -> bool {
        self.0.contains(&service)
    }

    /// Their names, in the order of [`Service::ALL`].
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().map(|service| service.as_str())
    }
}

impl FromIterator<Service> for Services {
    fn from_iter<T: IntoIterator<Item = Service>>(services: T) -> Self {
        Self(services.into_iter().collect())
    }
}

/// Names with commas between them, or `none`.
impl FromStr for Services {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "none" | "" => Ok(Self::default()),
            list => list.split(',').map(|name| name.trim().parse()).collect(),
        }
    }
}

impl Directory {
    /// Whether a tenant has a service, and what is said if it has not. What belongs to no tenant has all.
    ///
    /// # Errors
    /// Who switched it off, and how it is had again.
    pub fn admits(&self, tenant: Option<TenantId>, service: Service) -> Result<(), Refusal> {
        let tenant = tenant.and_then(|tenant| self.tenants.get(&tenant));
        let Some(tenant) = tenant.filter(|tenant| tenant.off.holds(service)) else { return Ok(()) };
        let name = &tenant.name;
        let why = format!(
            "{service} is switched off for {name}; an administrator can change that: `hovor tenant set {name} --off`"
        );
        Err(Refusal { cause: Cause::Forbidden, why })
    }
}

impl Switch {
    /// Whether a session has a service, by its tenant.
    pub(super) fn admits(&self, id: SessionId, service: Service) -> Result<(), Refusal> {
        self.directory.admits(self.sessions.get(&id).and_then(|session| session.tenant), service)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_are_written_by_their_names_and_a_wrong_one_is_told_with_the_right_ones() {
        let some: Services = "hold, recording".parse().unwrap();
        assert_eq!(some.names().collect::<Vec<_>>(), ["hold", "recording"]);
        assert_eq!("none".parse(), Ok(Services::default()));
        assert_eq!(serde_json::to_string(&some).unwrap(), r#"["hold","recording"]"#);
        for service in Service::ALL {
            assert_eq!(service.as_str().parse(), Ok(service));
        }
        let wrong = "holt".parse::<Services>().unwrap_err();
        assert!(wrong.contains("`holt`") && wrong.contains("hold"), "{wrong}");
    }
}
