//! Mails to the owners of mailboxes, and of what was written in a chat: the store keeps what is to go out, and it goes out until a server takes it.
//!
//! A mail is written into the store with what it tells of, so none is lost. It is marked as sent when the server has taken
//! it: if we are killed between the two it goes out again, with the same Message-ID.

mod conversation;
mod letter;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::Category;
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use tokio::sync::Notify;
use tracing::{info, warn};

use self::conversation::Conversation;
use self::letter::{Letter, Sound};
use super::voicemail::Voicemail;
use crate::config::{Smtp, SmtpTls};
use crate::entropy::Entropy;
use crate::id::{MailboxId, SessionId, TenantId};
use crate::store::{Mail, MailAbout, MailState, StoreError};
use crate::time::UnixMs;
use crate::webhook;

/// Mails sent at once.
const AT_ONCE: u32 = 4;
/// How long the server may take for one answer, and for a whole mail.
const ANSWER: Duration = Duration::from_secs(30);
const PATIENCE: Duration = Duration::from_secs(180);
/// How long the store is left alone when nothing is due.
const LOOK: Duration = Duration::from_secs(30);
/// The longest sound in a mail, in bytes: some ten minutes. Servers take 20 MB as a rule, and a mail is a third longer.
const SOUND_MAX: u64 = 10 << 20;
/// How long it is kept what went out, or was given up.
const KEPT: Duration = Duration::from_secs(30 * 86_400);
/// The longest reason that is kept, in characters.
const REASON_MAX: usize = 300;

/// What tells the sender of a new mail, and what it has counted.
#[derive(Debug, Default)]
pub struct Postbox {
    filled: Notify,
    sent: AtomicU64,
    attempts_failed: AtomicU64,
    given_up: AtomicU64,
    waiting: AtomicU64,
}

/// What was counted up to one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Mails that a server has taken.
    pub sent: u64,
    /// Attempts after which a mail had not gone out.
    pub attempts_failed: u64,
    /// Mails that are not tried again.
    pub given_up: u64,
    /// Mails that are to be sent, or sent again; counted when they are looked at.
    pub waiting: u64,
}

impl Postbox {
    /// There may be a new mail.
    pub fn fill(&self) {
        self.filled.notify_one();
    }

    /// What was counted so far.
    pub fn figures(&self) -> Figures {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Figures {
            sent: read(&self.sent),
            attempts_failed: read(&self.attempts_failed),
            given_up: read(&self.given_up),
            waiting: read(&self.waiting),
        }
    }

    fn tried(&self, mail: &Mail) {
        let (counter, failed) = match mail.state {
            MailState::Sent => (Some(&self.sent), false),
            MailState::Waiting => (None, true),
            MailState::Failed => (Some(&self.given_up), true),
        };
        counter.into_iter().for_each(|counter| _ = counter.fetch_add(1, Ordering::Relaxed));
        self.attempts_failed.fetch_add(u64::from(failed), Ordering::Relaxed);
    }
}

/// Sends what is due.
pub struct Mailer {
    voicemail: Arc<Voicemail>,
    relay: Option<Arc<Relay>>,
    entropy: Entropy,
}

/// The server to which mails are handed over.
struct Relay {
    smtp: Smtp,
    transport: AsyncSmtpTransport<Tokio1Executor>,
}

/// What came of an attempt.
enum Outcome {
    /// The server has taken it; `true`: with the sound of the message.
    Sent(bool),
    /// It may go out later; why not now.
    NotNow(String),
    /// It never will; why.
    Never(String),
}

impl Mailer {
    /// A sender of the mails that wait in the store.
    ///
    /// # Errors
    /// The certificate in the settings cannot be read.
    pub fn new(
        smtp: Option<&Smtp>,
        voicemail: Arc<Voicemail>,
        entropy: &mut Entropy,
    ) -> Result<Self, String> {
        let relay = smtp.map(Relay::to).transpose()?.map(Arc::new);
        Ok(Self { voicemail, relay, entropy: entropy.fork() })
    }

    /// Sends for as long as the program runs.
    pub async fn run(mut self) {
        loop {
            let wait = match self.round().await {
                Ok(wait) => wait,
                Err(error) => {
                    warn!(%error, "cannot read or write mails; trying again");
                    LOOK
                }
            };
            let voicemail = Arc::clone(&self.voicemail);
            tokio::select! {
                () = voicemail.postbox.filled.notified() => {}
                () = pause(wait) => {}
            }
        }
    }

