//! `hovor user`.

use clap::Args;
use serde_json::Value;

use super::noun::{Body, Noun, body, secret_line, settable};
use crate::e164::Classes;
use crate::store::{Key, NewUser, Role, UserChange};

/// Users as commands know them.
pub const NOUN: Noun = Noun {
    one: "user",
    many: "users",
    name: "name",
    columns: &[
        ("NAME", "name"),
        ("DISPLAY", "display"),
        ("EXTENSION", "extension"),
        ("ROLES", "roles"),
        ("ADMINISTRATOR", "administrator"),
        ("LOGIN", "can_log_in"),
        ("CALLS", "calls"),
    ],
};

/// Options of `hovor user add`.
#[derive(Args, Clone, Debug)]
pub struct Add {
    /// The login name: anna
    name: String,
    /// The name for people
    #[arg(long)]
    display: Option<String>,
    /// The number by which colleagues dial this user: 201
    #[arg(long)]
    extension: Option<String>,
    /// A role in a tenant: operator, supervisor or administrator; may be given several times
    #[arg(long = "role", value_name = "TENANT=ROLE", value_parser = role)]
    roles: Vec<(Key, Role)>,
    /// May do everything in the whole company
    #[arg(long)]
    administrator: bool,
    /// Read the login password from standard input, on one line
    #[arg(long)]
    password_stdin: bool,
    /// Classes of numbers outside that the user may call, with commas between them: local, national, mobile, international,
    /// premium; all, or none [default: local,national,mobile]
    #[arg(long, value_name = "CLASSES")]
    calls: Option<Classes>,
    /// Calls outside at once [default: 2]
    #[arg(long, value_name = "COUNT")]
    max_calls: Option<u32>,
}

impl Body for Add {
    fn body(self) -> Result<Value, String> {
        let Self { name, display, extension, roles, administrator, password_stdin, calls, max_calls } = self;
        let password = secret_line(password_stdin)?;
        let roles = roles.into_iter().collect();
        body(NewUser { name, display, extension, roles, administrator, password, calls, max_calls })
    }
}

/// Options of `hovor user set`.
#[derive(Args, Clone, Debug)]
pub struct Set {
    /// A new login name
    #[arg(long)]
    name: Option<String>,
    /// A new name for people
    #[arg(long)]
    display: Option<String>,
    /// Another extension
    #[arg(long, conflicts_with = "no_extension")]
    extension: Option<String>,
    /// No extension any more
    #[arg(long)]
    no_extension: bool,
    /// A role to give; may be given several times
    #[arg(long = "role", value_name = "TENANT=ROLE", value_parser = role)]
    roles: Vec<(Key, Role)>,
    /// A tenant in which to take the role away; may be given several times
    #[arg(long = "no-role", value_name = "TENANT")]
    no_roles: Vec<Key>,
    /// Whether the user may do everything in the whole company
    #[arg(long, value_name = "true|false")]
    administrator: Option<bool>,
    /// Read a new login password from standard input, on one line
    #[arg(long, conflicts_with = "no_password")]
    password_stdin: bool,
    /// No login any more
    #[arg(long)]
    no_password: bool,
    /// All classes of numbers outside that the user may call anew, with commas between them
    #[arg(long, value_name = "CLASSES", conflicts_with = "usual_calls")]
    calls: Option<Classes>,
    /// Calls outside at once
    #[arg(long, value_name = "COUNT", conflicts_with = "usual_calls")]
    max_calls: Option<u32>,
    /// The usual classes, and as many calls at once as is usual
    #[arg(long)]
    usual_calls: bool,
}

impl Body for Set {
    fn body(self) -> Result<Value, String> {
        let password = settable(secret_line(self.password_stdin)?, self.no_password);
        let taken = self.no_roles.into_iter().map(|tenant| (tenant, None));
        let given = self.roles.into_iter().map(|(tenant, role)| (tenant, Some(role)));
        body(UserChange {
            name: self.name,
            display: self.display,
            extension: settable(self.extension, self.no_extension),
            roles: taken.chain(given).collect(),
            administrator: self.administrator,
            password,
            calls: settable(self.calls, self.usual_calls),
            max_calls: settable(self.max_calls, self.usual_calls),
        })
    }
}

/// Reads `harbour=operator`.
fn role(text: &str) -> Result<(Key, Role), String> {
    let (tenant, role) = text.split_once('=').ok_or("write TENANT=ROLE, for example harbour=operator")?;
    Ok((Key::from(tenant), role.parse().map_err(|error: crate::store::StoreError| error.to_string())?))
}
