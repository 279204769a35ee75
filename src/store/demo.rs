//! The demo company: what `hovor serve --demo` starts with.

use std::collections::BTreeMap;

use crate::store::{
    Asked, ContactFilter, DEFAULT_REALM, Entry, EntryForm, Key, NewContact, NewDevice, NewExternalContact,
    NewGroup, NewMailbox, NewNumber, NewTag, NewTemplate, NewTenant, NewTrunk, NewUser, NewWidget, Offered,
    Role, Scope, Store, StoreError, Strategy, Transport, WidgetSettings,
};

/// The name of the demo company.
pub const COMPANY: &str = "Demo";
/// The password of every demo user and device. The demo listens on loopback only.
pub const PASSWORD: &str = "hovor-demo";
/// The PIN of all mailboxes of the demo.
pub const PIN: &str = "4711";
/// The name of its trunk, to a provider on this machine.
pub const TRUNK: &str = "carrier";

/// The mailbox that a group has: tenant, name of both, and the digits by which it is asked for.
pub const GROUP_MAILBOX: (&str, &str, &str) = ("harbour", "sales", "8200");

type Result<T> = std::result::Result<T, StoreError>;

/// Tenant: name, name for people, number, short number.
pub const TENANTS: [(&str, &str, &str, &str); 2] =
    [("harbour", "Harbour", "+420200000100", "100"), ("summit", "Summit", "+420200000200", "110")];
/// Operator: name, name for people, extension, tenant.
pub const OPERATORS: [(&str, &str, &str, &str); 6] = [
    ("anna", "Anna", "201", "harbour"),
    ("boris", "Boris", "202", "harbour"),
    ("cyril", "Cyril", "203", "harbour"),
    ("dana", "Dana", "204", "harbour"),
    ("emil", "Emil", "205", "summit"),
    ("filip", "Filip", "206", "summit"),
];
/// The widget of the demo shop: tenant, name, group.
pub const WIDGET: (&str, &str, &str) = ("harbour", "shop", "anyone");
/// The operator who may listen to the others of the tenant.
pub const SUPERVISOR: &str = "dana";
/// External contact: tenant, name, organisation, number.
pub const EXTERNAL_CONTACTS: [(&str, &str, &str, &str); 3] = [
    ("harbour", "Harbour Master", "Port Authority", "+420777000301"),
    ("harbour", "Ship Repairs", "Dry Dock Ltd.", "+420777000302"),
    ("summit", "Mountain Rescue", "Rescue Service", "+420777000303"),
];
/// Contact: tenant, name, organisation, number, e-mail. Two of one household share a telephone.
pub const CONTACTS: [(&str, &str, &str, &str, &str); 4] = [
    ("harbour", "Jana Nováková", "", "+420777123456", "jana.novakova@example.com"),
    ("harbour", "Petr Dvořák", "Dvořák Boats", "+420777000401", "petr@dvorak-boats.example"),
    ("harbour", "Eva Dvořáková", "", "+420777000401", "eva.dvorakova@example.com"),
    ("summit", "Karl Müller", "Alpine Club", "+4930901820", "k.mueller@alpine.example"),
];
/// What calls of both tenants may have led to.
pub const CALL_RESULTS: [&str; 5] = ["Solved", "Call back", "Order placed", "Not interested", "Wrong number"];
/// What operators of both tenants are asked for.
pub const PARAMETERS: [&str; 2] = ["Customer no.", "Order no."];
/// Tag: tenant, name, colour, keywords.
pub const TAGS: [(&str, &str, &str, &[&str]); 7] = [
    ("harbour", "Complaint", "red", &["complain*", "damaged", "broken"]),
    ("harbour", "Refund", "orange", &["refund*", "money back"]),
    ("harbour", "Order", "green", &["order*"]),
    ("harbour", "Invoice", "blue", &["invoice*", "bill"]),
    ("harbour", "VIP", "purple", &[]),
    ("summit", "Booking", "green", &["book*", "reservation*"]),
    ("summit", "Complaint", "red", &["complain*"]),
];
/// Template: tenant, shortcut, title, text.
pub const TEMPLATES: [(&str, &str, &str, &str); 4] = [
    ("harbour", "hours", "Opening hours", "We are here for you from Monday to Friday, 8:00 to 18:00."),
    (
        "harbour",
        "refund",
        "How a refund works",
        "We have taken your complaint down. The money will be on your account within 14 days.",
    ),
    ("harbour", "thanks", "Thanks and goodbye", "Thank you for writing to Harbour. Have a nice day!"),
    ("summit", "booking", "Booking confirmed", "Your booking is confirmed. We look forward to seeing you."),
];
/// Group: tenant, name, name for people, members.
pub const GROUPS: [(&str, &str, &str, &[&str]); 4] = [
    ("harbour", "sales", "Sales", &["anna", "boris"]),
    ("harbour", "support", "Support", &["cyril", "dana"]),
    ("harbour", "anyone", "Anyone", &["anna", "boris", "cyril", "dana"]),
    ("summit", "summit", "Summit", &["emil", "filip"]),
];

