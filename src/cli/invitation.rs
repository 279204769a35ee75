//! `hovor invitation`: what brings one client to the operator who made them.

use clap::{Args, Subcommand};
use reqwest::Method;
use serde_json::json;
use uuid::Uuid;

use super::client::{Connection, url};
use super::table::table;
use crate::api::{InvitationMadeView, InvitationView};
use crate::store::{InvitationKind, NewInvitation};

/// Show invitations, make one, or take one back.
#[derive(Args, Debug)]
pub struct Invitation {
    #[command(subcommand)]
    action: Action,
    #[command(flatten)]
    connection: Connection,
}

#[derive(Subcommand, Debug)]
enum Action {
    /// List them, newest first
    List {
        /// Only those of this tenant
        #[arg(long = "in", value_name = "TENANT")]
        tenant: Option<String>,
    },
    /// Make one; its address is shown this once
    Add {
        /// Whom the client reaches
        #[arg(long)]
        operator: String,
        /// By which widget the client comes
        #[arg(long)]
        widget: String,
        /// For one session only; for any number until it expires if left out
        #[arg(long)]
        once: bool,
        /// How long it lasts: `2h`, `7d`; a day if left out
        #[arg(long, value_name = "TIME")]
        lasts: Option<String>,
        /// Whom it is for
        #[arg(long, default_value = "")]
        note: String,
        /// The tenant
        #[arg(long = "in", value_name = "TENANT")]
        tenant: Option<String>,
    },
    /// Take one back
    Revoke {
        /// Its id
        id: Uuid,
    },
}

impl Invitation {
    /// Runs the command and gives what is to be printed.
    ///
    /// # Errors
    /// What went wrong, in words for the person at the terminal.
    pub async fn run(self) -> Result<String, String> {
        let control = self.connection.control()?;
        let path = ["api", "v1", "invitations"];
        match self.action {
            Action::List { tenant } => {
                let url = url(&path, tenant.as_deref())?;
                let all: Vec<InvitationView> = control.ask(Method::GET, url, None::<&()>).await?;
                shown(&all, self.connection.json)
            }
            Action::Add { operator, widget, once, lasts, note, tenant } => {
                let kind = if once { InvitationKind::OneOff } else { InvitationKind::Reusable };
                let lasts_s = lasts.as_deref().map(seconds).transpose()?;
                let (tenant, operator) =
                    (tenant.map(|name| name.as_str().into()), Some(operator.as_str().into()));
                let new =
                    NewInvitation { tenant, operator, widget: widget.as_str().into(), kind, lasts_s, note };
                let made: InvitationMadeView =
                    control.ask(Method::POST, url(&path, None)?, Some(&new)).await?;
                match self.connection.json {
                    true => serde_json::to_string_pretty(&made).map_err(|error| error.to_string()),
                    false => Ok(format!("code {}, address {}", made.invitation.code, made.path)),
                }
            }
            Action::Revoke { id } => {
                let text = id.to_string();
                let url = url(&[path[0], path[1], path[2], &text], None)?;
                let gone: InvitationView = control.ask(Method::DELETE, url, None::<&()>).await?;
                Ok(format!("the invitation {} is taken back", gone.code))
            }
        }
    }
}

fn seconds(text: &str) -> Result<u64, String> {
    let wrong = || format!("`{text}` is no length of time: write 30m, 2h or 7d");
    let split = text.len().checked_sub(1).filter(|at| text.is_char_boundary(*at)).ok_or_else(wrong)?;
    let (number, unit) = text.split_at(split);
    let unit = match unit {
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => return Err(wrong()),
    };
    let number: u64 = number.parse().map_err(|_| wrong())?;
    number.checked_mul(unit).ok_or_else(wrong)
}

fn shown(all: &[InvitationView], as_json: bool) -> Result<String, String> {
    if as_json {
        return serde_json::to_string_pretty(all).map_err(|error| error.to_string());
    }
    if all.is_empty() {
        return Ok("there are no invitations".to_owned());
    }
    let rows: Vec<_> = all.iter().map(|one| json!(one)).collect();
    let columns = [
        ("code", "code"),
        ("operator", "operator"),
        ("tenant", "tenant"),
        ("state", "state"),
        ("kind", "kind"),
        ("uses", "uses"),
        ("until", "expires_at"),
        ("for", "note"),
        ("id", "id"),
    ];
    Ok(table(&columns, &rows))
}
