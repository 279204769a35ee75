//! Who may do what: the one table of the interface. Rights are granted by roles, of tokens and of users alike, and each
//! request is narrowed to the tenants in which its sender has the right that it takes.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::{Method, StatusCode};
use utoipa::openapi::OpenApi;
use utoipa::openapi::path::{Operation, PathItem};

use crate::api::Problem;
use crate::id::TenantId;
use crate::store::{Rank, Tenants, User};

/// Something that not everybody may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Right {
    /// See and change what is one's own: for whoever has logged in.
    Own,
    /// See what goes on, and serve clients.
    Serve,
    /// Listen to conversations and recordings, and turn what callers meet.
    Supervise,
    /// Set a tenant up: users, phones, groups, numbers, tokens.
    Configure,
    /// Set the company up: tenants, dialplans, what numbers cost, bans, traces.
    Govern,
}

use Right::{Configure, Govern, Own, Serve, Supervise};

/// What each request takes. One that is not listed takes the most.
const TABLE: &[(&str, &[(&str, Right)])] = &[
    ("/api/v1/bans", &[("GET", Govern)]),
    ("/api/v1/bans/{source}", &[("DELETE", Govern)]),
    ("/api/v1/callbacks", &[("GET", Serve), ("POST", Serve)]),
    ("/api/v1/callbacks/{id}", &[("GET", Serve), ("DELETE", Serve)]),
    ("/api/v1/callbacks/{id}/accept", &[("POST", Serve)]),
    ("/api/v1/calls", &[("POST", Serve)]),
    ("/api/v1/contacts", &[("GET", Serve), ("POST", Serve)]),
    ("/api/v1/contacts/similar", &[("GET", Serve)]),
    ("/api/v1/contacts/{id}", &[("GET", Serve), ("PATCH", Serve), ("DELETE", Serve)]),
    ("/api/v1/contacts/{id}/merge", &[("POST", Serve)]),
    ("/api/v1/contacts/{id}/sessions", &[("GET", Serve)]),
    ("/api/v1/contacts/{id}/undo-merge", &[("POST", Serve)]),
    ("/api/v1/destinations", &[("GET", Serve), ("POST", Govern)]),
    ("/api/v1/destinations/{key}", &[("GET", Serve), ("PATCH", Govern), ("DELETE", Govern)]),
    ("/api/v1/devices", &[("GET", Configure), ("POST", Configure)]),
    ("/api/v1/devices/{key}", &[("GET", Configure), ("PATCH", Configure), ("DELETE", Configure)]),
    ("/api/v1/dialplans", &[("GET", Govern)]),
    ("/api/v1/dialplans/diff", &[("GET", Govern)]),
    ("/api/v1/dialplans/reload", &[("POST", Govern)]),
    ("/api/v1/dialplans/rollback", &[("POST", Govern)]),
    ("/api/v1/dialplans/versions", &[("GET", Govern)]),
    ("/api/v1/dialplans/versions/{version}", &[("GET", Govern)]),
    ("/api/v1/dialplans/world", &[("GET", Configure)]),
    ("/api/v1/external-contacts", &[("GET", Serve), ("POST", Configure)]),
    ("/api/v1/external-contacts/{key}", &[("GET", Serve), ("PATCH", Configure), ("DELETE", Configure)]),
    ("/api/v1/groups", &[("GET", Serve), ("POST", Configure)]),
    ("/api/v1/groups/{key}", &[("GET", Serve), ("PATCH", Configure), ("DELETE", Configure)]),
    ("/api/v1/invitations", &[("GET", Serve), ("POST", Serve)]),
    ("/api/v1/invitations/{id}", &[("GET", Serve), ("DELETE", Serve)]),
    ("/api/v1/live", &[("GET", Own)]),
    ("/api/v1/logout", &[("POST", Own)]),
    ("/api/v1/mailboxes", &[("GET", Supervise), ("POST", Configure)]),
    ("/api/v1/mailboxes/{key}", &[("GET", Supervise), ("PATCH", Configure), ("DELETE", Configure)]),
    ("/api/v1/me", &[("GET", Own)]),
    ("/api/v1/me/phone", &[("POST", Own)]),
    ("/api/v1/missed-calls", &[("GET", Serve)]),
    ("/api/v1/missed-calls/{id}", &[("GET", Serve)]),
    ("/api/v1/missed-calls/{id}/call", &[("POST", Serve)]),
    ("/api/v1/missed-calls/{id}/dismiss", &[("POST", Serve)]),
    ("/api/v1/numbers", &[("GET", Serve), ("POST", Configure)]),
    ("/api/v1/numbers/{key}", &[("GET", Serve), ("PATCH", Configure), ("DELETE", Configure)]),
    ("/api/v1/operators", &[("GET", Serve)]),
    ("/api/v1/operators/{key}/call-settings", &[("GET", Serve), ("PUT", Serve)]),
    ("/api/v1/operators/{key}/channels", &[("GET", Serve)]),
    ("/api/v1/operators/{key}/channels/{line}", &[("PUT", Serve)]),
    ("/api/v1/operators/{key}/finish-work", &[("POST", Serve)]),
    ("/api/v1/operators/{key}/status", &[("PUT", Serve)]),
    ("/api/v1/sessions", &[("GET", Serve)]),
    ("/api/v1/sessions/{id}", &[("GET", Serve)]),
    ("/api/v1/sessions/{id}/accept", &[("POST", Serve)]),
    ("/api/v1/sessions/{id}/client", &[("GET", Serve), ("PUT", Serve)]),
    ("/api/v1/sessions/{id}/contact", &[("PUT", Serve)]),
    ("/api/v1/sessions/{id}/decline", &[("POST", Serve)]),
    ("/api/v1/sessions/{id}/end", &[("POST", Serve)]),
    ("/api/v1/sessions/{id}/forward", &[("POST", Serve)]),
    ("/api/v1/sessions/{id}/hold", &[("POST", Serve)]),
    ("/api/v1/sessions/{id}/invite", &[("POST", Serve)]),
    ("/api/v1/sessions/{id}/keys", &[("POST", Serve)]),
    ("/api/v1/sessions/{id}/leave", &[("POST", Serve)]),
    ("/api/v1/sessions/{id}/routing", &[("GET", Serve)]),
    ("/api/v1/sessions/{id}/messages", &[("GET", Serve), ("POST", Serve)]),
    ("/api/v1/sessions/{id}/mute", &[("POST", Serve)]),
    ("/api/v1/sessions/{id}/notes", &[("POST", Serve)]),
    ("/api/v1/sessions/{id}/notes/{note}", &[("PATCH", Serve), ("DELETE", Serve)]),
    ("/api/v1/sessions/{id}/parameters", &[("PUT", Serve)]),
    ("/api/v1/sessions/{id}/read", &[("POST", Serve)]),
    ("/api/v1/sessions/{id}/recording", &[("POST", Serve)]),
    ("/api/v1/sessions/{id}/recordings", &[("GET", Supervise)]),
    ("/api/v1/sessions/{id}/recordings/{recording}", &[("GET", Supervise), ("DELETE", Supervise)]),
    ("/api/v1/sessions/{id}/recordings/{recording}/audio", &[("GET", Supervise)]),
    ("/api/v1/sessions/{id}/remove", &[("POST", Serve)]),
    ("/api/v1/sessions/{id}/result", &[("PUT", Serve)]),
    ("/api/v1/sessions/{id}/resume", &[("POST", Serve)]),
    ("/api/v1/sessions/{id}/supervise", &[("POST", Supervise)]),
    ("/api/v1/sessions/{id}/tags", &[("POST", Serve)]),
    ("/api/v1/sessions/{id}/typing", &[("POST", Serve)]),
    ("/api/v1/sessions/{id}/untag", &[("POST", Serve)]),
    ("/api/v1/sessions/{id}/work", &[("GET", Serve)]),
    ("/api/v1/switches", &[("GET", Serve)]),
    ("/api/v1/switches/{name}", &[("PUT", Supervise)]),
    ("/api/v1/tags", &[("GET", Serve), ("POST", Configure)]),
    ("/api/v1/tags/{id}", &[("GET", Serve), ("PATCH", Configure), ("DELETE", Configure)]),
    ("/api/v1/templates", &[("GET", Serve), ("POST", Supervise)]),
    ("/api/v1/templates/{id}", &[("GET", Serve), ("PATCH", Supervise), ("DELETE", Supervise)]),
    ("/api/v1/templates/{id}/star", &[("PUT", Serve)]),
    ("/api/v1/tenants", &[("GET", Serve), ("POST", Govern)]),
    ("/api/v1/tenants/{key}", &[("GET", Serve), ("PATCH", Configure), ("DELETE", Govern)]),
    ("/api/v1/tokens", &[("GET", Configure), ("POST", Configure)]),
    ("/api/v1/tokens/{key}", &[("GET", Configure), ("PATCH", Configure), ("DELETE", Configure)]),
    ("/api/v1/trace", &[("GET", Govern)]),
    ("/api/v1/trunks", &[("GET", Configure), ("POST", Configure)]),
    ("/api/v1/trunks/{key}", &[("GET", Configure), ("PATCH", Configure), ("DELETE", Configure)]),
    ("/api/v1/trunks/{key}/check", &[("POST", Configure)]),
    ("/api/v1/trunks/{key}/examination", &[("POST", Configure)]),
    ("/api/v1/users", &[("GET", Serve), ("POST", Configure)]),
    ("/api/v1/users/{key}", &[("GET", Serve), ("PATCH", Configure), ("DELETE", Configure)]),
    ("/api/v1/voicemail", &[("GET", Supervise)]),
    ("/api/v1/voicemail/{id}", &[("GET", Supervise), ("PATCH", Supervise), ("DELETE", Supervise)]),
    ("/api/v1/voicemail/{id}/audio", &[("GET", Supervise)]),
    ("/api/v1/webhooks", &[("GET", Configure)]),
    ("/api/v1/webhooks/{id}", &[("GET", Configure)]),
    ("/api/v1/webhooks/{id}/retry", &[("POST", Configure)]),
    ("/api/v1/widgets", &[("GET", Serve), ("POST", Configure)]),
    ("/api/v1/widgets/{key}", &[("GET", Serve), ("PATCH", Configure), ("DELETE", Configure)]),
];

