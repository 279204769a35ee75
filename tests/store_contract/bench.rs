//! What a case works on: a fresh store with a company in it.

use std::collections::BTreeMap;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;

use hovor::entropy::Entropy;
use hovor::id::{SessionId, TenantId};
use hovor::store::*;
use hovor::time::UnixMs;

/// A case of the contract.
pub type Case = fn(Bench) -> Pin<Box<dyn Future<Output = ()> + Send>>;

/// A fresh store with a company in it.
pub struct Bench {
    pub url: String,
    pub store: Arc<dyn Store>,
    pub company: Company,
    /// All of the company.
    pub all: Scope,
}

impl Bench {
    pub async fn open(url: &str) -> Self {
        let store = open(url).await.unwrap();
        let company = store.add_company("Ostrov", "hovor").await.unwrap();
        let all = Scope::company(company.id);
        Self { url: url.to_owned(), store, company, all }
    }

    /// The store after a restart of the program.
    pub async fn reopened(&self) -> Arc<dyn Store> {
        self.store.close().await;
        open(&self.url).await.unwrap()
    }

    pub async fn tenant(&self, name: &str) -> Tenant {
        let new = NewTenant { name: name.into(), ..NewTenant::default() };
        self.store.add_tenant(&self.all, new).await.unwrap()
    }

    pub async fn operator(&self, name: &str, extension: &str, tenant: &str) -> User {
        self.store.add_user(&self.all, operator(name, extension, tenant)).await.unwrap()
    }

    pub async fn device(&self, user: &str) -> Device {
        self.store.add_device(&self.all, device(user)).await.unwrap().device
    }
}

/// A new operator.
pub fn operator(name: &str, extension: &str, tenant: &str) -> NewUser {
    NewUser {
        name: name.into(),
        extension: Some(extension.into()),
        roles: BTreeMap::from([(tenant.into(), Role::Operator)]),
        ..NewUser::default()
    }
}

/// A new device, named after its user's extension.
pub fn device(user: &str) -> NewDevice {
    NewDevice { user: user.into(), username: None, label: None, secret: None, srtp: None }
}

/// A new number.
pub fn number(tenant: &str, number: &str, short: Option<&str>) -> NewNumber {
    NewNumber {
        tenant: tenant.into(),
        number: number.into(),
        short: short.map(str::to_owned),
        label: None,
        recording: None,
    }
}

/// A new group with the defaults.
pub fn group(tenant: &str, name: &str, members: &[&str]) -> NewGroup {
    let members: Vec<&str> = members.to_vec();
    serde_json::from_value(serde_json::json!({ "tenant": tenant, "name": name, "members": members })).unwrap()
}

/// A new trunk with the defaults.
pub fn trunk(name: &str, tenant: Option<&str>) -> NewTrunk {
    serde_json::from_value(serde_json::json!({ "name": name, "tenant": tenant, "host": "192.0.2.7" }))
        .unwrap()
}

/// A new token that never expires.
pub fn token(name: &str, tenant: Option<&str>) -> NewToken {
    NewToken { name: name.into(), tenant: tenant.map(Key::from), role: None, expires_at: None }
}

/// The id of the `n`th session, in order of time.
pub fn session_id(n: u64) -> SessionId {
    SessionId::new(UnixMs(1_700_000_000_000 + i64::try_from(n).unwrap()), &mut Entropy::from_number(n))
}

/// The `n`th session, just begun.
pub fn session(n: u64, tenant: Option<TenantId>) -> Session {
    Session {
        id: session_id(n),
        tenant,
        kind: SessionKind::Client,
        direction: SessionDirection::Inbound,
        line: "phone".into(),
        from: "+420777123456".into(),
        from_name: None,
        dialled: "+420200000100".into(),
        group: None,
        operator: None,
        keys: String::new(),
        started_at: UnixMs(1_700_000_000_000 + i64::try_from(n).unwrap()),
        answered_at: None,
        ended_at: None,
        waiting_ms: 0,
        talk_ms: 0,
        end_cause: None,
        parameters: BTreeMap::new(),
        tags: Default::default(),
        called: Default::default(),
    }
}

/// An event of the `n`th session.
pub fn event(n: u64, tenant: Option<TenantId>, seq: u32) -> SessionEvent {
    SessionEvent {
        session: session_id(n),
        tenant,
        seq,
        at: UnixMs(1_700_000_000_000 + i64::from(seq)),
        kind: "offered".into(),
        body: serde_json::json!({ "to": "anna", "reason": "longest idle", "number": seq }),
    }
}

/// Whether this is the error of a row that is not there.
pub fn is_missing<T>(result: &Result<T, StoreError>) -> bool {
    matches!(result, Err(StoreError::NotFound { .. }))
}

/// The sentence of an error.
pub fn sentence<T>(result: Result<T, StoreError>) -> String {
    result.err().expect("an error").to_string()
}

/// A folder that goes when it is dropped.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("hovor-store-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        _ = std::fs::remove_dir_all(&self.0);
    }
}
