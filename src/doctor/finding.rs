//! What the doctor finds, in plain words.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Where the provider's name leads.
    Name,
    /// Whether somebody is there who speaks SIP.
    Reach,
    /// Whether we are registered.
    Register,
    /// Whether a call goes through.
    Call,
    /// Whether sound goes both ways.
    Sound,
}

/// How well it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Grade {
    /// As it should be.
    Good,
    /// It may be well, or not: a person has to decide.
    Doubtful,
    /// It does not work so.
    Bad,
}

/// What is wrong, for programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// The name service knows no such name, neither services nor addresses.
    NameUnknown,
    /// Nothing comes back.
    Silent,
    /// Nobody listens on that port.
    PortClosed,
    /// Somebody is there over the other transport.
    WrongTransport,
    /// Its certificate is for another name.
    WrongTlsName,
    /// Its certificate has expired, or does not hold yet.
    ExpiredCertificate,
    /// Nobody trusted vouches for its certificate.
    UnknownIssuer,
    /// TLS fails for another reason.
    TlsFailed,
    /// Whoever is there does not speak SIP.
    NotSip,
    /// OPTIONS is refused.
    OptionsRefused,
    /// The provider takes no calls now.
    Unavailable,
    /// A password is asked for, and none is set.
    PasswordMissing,
    /// The user name or the password is wrong.
    WrongPassword,
    /// The provider knows no such user.
    UnknownUser,
    /// The registration is refused for another reason.
    RegistrationRefused,
    /// The call is forbidden.
    CallForbidden,
    /// The provider does not know the number.
    NumberUnknown,
    /// The call is refused for another reason.
    CallRefused,
    /// Nobody answered the call in time.
    NotAnswered,
    /// There is no codec that both speak.
    NoCommonCodec,
    /// The peer wants its sound at an address that means nothing here.
    PrivateAddress,
    /// We want our sound at an address that means nothing there.
    OwnPrivateAddress,
    /// We send, and nothing comes.
    NothingComes,
    /// The peer says that it receives next to nothing.
    NothingArrives,
    /// More packets are lost than ears forgive.
    Lossy,
}

/// One thing that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Finding {
    /// What was looked at.
    pub step: Step,
    /// How well it is.
    pub grade: Grade,
    /// What is wrong, for programs.
    pub fault: Option<Fault>,
    /// What was found, in words.
    pub what: String,
    /// What to do.
    pub advice: Option<String>,
}

impl Finding {
    /// All is well.
    pub fn good(step: Step, what: impl Into<String>) -> Self {
        Self { step, grade: Grade::Good, fault: None, what: what.into(), advice: None }
    }

    /// It does not work so.
    pub fn bad(step: Step, fault: Fault, what: impl Into<String>, advice: impl Into<String>) -> Self {
        let (what, advice) = (what.into(), Some(advice.into()));
        Self { step, grade: Grade::Bad, fault: Some(fault), what, advice }
    }

    /// A person has to decide.
    pub fn doubtful(step: Step, fault: Fault, what: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { grade: Grade::Doubtful, ..Self::bad(step, fault, what, advice) }
    }
}

/// What an examination of one trunk found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Examination {
    /// Nothing is bad.
    pub ok: bool,
    /// In the order in which it was looked at.
    pub findings: Vec<Finding>,
}

impl Examination {
    /// Puts together what was found.
    pub fn of(findings: Vec<Finding>) -> Self {
        Self { ok: findings.iter().all(|finding| finding.grade != Grade::Bad), findings }
    }

    /// Whether this was found.
    pub fn has(&self, fault: Fault) -> bool {
        self.findings.iter().any(|finding| finding.fault == Some(fault))
    }
}