impl Right {
    /// What a request takes with this method, at an address of this form: `/api/v1/users/{key}`.
    pub fn for_request(method: &Method, path: &str) -> Self {
        // Who may have an answer may have its headers alone.
        let method = if *method == Method::HEAD { "GET" } else { method.as_str() };
        listed(method, path).unwrap_or(Govern)
    }

    /// The least role that grants it.
    pub fn rank(self) -> Rank {
        match self {
            Own | Serve => Rank::Operator,
            Supervise => Rank::Supervisor,
            Configure => Rank::TenantAdmin,
            Govern => Rank::CompanyAdmin,
        }
    }

    fn words(self) -> &'static str {
        match self {
            Own => "act as a person",
            Serve => "serve clients",
            Supervise => "listen to conversations, recordings and messages, and turn switches",
            Configure => "set a tenant up",
            Govern => "set the company up",
        }
    }

    /// What is answered to somebody who does not have it.
    pub fn refused(self, who: &str) -> Problem {
        let rank = self.rank();
        let giver = match self {
            Govern => "ask an administrator of the company".to_owned(),
            _ => format!(
                "an administrator of the tenant can give it: `hovor token set NAME --role {rank}`, or `hovor user set NAME \
                 --role TENANT={}`",
                if self == Configure { "administrator" } else { rank.as_str() }
            ),
        };
        let what = self.words();
        let detail = format!("{who} may not {what}: this takes the role `{rank}` or a higher one; {giver}");
        Problem::new(StatusCode::FORBIDDEN, detail)
    }
}

