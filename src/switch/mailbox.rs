//! Mailboxes: found from memory, opened and changed beside the switch, and messages taken for them.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Switch;
use super::action::Action;
use super::directory::Mailbox;
use super::history::Happening;
use super::session::Session;
use crate::dialplan::{Input, MailboxAct, MailboxFacts, MailboxName, Opened, Pin};
use crate::id::{MailboxId, MessageId, SessionId, TenantId};
use crate::media::{self, RecordLimits};
use crate::time::{Time, UnixMs};

/// How many messages a mailbox holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Messages {
    /// Those that nobody has listened to.
    pub new: u32,
    /// All of them.
    pub all: u32,
}

/// A message that is being recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// The number of its recording.
    pub recording: u64,
    /// Where it goes.
    pub mailbox: MailboxId,
    /// What is shorter is dropped.
    pub min: Duration,
}

/// A message that was recorded, to be put where its mailbox keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewMessage {
    /// Its id.
    pub message: MessageId,
    /// Where it goes.
    pub mailbox: MailboxId,
    /// The tenant of the mailbox.
    pub tenant: TenantId,
    /// The session in which it was left.
    pub session: SessionId,
    /// The caller's number.
    pub caller: String,
    /// The caller's name, if one was given.
    pub caller_name: Option<String>,
    /// When it was left.
    pub at: UnixMs,
    /// How long it is.
    pub ms: u32,
    /// Where it was recorded.
    pub file: PathBuf,
}

/// How a message is recorded.
pub(super) struct Terms {
    pub recording: u64,
    pub min: Duration,
    pub limits: RecordLimits,
}

impl Switch {
    pub(super) fn find_mailbox(&mut self, id: SessionId, which: MailboxName, now: Time) {
        let Some(session) = self.sessions.get(&id) else { return };
        let found = self.meant(session, &which).and_then(|mailbox| self.facts(mailbox));
        self.tell_run(id, Input::MailboxFound(found), now);
    }

    fn meant(&self, session: &Session, which: &MailboxName) -> Option<MailboxId> {
        let mut all = self.directory.mailboxes.iter();
        let found = match which {
            MailboxName::Own => {
                let caller = session.calling_operator?;
                all.find(|(_, mailbox)| mailbox.user == Some(caller))
            }
            MailboxName::Named(text) => all.find(|(_, mailbox)| {
                let inside = session.tenant.is_none_or(|tenant| tenant == mailbox.tenant);
                inside && self.is_called(mailbox, text, session.tenant.is_some())
            }),
        };
        found.map(|(id, _)| *id)
    }

    /// Names are good within a tenant; numbers and extensions everywhere.
    fn is_called(&self, mailbox: &Mailbox, text: &str, by_name: bool) -> bool {
        let operator = mailbox.user.and_then(|user| self.directory.operators.get(&user));
        let extension = operator.and_then(|operator| operator.extension.as_deref());
        by_name && mailbox.name == text || mailbox.number.as_deref() == Some(text) || extension == Some(text)
    }

    fn facts(&self, id: MailboxId) -> Option<MailboxFacts> {
        let mailbox = self.directory.mailboxes.get(&id)?;
        let drafts = self.sessions.values().filter_map(|session| session.draft.as_ref());
        let coming = drafts.filter(|draft| draft.mailbox == id).count();
        let all = self.messages.get(&id).map_or(0, |messages| messages.all as usize);
        Some(MailboxFacts {
            mailbox: id,
            greeting: mailbox.greeting.clone(),
            is_full: all + coming >= mailbox.limit,
            max_message_ms: mailbox.max_message_ms,
            has_pin: mailbox.has_pin,
        })
    }

    pub(super) fn take_message(&mut self, id: SessionId, mailbox: MailboxId, terms: Terms) {
        let path = self.recording_path(id, terms.recording);
        let Some(session) = self.sessions.get_mut(&id) else { return };
        let (leg, recording) = (session.caller, terms.recording);
        session.draft = Some(Draft { recording, mailbox, min: terms.min });
        self.tell_media(media::Command::Record { leg, recording, path, limits: terms.limits });
    }

    pub(super) fn recording_path(&self, id: SessionId, recording: u64) -> PathBuf {
        self.config.recordings.join(format!("{id}-{recording}.wav"))
    }

    /// The draft that this recording was for, if it was for one.
    pub(super) fn take_draft(&mut self, id: SessionId, recording: u64) -> Option<Draft> {
        let session = self.sessions.get_mut(&id)?;
        session.draft.take_if(|draft| draft.recording == recording)
    }

