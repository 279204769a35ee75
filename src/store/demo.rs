//! The demo company: what `hovor serve --demo` starts with.

use std::collections::BTreeMap;

use crate::store::{
    DEFAULT_REALM, Key, NewDevice, NewGroup, NewNumber, NewTenant, NewTrunk, NewUser, Role, Scope, Store,
    StoreError, Strategy, Transport,
};

/// The name of the demo company.
pub const COMPANY: &str = "Demo";
/// The password of every demo user and device. The demo listens on loopback only.
pub const PASSWORD: &str = "hovor-demo";

type Result<T> = std::result::Result<T, StoreError>;

/// Tenant: name, name for people, number, short number.
const TENANTS: [(&str, &str, &str, &str); 2] =
    [("harbour", "Harbour", "+420200000100", "100"), ("summit", "Summit", "+420200000200", "110")];
/// Operator: name, name for people, extension, tenant.
const OPERATORS: [(&str, &str, &str, &str); 6] = [
    ("anna", "Anna", "201", "harbour"),
    ("boris", "Boris", "202", "harbour"),
    ("cyril", "Cyril", "203", "harbour"),
    ("dana", "Dana", "204", "harbour"),
    ("emil", "Emil", "205", "summit"),
    ("filip", "Filip", "206", "summit"),
];
/// Group: tenant, name, name for people, members.
const GROUPS: [(&str, &str, &str, &[&str]); 4] = [
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
    if missing(store.trunk(&scope, &"carrier".into()).await)? {
        store.add_trunk(&scope, carrier()).await?;
    }
    Ok(scope)
}

async fn seed_tenants(store: &dyn Store, scope: &Scope) -> Result<()> {
    for (name, display, number, short) in TENANTS {
        if missing(store.tenant(scope, &name.into()).await)? {
            let timezone = Some("Europe/Prague".to_owned());
            let new =
                NewTenant { name: name.into(), display: Some(display.into()), language: None, timezone };
            store.add_tenant(scope, new).await?;
        }
        if missing(store.number(scope, &number.into()).await)? {
            let new = NewNumber {
                tenant: name.into(),
                number: number.into(),
                short: Some(short.into()),
                label: Some(display.into()),
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
                roles: BTreeMap::from([(Key::from(tenant), Role::Operator)]),
                administrator: false,
                password: Some(PASSWORD.into()),
            };
            store.add_user(scope, new).await?;
        }
        if missing(store.device(scope, &extension.into()).await)? {
            let new = NewDevice {
                user: name.into(),
                username: Some(extension.into()),
                label: Some(format!("{display}'s phone")),
                secret: Some(PASSWORD.into()),
            };
            store.add_device(scope, new).await?;
        }
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
            };
            store.add_group(scope, new).await?;
        }
    }
    Ok(())
}

fn carrier() -> NewTrunk {
    NewTrunk {
        name: "carrier".into(),
        tenant: None,
        host: "127.0.0.1".into(),
        port: Some(5090),
        transport: Transport::Udp,
        username: None,
        password: None,
        prefixes: None,
        enabled: None,
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