/// Makes sure that the demo company is there, and gives its scope. What exists already stays as it is, so
/// changes to the demo survive a restart.
///
/// # Errors
/// Those of the store.
pub async fn seed(store: &dyn Store) -> Result<Scope> {
    let company = match store.companies().await?.into_iter().find(|company| company.name == COMPANY) {
        Some(company) => company,
        None => store.add_company(COMPANY, DEFAULT_REALM).await?,
    };
    let scope = Scope::company(company.id);
    seed_tenants(store, &scope).await?;
    seed_users(store, &scope).await?;
    seed_groups(store, &scope).await?;
    seed_widgets(store, &scope).await?;
    seed_mailboxes(store, &scope).await?;
    seed_external_contacts(store, &scope).await?;
    seed_contacts(store, &scope).await?;
    seed_work(store, &scope).await?;
    if missing(store.trunk(&scope, &TRUNK.into()).await)? {
        store.add_trunk(&scope, carrier()).await?;
    }
    Ok(scope)
}

async fn seed_tenants(store: &dyn Store, scope: &Scope) -> Result<()> {
    for (name, display, number, short) in TENANTS {
        if missing(store.tenant(scope, &name.into()).await)? {
            let timezone = Some("Europe/Prague".to_owned());
            let new = NewTenant {
                name: name.into(),
                display: Some(display.into()),
                timezone,
                country: Some("CZ".to_owned()),
                call_results: CALL_RESULTS.map(str::to_owned).to_vec(),
                parameters: PARAMETERS.map(str::to_owned).to_vec(),
                ..NewTenant::default()
            };
            store.add_tenant(scope, new).await?;
        }
        if missing(store.number(scope, &number.into()).await)? {
            let new = NewNumber {
                tenant: name.into(),
                number: number.into(),
                short: Some(short.into()),
                label: Some(display.into()),
                recording: None,
            };
            store.add_number(scope, new).await?;
        }
    }
    Ok(())
}

async fn seed_users(store: &dyn Store, scope: &Scope) -> Result<()> {
    if missing(store.user(scope, &"admin".into()).await)? {
        let new = NewUser {
            name: "admin".into(),
            display: Some("Administrator".into()),
            administrator: true,
            password: Some(PASSWORD.into()),
            ..NewUser::default()
        };
        store.add_user(scope, new).await?;
    }
    for (name, display, extension, tenant) in OPERATORS {
        if missing(store.user(scope, &name.into()).await)? {
            let new = NewUser {
                name: name.into(),
                display: Some(display.into()),
                extension: Some(extension.into()),
                roles: BTreeMap::from([(Key::from(tenant), role_of(name))]),
                administrator: false,
                password: Some(PASSWORD.into()),
                ..NewUser::default()
            };
            store.add_user(scope, new).await?;
        }
        if missing(store.device(scope, &extension.into()).await)? {
            let new = NewDevice {
                user: name.into(),
                username: Some(extension.into()),
                label: Some(format!("{display}'s phone")),
                secret: Some(PASSWORD.into()),
                srtp: None,
            };
            store.add_device(scope, new).await?;
        }
    }
    Ok(())
}

async fn seed_widgets(store: &dyn Store, scope: &Scope) -> Result<()> {
    let (tenant, name, group) = WIDGET;
    let within = scope.narrow(store.tenant(scope, &tenant.into()).await?.id);
    if missing(store.widget(&within, &name.into()).await)? {
        let greeting = Some("Good day! How can we help you?".to_owned());
        let form = EntryForm { email: Asked::Optional, ..EntryForm::default() };
        let settings = WidgetSettings { greeting, form, callback: Offered::On, ..WidgetSettings::default() };
        let (tenant, name, group) = (tenant.into(), name.into(), group.into());
        store.add_widget(scope, NewWidget { tenant, name, group, origins: vec![], settings }).await?;
    }
    Ok(())
}

async fn seed_groups(store: &dyn Store, scope: &Scope) -> Result<()> {
    for (tenant, name, display, members) in GROUPS {
        let within = scope.narrow(store.tenant(scope, &tenant.into()).await?.id);
        if missing(store.group(&within, &name.into()).await)? {
            let new = NewGroup {
                tenant: tenant.into(),
                name: name.into(),
                display: Some(display.into()),
                strategy: Strategy::Push,
                members: members.iter().map(|member| Key::from(*member)).collect(),
                offer_for_ms: None,
                misses_allowed: None,
                after_call_work_ms: None,
                limit: None,
                max_wait_ms: None,
                recording: None,
            };
            store.add_group(scope, new).await?;
        }
    }
    Ok(())
}