    /// A message was recorded, whether the caller is still there or has hung up.
    pub(super) fn message_recorded(
        &mut self,
        id: SessionId,
        draft: &Draft,
        file: PathBuf,
        (ms, spoken_ms): (u32, u32),
        now: Time,
    ) {
        let at = self.wall(now);
        let Some(session) = self.sessions.get(&id) else { return };
        let from = session.arrival.from.clone();
        let known =
            self.directory.mailboxes.get(&draft.mailbox).map(|known| (known.tenant, known.name.clone()));
        let Some((tenant, name)) = known.filter(|_| Duration::from_millis(spoken_ms.into()) >= draft.min)
        else {
            let (mailbox, why) = (self.mailbox_name(draft.mailbox), "too short".to_owned());
            self.note(id, Happening::MessageDropped { mailbox, why }, now);
            return self.outputs.push_back(Action::RemoveFile { path: file });
        };
        let message = MessageId::new(at, &mut self.entropy);
        self.note(id, Happening::MessageLeft { mailbox: name, message, ms }, now);
        let messages = self.messages.entry(draft.mailbox).or_default();
        (messages.new, messages.all) = (messages.new + 1, messages.all + 1);
        let (mailbox, messages) = (draft.mailbox, *messages);
        // The store will count the same: by then it is no change any more.
        self.outputs.push_back(Action::MessagesChanged { mailbox, messages });
        self.outputs.push_back(Action::KeepMessage(Box::new(NewMessage {
            message,
            mailbox: draft.mailbox,
            tenant,
            session: id,
            caller: from.number,
            caller_name: from.display,
            at,
            ms,
            file,
        })));
    }

    pub(super) fn open_mailbox(&mut self, id: SessionId, request: u64, mailbox: MailboxId, pin: Pin) {
        self.outputs.push_back(Action::OpenMailbox { session: id, request, mailbox, pin });
    }

    pub(super) fn mailbox_opened(&mut self, id: SessionId, request: u64, opened: Opened, now: Time) {
        let what = match &opened {
            Opened::Messages(messages) => format!("opened, with {} messages", messages.len()),
            Opened::Wrong => "wrong PIN".to_owned(),
            Opened::Locked => "locked after too many wrong PINs".to_owned(),
            Opened::Failed => "could not be opened".to_owned(),
        };
        if self.sessions.get(&id).is_some_and(|session| session.run.is_some()) {
            self.note(id, Happening::Mailbox { what }, now);
            self.tell_run(id, Input::MailboxOpened { request, opened }, now);
            self.reschedule(id);
        }
    }

    pub(super) fn use_mailbox(&mut self, id: SessionId, mailbox: MailboxId, act: MailboxAct, now: Time) {
        let what = match &act {
            MailboxAct::Heard(message) => format!("heard {message}"),
            MailboxAct::Delete(message) => format!("deleted {message}"),
            MailboxAct::Greeting(Some(_)) => "a greeting was recorded".to_owned(),
            MailboxAct::Greeting(None) => "the greeting is the house's again".to_owned(),
        };
        self.note(id, Happening::Mailbox { what }, now);
        if let (MailboxAct::Greeting(Some(file)), Some(session)) = (&act, self.sessions.get_mut(&id)) {
            // It outlives the session.
            session.recordings.retain(|path| path.as_os_str() != file.as_str());
        }
        self.outputs.push_back(Action::Mailbox { mailbox, act });
    }

    /// What all mailboxes hold now.
    pub(super) fn set_messages(&mut self, counts: impl IntoIterator<Item = (MailboxId, Messages)>) {
        let counts: std::collections::BTreeMap<_, _> = counts.into_iter().collect();
        let before = std::mem::replace(&mut self.messages, counts);
        let all = before.keys().chain(self.messages.keys()).copied();
        let all: std::collections::BTreeSet<MailboxId> = all.collect();
        for mailbox in all {
            let messages = self.messages.get(&mailbox).copied().unwrap_or_default();
            if before.get(&mailbox).copied().unwrap_or_default() != messages {
                self.outputs.push_back(Action::MessagesChanged { mailbox, messages });
            }
        }
    }

    /// What all mailboxes hold together.
    pub fn messages(&self) -> Messages {
        let sum = |sum: Messages, one: &Messages| Messages { new: sum.new + one.new, all: sum.all + one.all };
        self.messages.values().fold(Messages::default(), sum)
    }

    fn mailbox_name(&self, mailbox: MailboxId) -> String {
        let known = self.directory.mailboxes.get(&mailbox);
        known.map_or_else(|| mailbox.to_string(), |known| known.name.clone())
    }
}
