//! Who the client of a session is, as far as it was taken down.

use crate::id::{ContactId, SessionId, TenantId};
use crate::store::contact::{phone, text};
use crate::store::sql::{Row, Value};
use crate::store::{StoreError, field};

/// Who connected a contact with a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chosen {
    /// Nobody: it was certain.
    Automatic,
    /// An operator.
    Operator,
}

/// Whether a session is connected with a contact.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Connection {
    /// Nobody has said anything.
    #[default]
    Open,
    /// It is.
    With(ContactId, Chosen),
    /// An operator says that it is not, and it is not to be by itself.
    Refused,
}

/// What was taken down of the client of a session. What was not is `None`: it is as the call itself told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SessionClient {
    /// Name.
    pub name: Option<String>,
    /// Telephone number in E.164 form.
    pub phone: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// The contact.
    pub connection: Connection,
}

/// What changes of it; what is left out stays. An empty text takes away what was known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClientChange {
    /// Another name.
    pub name: Option<String>,
    /// Another number, in E.164 form or as it is dialled in the tenant's country.
    pub phone: Option<String>,
    /// Another address.
    pub email: Option<String>,
    /// Another contact, or none. One that is automatic gives way to what an operator chose meanwhile.
    pub connection: Option<Connection>,
}

impl SessionClient {
    pub(super) fn apply(&mut self, change: ClientChange, country: Option<&str>) -> Result<(), StoreError> {
        if let Some(name) = change.name {
            self.name = Some(text("name", &name)?);
        }
        if let Some(number) = change.phone {
            let empty = number.trim().is_empty();
            self.phone = Some(if empty { String::new() } else { phone("phone", &number, country)? });
        }
        if let Some(email) = change.email {
            let empty = email.trim().is_empty();
            self.email = Some(if empty { String::new() } else { field::email("email", &email)? });
        }
        match change.connection {
            Some(Connection::With(_, Chosen::Automatic)) if self.connection != Connection::Open => {}
            Some(connection) => self.connection = connection,
            None => {}
        }
        Ok(())
    }

    pub(super) fn values(&self, company: &str, session: SessionId, tenant: Option<TenantId>) -> Vec<Value> {
        let (contact, chosen) = match self.connection {
            Connection::Open => (None, None),
            Connection::With(contact, Chosen::Automatic) => (Some(contact), Some("automatic")),
            Connection::With(contact, Chosen::Operator) => (Some(contact), Some("operator")),
            Connection::Refused => (None, Some("nobody")),
        };
        vec![
            Value::from(session.to_string()),
            Value::from(company),
            Value::from(tenant.map(|id| id.to_string())),
            Value::from(self.name.clone()),
            Value::from(self.phone.clone()),
            Value::from(self.email.clone()),
            Value::from(contact.map(|id| id.to_string())),
            Value::from(chosen.map(str::to_owned)),
        ]
    }

    pub(super) fn read(row: &Row) -> Result<Self, StoreError> {
        let contact = row.optional_id("contact_id")?.map(ContactId);
        let chosen = row.optional_text("chosen")?;
        let connection = match (contact, chosen.as_deref()) {
            (Some(contact), Some("automatic")) => Connection::With(contact, Chosen::Automatic),
            (Some(contact), _) => Connection::With(contact, Chosen::Operator),
            (None, Some("nobody")) => Connection::Refused,
            (None, _) => Connection::Open,
        };
        Ok(Self {
            name: row.optional_text("name")?,
            phone: row.optional_text("phone")?,
            email: row.optional_text("email")?,
            connection,
        })
    }
}

/// The columns of it, in the order of [`SessionClient::values`].
pub(super) const COLUMNS: &[&str] =
    &["session_id", "company_id", "tenant_id", "name", "phone", "email", "contact_id", "chosen"];
