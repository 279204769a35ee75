//! The dialogs of a call, as others name them.

use super::session::Session;
use super::{Call, State};
use crate::sip::subscription::DialogName;

/// How a dialog of a call stands, for somebody who names it (RFC 3891 section 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It rings: at the peer if the INVITE was `ours`, else here.
    Early { ours: bool },
    /// It is answered.
    Up,
    /// It is over.
    Ended,
}

impl Call {
    /// Its dialog by name, as it is seen from here; `None` before the peer's first word, and once it is over.
    pub fn name(&self) -> Option<DialogName> {
        let session = match &self.state {
            State::Calling(calling) if calling.is_wanted() => calling.first_session()?,
            State::Ringing(ringing) => &ringing.session,
            State::Up(session) => session,
            _ => return None,
        };
        let remote_tag = session.dialog.remote_tag().to_owned();
        Some(DialogName { call_id: self.call_id.clone(), local_tag: self.tag.clone(), remote_tag })
    }

    /// How the dialog with the peer of this tag stands; `None` if there is none.
    pub fn standing(&self, tag: &str) -> Option<Standing> {
        self.session(tag)?;
        Some(match &self.state {
            State::Calling(calling) if calling.is_wanted() => Standing::Early { ours: true },
            State::Ringing(_) => Standing::Early { ours: false },
            State::Up(_) => Standing::Up,
            State::Calling(_) | State::Leaving(_) | State::Referring(_) | State::Over => Standing::Ended,
        })
    }

    /// The dialog with the peer of this tag.
    pub(super) fn session(&self, tag: &str) -> Option<&Session> {
        let session = match &self.state {
            State::Calling(calling) => calling.session(tag),
            _ => self.only_session(),
        };
        session.filter(|session| session.dialog.remote_tag() == tag)
    }

    /// The one dialog of a call that is not of our making, or is answered.
    pub(super) fn only_session(&self) -> Option<&Session> {
        match &self.state {
            State::Ringing(ringing) => Some(&ringing.session),
            State::Up(session) | State::Referring(session) => Some(session),
            State::Leaving(leaving) => Some(leaving.session()),
            State::Calling(_) | State::Over => None,
        }
    }
}
