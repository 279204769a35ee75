//! What a widget and this line say to each other: text frames of JSON, each an object with one key.

use serde::{Deserialize, Serialize};

use crate::id::{InvitationId, UserId};

/// An invitation that holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Invited {
    /// Which one.
    pub id: InvitationId,
    /// Whom the client reaches by it.
    pub operator: UserId,
}

/// What a widget says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ClientFrame {
    /// The first frame: which chat it goes on with, if it has one.
    Hello {
        /// Of the chat.
        #[serde(default)]
        token: Option<String>,
        /// The number of the last message that it has.
        #[serde(default)]
        seen: u64,
        /// Where it stands.
        #[serde(default)]
        page: Option<Page>,
        /// The language of the person, as the browser says it (BCP 47).
        #[serde(default)]
        language: Option<String>,
    },
    /// A new chat, with what the entry form asked for.
    Begin {
        /// How the client wants to be called.
        #[serde(default)]
        name: Option<String>,
        /// A telephone number.
        #[serde(default)]
        phone: Option<String>,
        /// An address of e-mail.
        #[serde(default)]
        email: Option<String>,
        /// The version of the text that the client has agreed to.
        #[serde(default)]
        consent: Option<String>,
        /// The six digits of an invitation, or what its address holds.
        #[serde(default)]
        invitation: Option<String>,
        /// What that invitation is: whoever passes the frame on looks it up. No browser says it.
        #[serde(skip)]
        invited: Option<Invited>,
    },
    /// A message.
    Write {
        /// The widget's own number of it: they rise. What comes again with the same number is not written twice.
        own: u64,
        /// What.
        text: String,
    },
    /// The client is typing.
    Typing(bool),
    /// Everything up to this message was on the screen.
    Read(u64),
    /// The client is on this page now.
    Page(Page),
    /// The client ends the chat.
    End {},
    /// Is anybody there?
    Ping {},
}

/// A page of the site.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Page {
    /// Its address.
    pub url: String,
    /// Its title.
    #[serde(default)]
    pub title: String,
}

/// What a widget is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ServerFrame {
    /// The answer to the first frame. What came after the last message that the widget has follows.
    Welcome {
        /// Of the chat; none: there is no such chat (any more).
        token: Option<String>,
        /// The highest own number that was answered.
        taken: u64,
        /// How the chat stands.
        stage: Option<Stage>,
    },
    /// The chat has begun.
    Begun {
        /// By which it is found again.
        token: String,
    },
    /// The chat stands differently now.
    Stage(Stage),
    /// Something that was written.
    Message(Box<Written>),
    /// A message was taken in.
    Taken {
        /// The widget's own number.
        own: u64,
        /// Its number in the session.
        number: u64,
    },
    /// A message was not taken in.
    Refused {
        /// The widget's own number.
        own: u64,
        /// Why, in words.
        why: String,
    },
    /// Somebody types.
    Typing {
        /// Who.
        author: String,
    },
    /// Whoever serves has read up to here.
    Read(u64),
    /// Something cannot be done.
    Problem {
        /// What kind.
        code: Code,
        /// What, and what to do.
        what: String,
    },
    /// Somebody is there.
    Pong {},
}

/// How a chat stands, for its client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// The client waits.
    Waiting {
        /// At which place, counted from 1; 0: it is not known yet.
        position: usize,
    },
    /// The client is served.
    Served {
        /// By whom: names for people.
        by: Vec<String>,
    },
    /// It is over.
    Ended {
        /// Why.
        why: Why,
    },
}

/// Why a chat is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// Whoever served ended it.
    Operator,
    /// The client did.
    Client,
    /// Nobody could be had.
    Nobody,
    /// Through a fault of ours.
    Fault,
}

/// A message as the client reads it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written {
    /// Its number in the session. Numbers rise; those of what colleagues wrote to each other are left out.
    pub number: u64,
    /// When, in milliseconds since 1970 (UTC).
    pub at: i64,
    /// Whose it is.
    pub by: By,
    /// The writer's name for people.
    pub author: String,
    /// What was written; never markup.
    pub text: String,
}

/// Who wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// The client.
    Client,
    /// Whoever serves.
    Operator,
}

/// What kind of problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// No chat can be begun at the moment.
    Busy,
    /// The widget is no more, or switched off.
    Gone,
    /// The frame is not understood.
    Frame,
    /// The entry form is not filled in as it has to be.
    Form,
    /// The invitation cannot be used.
    Invitation,
    /// Too much at once.
    TooMany,
}