impl Right {
    /// What is answered to somebody who would need it for what concerns others.
    pub fn refused_for(self, who_where: &str) -> Problem {
        let rank = self.rank();
        let detail = format!(
            "{who_where}: this takes the role `{rank}` or a higher one; an administrator of the tenant can give it: `hovor user \
             set NAME --role TENANT={rank}`"
        );
        Problem::new(StatusCode::FORBIDDEN, detail)
    }
}

fn listed(method: &str, path: &str) -> Option<Right> {
    let (_, methods) = TABLE.iter().find(|(one, _)| *one == path)?;
    methods.iter().find(|(one, _)| *one == method).map(|(_, right)| *right)
}

/// The rights of somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rights {
    /// All of them, in the whole company.
    Company,
    /// As many as a role grants, in each of these tenants.
    Tenants(BTreeMap<TenantId, Rank>),
}

impl Rights {
    /// Those of a user.
    pub fn of(user: &User) -> Self {
        match user.administrator {
            true => Self::Company,
            false => {
                Self::Tenants(user.roles.iter().map(|(tenant, role)| (*tenant, (*role).into())).collect())
            }
        }
    }

    /// The tenants in which there is this right, if it is had at all.
    pub fn within(&self, right: Right) -> Option<Tenants> {
        let Self::Tenants(ranks) = self else { return Some(Tenants::All) };
        let enough = ranks.iter().filter(|(_, rank)| right != Govern && **rank >= right.rank());
        let tenants: BTreeSet<TenantId> = enough.map(|(tenant, _)| *tenant).collect();
        (right == Own || !tenants.is_empty()).then_some(Tenants::Only(tenants))
    }

