//! The commands for the configuration of the running company.

use clap::{Args, Subcommand};

use super::client::Connection;
use super::noun::Action;
use super::{
    destination, device, external_contact, group, mailbox, number, tenant, token, trunk_check, user, widget,
};

/// Commands for the configuration. They take effect at once.
#[derive(Subcommand, Clone, Debug)]
pub enum Configuration {
    /// Tenants: brands and departments
    Tenant(Of<tenant::Add, tenant::Set>),
    /// Telephone numbers; each belongs to one tenant
    Number(Of<number::Add, number::Set>),
    /// Users: people with a login; operators are users who serve clients
    User(Of<user::Add, user::Set>),
    /// Devices: SIP phones, each with a secret of its own
    Device(Of<device::Add, device::Set>),
    /// Groups: operators who serve one queue
    Group(Of<group::Add, group::Set>),
    /// Widgets: where clients write from pages of a site
    Widget(Of<widget::Add, widget::Set>),
    /// Mailboxes: where callers leave messages for an operator or a group
    Mailbox(Of<mailbox::Add, mailbox::Set>),
    /// External contacts: colleagues without an account, who are reached by telephone
    ExternalContact(Of<external_contact::Add, external_contact::Set>),
    /// Trunks: connections to providers
    Trunk(trunk_check::Trunks),
    /// Destinations: the class of numbers by their prefix, which decides who may call them
    Destination(Of<destination::Add, destination::Set>),
    /// Access tokens for the web interface
    Token(Of<token::Add, token::Set>),
}

/// What to do with one noun, and where.
#[derive(Args, Clone, Debug)]
pub struct Of<A: Args, S: Args> {
    #[command(subcommand)]
    action: Action<A, S>,
    #[command(flatten)]
    connection: Connection,
}

impl Configuration {
    /// Carries the command out and gives what to print.
    ///
    /// # Errors
    /// What went wrong, in words for the person at the terminal.
    pub async fn run(self) -> Result<String, String> {
        match self {
            Self::Tenant(of) => tenant::NOUN.run(of.action, &of.connection).await,
            Self::Number(of) => number::NOUN.run(of.action, &of.connection).await,
            Self::User(of) => user::NOUN.run(of.action, &of.connection).await,
            Self::Device(of) => device::NOUN.run(of.action, &of.connection).await,
            Self::Group(of) => group::NOUN.run(of.action, &of.connection).await,
            Self::Widget(of) => widget::NOUN.run(of.action, &of.connection).await,
            Self::Mailbox(of) => mailbox::NOUN.run(of.action, &of.connection).await,
            Self::ExternalContact(of) => external_contact::NOUN.run(of.action, &of.connection).await,
            Self::Trunk(trunks) => trunks.run().await,
            Self::Destination(of) => destination::NOUN.run(of.action, &of.connection).await,
            Self::Token(of) => token::NOUN.run(of.action, &of.connection).await,
        }
    }
}
