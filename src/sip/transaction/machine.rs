//! The machines of both kinds of request behind one face.

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::{Client, InviteClient, InviteServer, Server, client, invite_client, invite_server};
use crate::time::Time;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ServerMachine {
    Invite(InviteServer),
    Other(Server),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ClientMachine {
    Invite(InviteClient),
    Other(Client),
}

impl ServerMachine {
    pub fn new(invite: bool, reliable: bool) -> Self {
        match invite {
            true => Self::Invite(InviteServer::new(reliable)),
            false => Self::Other(Server::new(reliable)),
        }
    }

    pub fn repeat(&mut self, now: Time) {
        match self {
            Self::Invite(machine) => machine.handle(invite_server::Input::Repeat, now),
            Self::Other(machine) => machine.repeat(),
        }
    }

    pub fn answer(&mut self, status: u16, response: Bytes, now: Time) {
        match self {
            Self::Invite(machine) => {
                machine.handle(invite_server::Input::Answer { status, response }, now);
            }
            Self::Other(machine) => machine.answer(status, response, now),
        }
    }

    pub fn handle_timeout(&mut self, now: Time) {
        match self {
            Self::Invite(machine) => machine.handle_timeout(now),
            Self::Other(machine) => machine.handle_timeout(now),
        }
    }

    pub fn poll_timeout(&self) -> Option<Time> {
        match self {
            Self::Invite(machine) => machine.poll_timeout(),
            Self::Other(machine) => machine.poll_timeout(),
        }
    }

    pub fn poll_output(&mut self) -> Option<Bytes> {
        match self {
            // A refusal that nobody acknowledged concerns no one: its call is over.
            Self::Invite(machine) => loop {
                match machine.poll_output()? {
                    invite_server::Output::Send(bytes) => return Some(bytes),
                    invite_server::Output::Unacknowledged => {}
                }
            },
            Self::Other(machine) => machine.poll_output(),
        }
    }

    pub fn is_open(&self) -> bool {
        match self {
            Self::Invite(machine) => machine.is_open(),
            Self::Other(machine) => machine.is_open(),
        }
    }

    /// True unless the request was refused or done with: the same request by another way is then a fork.
    pub fn is_ongoing(&self) -> bool {
        match self {
            Self::Invite(machine) => !machine.is_refused() && !machine.is_terminated(),
            Self::Other(machine) => machine.is_open(),
        }
    }

    pub fn is_terminated(&self) -> bool {
        match self {
            Self::Invite(machine) => machine.is_terminated(),
            Self::Other(machine) => machine.is_terminated(),
        }
    }
}

impl ClientMachine {
    pub fn new(invite: bool, request: Bytes, reliable: bool, now: Time) -> Self {
        match invite {
            true => Self::Invite(InviteClient::new(request, reliable, now)),
            false => Self::Other(Client::new(request, reliable, now)),
        }
    }

    pub fn abandon(&mut self, now: Time) {
        match self {
            Self::Invite(machine) => machine.handle(invite_client::Input::Abandon, now),
            Self::Other(machine) => machine.abandon(),
        }
    }

    pub fn handle_timeout(&mut self, now: Time) {
        match self {
            Self::Invite(machine) => machine.handle_timeout(now),
            Self::Other(machine) => machine.handle_timeout(now),
        }
    }

    pub fn poll_timeout(&self) -> Option<Time> {
        match self {
            Self::Invite(machine) => machine.poll_timeout(),
            Self::Other(machine) => machine.poll_timeout(),
        }
    }

    pub fn poll_output(&mut self) -> Option<client::Output> {
        match self {
            Self::Invite(machine) => machine.poll_output(),
            Self::Other(machine) => machine.poll_output(),
        }
    }

    pub fn is_open(&self) -> bool {
        match self {
            Self::Invite(machine) => machine.is_open(),
            Self::Other(machine) => machine.is_open(),
        }
    }

    pub fn is_terminated(&self) -> bool {
        match self {
            Self::Invite(machine) => machine.is_terminated(),
            Self::Other(machine) => machine.is_terminated(),
        }
    }
}