    /// Whether there is this right over what belongs to this tenant, or to none and so to the company.
    pub fn hold(&self, right: Right, tenant: Option<TenantId>) -> bool {
        match (self.within(right), tenant) {
            (Some(Tenants::All), _) => true,
            (Some(Tenants::Only(tenants)), Some(tenant)) => tenants.contains(&tenant),
            (Some(Tenants::Only(_)), None) | (None, _) => false,
        }
    }
}

/// Writes to each operation which role it takes.
pub fn describe(document: &mut OpenApi) {
    for (path, item) in &mut document.paths.paths {
        for (method, operation) in operations(item) {
            let Some(right) = listed(method, path) else { continue };
            let takes = match right {
                Own => "Takes a login, whatever the role.".to_owned(),
                Serve | Supervise | Configure | Govern => {
                    format!("Takes the role `{}` or a higher one.", right.rank())
                }
            };
            let text = operation.description.take().map(|text| format!("{text} {takes}"));
            operation.description = Some(text.unwrap_or(takes));
        }
    }
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = (&'static str, &mut Operation)> {
    let PathItem { get, put, post, delete, patch, .. } = item;
    let all = [("GET", get), ("PUT", put), ("POST", post), ("DELETE", delete), ("PATCH", patch)];
    all.into_iter().filter_map(|(method, operation)| Some((method, operation.as_mut()?)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::Entropy;
    use crate::time::UnixMs;

    #[test]
    fn every_request_has_its_row_and_every_row_its_request() {
        let mut there = BTreeSet::new();
        for (path, mut item) in crate::api::document().paths.paths {
            if path == "/api/v1/login" {
                // The one that is open to everybody.
                continue;
            }
            for (method, operation) in operations(&mut item) {
                assert!(listed(method, &path).is_some(), "{method} {path} is missing in the table of rights");
                let told = operation.description.clone().unwrap_or_default();
                assert!(told.contains("Takes "), "{method} {path} does not tell its role");
                there.insert((method.to_owned(), path.clone()));
            }
        }
        for (path, methods) in TABLE {
            for (method, _) in *methods {
                assert!(
                    there.contains(&((*method).to_owned(), (*path).to_owned())),
                    "there is no {method} {path}"
                );
            }
        }
    }

    #[test]
    fn what_is_not_listed_takes_the_most() {
        assert_eq!(Right::for_request(&Method::GET, "/api/v1/secrets"), Govern);
        assert_eq!(Right::for_request(&Method::PUT, "/api/v1/users"), Govern);
        assert_eq!(Right::for_request(&Method::HEAD, "/api/v1/users"), Serve);
    }

    #[test]
    fn a_right_is_had_where_the_role_grants_it_and_nowhere_else() {
        let mut entropy = Entropy::from_number(1);
        let (one, other) = (TenantId::new(UnixMs(0), &mut entropy), TenantId::new(UnixMs(0), &mut entropy));
        let rights = Rights::Tenants(BTreeMap::from([(one, Rank::Operator), (other, Rank::TenantAdmin)]));
        assert_eq!(rights.within(Serve), Some(Tenants::Only(BTreeSet::from([one, other]))));
        assert_eq!(rights.within(Supervise), Some(Tenants::Only(BTreeSet::from([other]))));
        assert_eq!(rights.within(Govern), None);
        assert!(!rights.hold(Supervise, Some(one)) && rights.hold(Supervise, Some(other)));
        assert!(!rights.hold(Serve, None), "what is no tenant's is the company's");
        assert!(Rights::Company.hold(Govern, None));
        assert_eq!(Rights::Tenants(BTreeMap::new()).within(Serve), None);
    }
}
