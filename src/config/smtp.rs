//! The server to which mails are handed over.

use std::fmt;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use lettre::message::Mailbox;
use serde::Deserialize;

use super::Settings;

/// How the connection to the server is protected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum SmtpTls {
    /// It begins in the clear and goes over to TLS before anything is told (RFC 3207).
    #[default]
    Starttls,
    /// TLS from the first byte (RFC 8314 section 3.3).
    Implicit,
    /// None, to a server on this machine.
    None,
}

impl SmtpTls {
    /// The port that is usual for it.
    fn port(self) -> u16 {
        match self {
            Self::Starttls => 587,
            Self::Implicit => 465,
            Self::None => 25,
        }
    }
}

/// A secret that is not shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(pub String);

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

/// The server to which mails are handed over.
#[derive(Clone, Debug, PartialEq)]
pub struct Smtp {
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub tls: SmtpTls,
    /// With what we log in there.
    pub login: Option<(String, Password)>,
    /// From whom mails come.
    pub from: Mailbox,
    /// File with a certificate (PEM) that is trusted besides those of the system.
    pub ca: Option<PathBuf>,
}

impl Smtp {
    /// What the settings say, those of the command line before those of the file; `None` if no server is named.
    pub(super) fn decide(own: &Settings, file: &Settings) -> Result<Option<Self>, String> {
        let user = own.smtp_user.as_ref().or(file.smtp_user.as_ref()).cloned();
        let password = password(own)?.or(password(file)?);
        let from = own.smtp_from.as_ref().or(file.smtp_from.as_ref());
        let Some(host) = own.smtp_host.as_ref().or(file.smtp_host.as_ref()).cloned() else {
            return match user.is_some() || password.is_some() || from.is_some() {
                true => Err("mails need a server: name it with --smtp-host".to_owned()),
                false => Ok(None),
            };
        };
        let tls = own.smtp_tls.or(file.smtp_tls).unwrap_or_default();
        if tls == SmtpTls::None && !is_this_machine(&host) {
            return Err(format!(
                "--smtp-tls none is for a server on this machine, for everybody on the way to {host} could read the \
                 mails and the password; use starttls or implicit"
            ));
        }
        let from = from.ok_or("mails need a sender: name it with --smtp-from, as in pbx@example.com")?;
        let from = from.parse::<Mailbox>().map_err(|error| {
            format!("--smtp-from {from:?} is no address ({error}); write pbx@example.com, or 'PBX <pbx@example.com>'")
        })?;
        let login = match (user, password) {
            (Some(user), Some(password)) => Some((user, password)),
            (None, None) => None,
            (Some(_), None) => {
                return Err(
                    "--smtp-user needs a password: name its file with --smtp-password-file".to_owned()
                );
            }
            (None, Some(_)) => return Err("a password for mails needs its --smtp-user".to_owned()),
        };
        let port = own.smtp_port.or(file.smtp_port).unwrap_or(tls.port());
        let ca = own.smtp_ca.as_ref().or(file.smtp_ca.as_ref()).cloned();
        Ok(Some(Self { host, port, tls, login, from, ca }))
    }
}

fn password(settings: &Settings) -> Result<Option<Password>, String> {
    match (&settings.smtp_password, &settings.smtp_password_file) {
        (Some(password), _) => Ok(Some(Password(password.clone()))),
        (None, Some(path)) => first_line(path).map(Some),
        (None, None) => Ok(None),
    }
}

fn first_line(path: &Path) -> Result<Password, String> {
    let shown = path.display();
    let text = std::fs::read_to_string(path)
        .map_err(|error| format!("cannot read the password for mails in {shown}: {error}"))?;
    match text.lines().next().filter(|line| !line.is_empty()) {
        Some(line) => Ok(Password(line.to_owned())),
        None => Err(format!("{shown} is empty; the password for mails is expected there, on the first line")),
    }
}

fn is_this_machine(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> Settings {
        Settings {
            smtp_host: Some("mail.example.com".into()),
            smtp_from: Some("PBX <pbx@example.com>".into()),
            ..Settings::default()
        }
    }

    fn decided(own: &Settings) -> Result<Option<Smtp>, String> {
        Smtp::decide(own, &Settings::default())
    }

    #[test]
    fn a_server_and_a_sender_are_enough() {
        assert_eq!(decided(&Settings::default()), Ok(None));
        let smtp = decided(&settings()).unwrap().unwrap();
        assert_eq!((smtp.port, smtp.tls, smtp.login), (587, SmtpTls::Starttls, None));
        let implicit = Settings { smtp_tls: Some(SmtpTls::Implicit), ..settings() };
        assert_eq!(decided(&implicit).unwrap().unwrap().port, 465);
    }

    #[test]
    fn nothing_goes_over_the_network_in_the_clear() {
        for (host, allowed) in
            [("mail.example.com", false), ("192.0.2.1", false), ("localhost", true), ("::1", true)]
        {
            let own = Settings { smtp_host: Some(host.into()), smtp_tls: Some(SmtpTls::None), ..settings() };
            assert_eq!(decided(&own).is_ok(), allowed, "{host}");
        }
    }

    #[test]
    fn what_is_missing_or_wrong_is_named() {
        let wrong = |own: Settings| decided(&own).unwrap_err();
        assert!(wrong(Settings { smtp_from: None, ..settings() }).contains("--smtp-from"));
        assert!(
            wrong(Settings { smtp_from: Some("a\r\nBcc: b@c.de".into()), ..settings() })
                .contains("no address")
        );
        assert!(
            wrong(Settings { smtp_user: Some("pbx".into()), ..settings() }).contains("--smtp-password-file")
        );
        assert!(wrong(Settings { smtp_password: Some("x".into()), ..settings() }).contains("--smtp-user"));
        assert!(wrong(Settings { smtp_host: None, ..settings() }).contains("--smtp-host"));
        let file = Some("/nowhere/password".into());
        let missing = Settings { smtp_user: Some("pbx".into()), smtp_password_file: file, ..settings() };
        assert!(wrong(missing).contains("/nowhere/password"));
    }

    #[test]
    fn the_password_is_not_shown() {
        let own =
            Settings { smtp_user: Some("pbx".into()), smtp_password: Some("geheim".into()), ..settings() };
        assert!(!format!("{:?}", decided(&own).unwrap()).contains("geheim"));
    }
}