    /// Sends what is due now; how long nothing else will be.
    async fn round(&mut self) -> Result<Duration, StoreError> {
        let Voicemail { store, scope, clock, postbox, .. } = self.voicemail.as_ref();
        let now = clock.wall();
        store.remove_mails(scope, UnixMs(now.0 - KEPT.as_millis() as i64)).await?;
        postbox.waiting.store(store.waiting_mails(scope).await?, Ordering::Relaxed);
        let next = store.next_mails(scope, AT_ONCE).await?;
        let (due, later): (Vec<_>, Vec<_>) =
            next.into_iter().partition(|mail| mail.next_at.is_none_or(|at| at <= now));
        if due.is_empty() {
            let next = later.iter().filter_map(|mail| mail.next_at).min();
            let wait = next.map(|at| Duration::from_millis(u64::try_from(at.0 - now.0).unwrap_or(0)));
            return Ok(wait.unwrap_or(LOOK).min(LOOK));
        }
        let mut attempts = tokio::task::JoinSet::new();
        for mail in due {
            let (voicemail, relay) = (Arc::clone(&self.voicemail), self.relay.clone());
            attempts.spawn(async move { attempt(&voicemail, relay.as_deref(), mail).await });
        }
        while let Some(attempt) = attempts.join_next().await {
            if let Ok((mail, outcome)) = attempt {
                self.settle(mail, outcome).await?;
            }
        }
        Ok(Duration::ZERO)
    }

    /// Writes down what has become of a mail.
    async fn settle(&mut self, mut mail: Mail, outcome: Outcome) -> Result<(), StoreError> {
        let voicemail = Arc::clone(&self.voicemail);
        let now = voicemail.clock.wall();
        mail.attempts += 1;
        mail.last_at = Some(now);
        let again = webhook::again(mail.attempts, now, &mut self.entropy);
        let (state, why) = match &outcome {
            Outcome::Sent(_) => (MailState::Sent, None),
            Outcome::NotNow(why) if again.is_some() => (MailState::Waiting, Some(why)),
            Outcome::NotNow(why) | Outcome::Never(why) => (MailState::Failed, Some(why)),
        };
        mail.state = state;
        mail.next_at = again.filter(|_| state == MailState::Waiting);
        mail.last_error = why.map(|why| why.chars().take(REASON_MAX).collect());
        let (id, why) = (mail.id, mail.last_error.as_deref().unwrap_or_default());
        match state {
            MailState::Sent => info!(mail = %id, about = ?mail.about, "a mail went out"),
            MailState::Waiting => warn!(mail = %id, why, "a mail did not go out; it is tried again"),
            MailState::Failed => warn!(mail = %id, attempts = mail.attempts, why, "a mail is given up"),
        }
        voicemail.postbox.tried(&mail);
        voicemail.store.put_mails(&voicemail.scope, std::slice::from_ref(&mail)).await?;
        if let (Outcome::Sent(true), MailAbout::Message(mailbox)) = (&outcome, mail.about) {
            voicemail.mailed(mailbox, mail.message()).await;
        }
        Ok(())
    }
}

/// Tries to send one mail.
async fn attempt(voicemail: &Voicemail, relay: Option<&Relay>, mut mail: Mail) -> (Mail, Outcome) {
    let Some(relay) = relay else {
        let why = "no server for mails is named: start hovor with --smtp-host and --smtp-from";
        return (mail, Outcome::NotNow(why.to_owned()));
    };
    let outcome = match mail.about {
        MailAbout::Message(mailbox) => relay.tell_of_message(voicemail, &mut mail, mailbox).await,
        MailAbout::Session(session) => relay.tell_of_session(voicemail, &mail, session).await,
    };
    (mail, outcome.unwrap_or_else(in_vain))
}

/// What it means for a mail that something could not be read of which it tells.
fn in_vain(error: StoreError) -> Outcome {
    match error {
        StoreError::NotFound { what, .. } => {
            Outcome::Never(format!("the {what} was removed before the mail could go out"))
        }
        error => Outcome::NotNow(error.to_string()),
    }
}

impl Relay {
    fn to(smtp: &Smtp) -> Result<Self, String> {
        let words = |error: lettre::transport::smtp::Error| format!("--smtp-host {}: {error}", smtp.host);
        let parameters = || -> Result<TlsParameters, String> {
            let mut parameters = TlsParameters::builder(smtp.host.clone());
            if let Some(path) = &smtp.ca {
                parameters = parameters.add_root_certificate(certificate(path)?);
            }
            parameters.build_rustls().map_err(words)
        };
        let tls = match smtp.tls {
            SmtpTls::Starttls => Tls::Required(parameters()?),
            SmtpTls::Implicit => Tls::Wrapper(parameters()?),
            SmtpTls::None => Tls::None,
        };
        let builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(smtp.host.clone())
            .port(smtp.port)
            .tls(tls)
            .timeout(Some(ANSWER))
            .hello_name(ClientId::Domain(smtp.from.email.domain().to_owned()));
        let builder = match &smtp.login {
            Some((user, password)) => builder.credentials(Credentials::new(user.clone(), password.0.clone())),
            None => builder,
        };
        Ok(Self { smtp: smtp.clone(), transport: builder.build() })
    }