/// Each operator has a mailbox, and the groups of Harbour share one.
async fn seed_mailboxes(store: &dyn Store, scope: &Scope) -> Result<()> {
    let operators = OPERATORS.map(|(name, _, _, tenant)| (tenant, name, Some(name), None, None));
    let (tenant, group, number) = GROUP_MAILBOX;
    let shared = (tenant, group, None, Some(group), Some(number));
    for (tenant, name, user, group, number) in operators.into_iter().chain([shared]) {
        let within = scope.narrow(store.tenant(scope, &tenant.into()).await?.id);
        if missing(store.mailbox(&within, &name.into()).await)? {
            let new = NewMailbox {
                tenant: Some(tenant.into()),
                user: user.map(Key::from),
                group: group.map(Key::from),
                number: number.map(str::to_owned),
                pin: Some(PIN.into()),
                ..NewMailbox::default()
            };
            store.add_mailbox(scope, new).await?;
        }
    }
    Ok(())
}

/// The supervisor of the demo is an operator as well.
fn role_of(name: &str) -> Role {
    if name == SUPERVISOR { Role::Supervisor } else { Role::Operator }
}

async fn seed_external_contacts(store: &dyn Store, scope: &Scope) -> Result<()> {
    for (tenant, name, organisation, number) in EXTERNAL_CONTACTS {
        let within = scope.narrow(store.tenant(scope, &tenant.into()).await?.id);
        if missing(store.external_contact(&within, &name.into()).await)? {
            let new = NewExternalContact {
                tenant: Some(tenant.into()),
                name: name.into(),
                organisation: Some(organisation.into()),
                numbers: vec![number.into()],
                note: None,
            };
            store.add_external_contact(scope, new).await?;
        }
    }
    Ok(())
}

/// Names of contacts are nobody's alone: those are found by their number and name.
async fn seed_contacts(store: &dyn Store, scope: &Scope) -> Result<()> {
    for (tenant, name, organisation, number, email) in CONTACTS {
        let within = scope.narrow(store.tenant(scope, &tenant.into()).await?.id);
        let filter = ContactFilter { text: Some(name.into()), ..ContactFilter::default() };
        if !store.contacts(&within, &filter).await?.is_empty() {
            continue;
        }
        let entry = |value: &str| vec![Entry { value: value.into(), label: String::new() }];
        let new = NewContact {
            tenant: Some(tenant.into()),
            name: name.into(),
            organisation: organisation.into(),
            phones: entry(number),
            emails: entry(email),
            ..NewContact::default()
        };
        store.add_contact(scope, new).await?;
    }
    Ok(())
}

async fn seed_work(store: &dyn Store, scope: &Scope) -> Result<()> {
    for (tenant, name, colour, keywords) in TAGS {
        let within = scope.narrow(store.tenant(scope, &tenant.into()).await?.id);
        if store.tags(&within).await?.iter().any(|tag| tag.name == name) {
            continue;
        }
        let new = NewTag {
            tenant: Some(tenant.into()),
            name: name.into(),
            colour: Some(colour.into()),
            keywords: keywords.iter().map(|keyword| (*keyword).to_owned()).collect(),
        };
        store.add_tag(scope, new).await?;
    }
    for (tenant, shortcut, title, text) in TEMPLATES {
        let within = scope.narrow(store.tenant(scope, &tenant.into()).await?.id);
        if store.templates(&within, None, None).await?.iter().any(|known| known.shortcut == shortcut) {
            continue;
        }
        let new = NewTemplate {
            tenant: Some(tenant.into()),
            shortcut: shortcut.into(),
            title: title.into(),
            text: text.into(),
        };
        store.add_template(scope, new).await?;
    }
    Ok(())
}

fn carrier() -> NewTrunk {
    NewTrunk {
        name: TRUNK.into(),
        tenant: None,
        host: "127.0.0.1".into(),
        port: Some(5090),
        transport: Some(Transport::Udp),
        username: None,
        password: None,
        prefixes: None,
        enabled: None,
        // Nobody need be there, and nothing is to be sent on and on to nobody.
        settings: serde_json::Map::from_iter([("options_s".to_owned(), 0.into())]),
    }
}

/// Whether the row that was looked for is not there.
fn missing<T>(found: Result<T>) -> Result<bool> {
    match found {
        Ok(_) => Ok(false),
        Err(StoreError::NotFound { .. }) => Ok(true),
        Err(error) => Err(error),
    }
}
