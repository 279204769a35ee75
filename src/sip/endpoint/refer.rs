//! Dialogs that others name: in the Refer-To of a REFER (RFC 3515), and in the Replaces of an INVITE (RFC 3891).

use super::policy::user_of;
use super::{CallRef, Endpoint, ReferTo, Replaced, Replaces, dialog_key};
use crate::sip::call::Standing;
use crate::sip::message::{self, HeaderName, Request, Response};
use crate::sip::uri::{Scheme, Uri};

impl Endpoint {
    /// Whom a REFER names. `Err` is the status of the refusal.
    pub(super) fn refer_to(&self, refer: &Request) -> Result<ReferTo, u16> {
        let address = refer.headers.refer_to().map_err(|_| 400_u16)?;
        let uri = &address.uri;
        if !uri.is_sip() && uri.scheme != Scheme::Tel {
            return Err(416);
        }
        // A call is all that is made on behalf of somebody else.
        if uri.params.get("method").is_some_and(|method| !method.eq_ignore_ascii_case("INVITE")) {
            return Err(403);
        }
        Ok(ReferTo {
            user: user_of(Some(&address)),
            host: uri.host.as_ref().map(ToString::to_string).unwrap_or_default(),
            replaces: self.replaced_by(uri)?,
            by: refer.headers.referred_by().map(|by| user_of(Some(&by))).filter(|by| !by.is_empty()),
        })
    }

    fn replaced_by(&self, uri: &Uri) -> Result<Option<Replaced>, u16> {
        let Some((_, text)) = uri.asked_headers().find(|(name, _)| name == "replaces") else {
            return Ok(None);
        };
        let named = message::Replaces::parse(&text).map_err(|_| 400_u16)?;
        Ok(Some(match self.named(&named) {
            Some((call, Standing::Early { .. } | Standing::Up)) => Replaced::Ours(call),
            _ => Replaced::Unknown,
        }))
    }

    /// The dialog that an INVITE wants to take over. `Err` is the refusal, where none is left that could be (RFC 3891
    /// section 3).
    pub(super) fn takes_over(&mut self, invite: &Request) -> Result<Option<Replaces>, Box<Response>> {
        let named = match invite.headers.replaces() {
            Ok(None) => return Ok(None),
            Ok(Some(named)) if invite.headers.lines(HeaderName::Replaces).count() == 1 => named,
            _ => return Err(Box::new(self.refusal(invite, 400).with_reason("Bad Request: Replaces"))),
        };
        let early_only = named.early_only;
        let status = match self.named(&named) {
            Some((call, Standing::Early { ours: true })) => return Ok(Some(Replaces { call, early_only })),
            Some((call, Standing::Up)) if !early_only => return Ok(Some(Replaces { call, early_only })),
            Some((_, Standing::Up)) => 486,
            Some((_, Standing::Ended)) => 603,
            // A caller that waits for our answer cannot be taken from us before we have given one.
            Some((_, Standing::Early { ours: false })) | None => 481,
        };
        Err(Box::new(self.refusal(invite, status)))
    }

    /// The call whose dialog is named by its Call-ID and both tags, and how that stands.
    fn named(&self, named: &message::Replaces) -> Option<(CallRef, Standing)> {
        let call = self.dialogs.get(&dialog_key(&named.call_id, &named.to_tag))?;
        let standing = self.calls.get(call)?.call.standing(&named.from_tag)?;
        Some((*call, standing))
    }
}