    async fn tell_of_message(
        &self,
        voicemail: &Voicemail,
        mail: &mut Mail,
        mailbox: MailboxId,
    ) -> Result<Outcome, StoreError> {
        let message = voicemail.store.message(&voicemail.scope, mail.message()).await?;
        let mailbox = voicemail.store.mailbox(&voicemail.scope, &mailbox.into()).await?;
        let Some(email) = mailbox.email.clone() else {
            return Ok(Outcome::Never("the mailbox has no address for mails any more".to_owned()));
        };
        // The address may have been mended since.
        mail.recipient = email;
        let (language, zone) = place(voicemail, message.tenant).await;
        let sound = match mailbox.email_sound {
            true => match sound(&voicemail.sound(message.id)).await {
                Ok(sound) => sound,
                Err(why) => return Ok(Outcome::NotNow(why)),
            },
            false => Sound::InMailbox,
        };
        let with_sound = matches!(sound, Sound::Attached(_));
        let letter =
            Letter { message: &message, mailbox: &mailbox.name, language: &language, zone: &zone, sound };
        let written = letter.write(&self.smtp.from, &mail.recipient, voicemail.clock.wall());
        Ok(self.send(written, with_sound).await)
    }

    async fn tell_of_session(
        &self,
        voicemail: &Voicemail,
        mail: &Mail,
        session: SessionId,
    ) -> Result<Outcome, StoreError> {
        let found = voicemail.store.session(&voicemail.scope, session).await?;
        let events = voicemail.store.events(&voicemail.scope, found.id).await?;
        let (language, zone) = place(voicemail, mail.tenant).await;
        let conversation = Conversation { id: mail.id, events: &events, language: &language, zone: &zone };
        let written = conversation.write(&self.smtp.from, &mail.recipient, voicemail.clock.wall());
        Ok(self.send(written, false).await)
    }

    async fn send(&self, written: Result<lettre::Message, String>, with_sound: bool) -> Outcome {
        let written = match written {
            Ok(written) => written,
            Err(why) => return Outcome::Never(why),
        };
        match tokio::time::timeout(PATIENCE, self.transport.send(written)).await {
            Ok(Ok(_)) => Outcome::Sent(with_sound),
            Ok(Err(error)) => refused(&error),
            Err(_) => Outcome::NotNow(format!("{} does not come to an end with it", self.smtp.host)),
        }
    }
}

/// The language and the time zone of a tenant.
async fn place(voicemail: &Voicemail, tenant: TenantId) -> (String, String) {
    match voicemail.store.tenant(&voicemail.scope, &tenant.into()).await {
        Ok(tenant) => (tenant.language, tenant.timezone),
        Err(_) => (crate::dialplan::say::FALLBACK.to_owned(), "UTC".to_owned()),
    }
}

/// What a server says of the mail itself (RFC 5321 section 4.2.3: 550 to 556) it will say again. What it says of our
/// login, or of itself, can be mended.
fn refused(error: &lettre::transport::smtp::Error) -> Outcome {
    let about_the_mail = error.status().is_some_and(|code| code.category == Category::MailSystem);
    let why = error.to_string();
    match error.is_permanent() && about_the_mail {
        true => Outcome::Never(why),
        false => Outcome::NotNow(why),
    }
}

async fn sound(path: &Path) -> Result<Sound, String> {
    let wrong = |error: std::io::Error| format!("the sound of the message cannot be read: {error}");
    let length = tokio::fs::metadata(path).await.map_err(wrong)?.len();
    match length > SOUND_MAX {
        true => Ok(Sound::TooLong),
        false => Ok(Sound::Attached(tokio::fs::read(path).await.map_err(wrong)?)),
    }
}

fn certificate(path: &Path) -> Result<Certificate, String> {
    let shown = path.display();
    let text = std::fs::read(path).map_err(|error| format!("--smtp-ca {shown}: {error}"))?;
    Certificate::from_pem(&text)
        .map_err(|error| format!("--smtp-ca {shown} is no certificate in PEM: {error}"))
}

#[expect(clippy::disallowed_methods, reason = "a driver waits for its next round")]
async fn pause(duration: Duration) {
    tokio::time::sleep(duration).await;
}
