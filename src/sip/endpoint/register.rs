//! REGISTER (RFC 3261 section 10.3, RFC 3327, RFC 5626).

use std::time::Duration;

use super::policy::user_of;
use super::{Binding, Endpoint, Flow};
use crate::id::DeviceId;
use crate::sip::digest::Asker;
use crate::sip::message::{Contact, HeaderName, NameAddr, Request, Response};
use crate::sip::registrar::{Change, Refusal};
use crate::time::{Time, UnixMs};

/// How many contacts one REGISTER may bring.
const CONTACTS: usize = 10;

impl Endpoint {
    pub(super) fn register(&mut self, request: &Request, flow: &Flow, now: Time) -> Box<Response> {
        let claimed = user_of(request.headers.to().ok().as_ref());
        let device = match self.device(request, Asker::Server, &claimed, flow, now) {
            Ok(device) => device,
            Err(refusal) => return refusal,
        };
        match self.change_bindings(device, request, flow, now) {
            Ok(()) => Box::new(self.registered(device, request, now)),
            Err(status) => {
                let refusal = self.refusal(request, status);
                Box::new(match status {
                    423 => refusal.with(HeaderName::MinExpires, self.stack.config.min_expires.to_string()),
                    _ => refusal,
                })
            }
        }
    }

    /// `Err` is the status of the refusal.
    fn change_bindings(
        &mut self,
        device: DeviceId,
        request: &Request,
        flow: &Flow,
        now: Time,
    ) -> Result<(), u16> {
        let headers = &request.headers;
        let call_id = headers.call_id().map_err(|_| 400_u16)?.to_owned();
        let cseq = headers.cseq().map_err(|_| 400_u16)?.number;
        let change = match headers.contact().map_err(|_| 400_u16)? {
            Contact::Any if headers.expires().ok().flatten() == Some(0) => Change::RemoveAll,
            Contact::Any => return Err(400),
            Contact::These(contacts) if contacts.is_empty() => return Ok(()),
            Contact::These(contacts) if contacts.len() > CONTACTS => return Err(400),
            Contact::These(contacts) => {
                let bind = |contact: &NameAddr| self.binding(device, contact, request, flow, now);
                Change::Update(contacts.iter().map(bind).collect::<Result<_, _>>()?)
            }
        };
        let wall = self.wall(now);
        match self.registrar.register(device, change, (&call_id, cseq), wall) {
            Ok(()) => self.bindings_changed(device, now),
            Err(Refusal::OutOfOrder) => return Err(500),
        }
        Ok(())
    }

    fn binding(
        &self,
        device: DeviceId,
        contact: &NameAddr,
        request: &Request,
        flow: &Flow,
        now: Time,
    ) -> Result<Binding, u16> {
        let (headers, config) = (&request.headers, &self.stack.config);
        if !contact.uri.is_sip() {
            return Err(400);
        }
        let asked = contact.expires().or(headers.expires().ok().flatten()).unwrap_or(config.default_expires);
        let seconds = match asked {
            0 => 0,
            short if short < config.min_expires => return Err(423),
            seconds => seconds.min(config.max_expires),
        };
        let expires_at = match seconds {
            0 => UnixMs(0),
            seconds => self.wall(now) + Duration::from_secs(seconds.into()),
        };
        Ok(Binding {
            device,
            uri: contact.uri.to_string(),
            flow: *flow,
            path: headers.paths().map_err(|_| 400_u16)?.iter().map(String::from).collect(),
            expires_at,
            instance: contact.params.get("+sip.instance").filter(|id| !id.is_empty()).map(str::to_owned),
            reg_id: contact.params.get("reg-id").and_then(|id| id.parse().ok()),
            user_agent: headers.get(HeaderName::UserAgent).map(str::to_owned),
            call_id: headers.call_id().unwrap_or_default().to_owned(),
            cseq: headers.cseq().map_or(0, |cseq| cseq.number),
            q: contact.q(),
            reachable: true,
        })
    }

    /// 200 with all bindings that stand.
    fn registered(&mut self, device: DeviceId, request: &Request, now: Time) -> Response {
        let wall = self.wall(now);
        let mut response = self.refusal(request, 200).with(HeaderName::Supported, "path, outbound");
        response.headers.copy(&request.headers, HeaderName::Path);
        for binding in self.registrar.of(device) {
            let seconds = (binding.expires_at.0 - wall.0).max(0) / 1000;
            let mut line = format!("<{}>;expires={seconds}", binding.uri);
            if let (Some(instance), Some(reg_id)) = (&binding.instance, binding.reg_id) {
                line += &format!(";+sip.instance=\"{instance}\";reg-id={reg_id}");
            }
            response.headers.push(HeaderName::Contact, line);
        }
        let outbound = request.headers.lists(HeaderName::Supported, "outbound");
        let flows = self.registrar.of(device).iter().any(|binding| binding.reg_id.is_some());
        if outbound && flows {
            response.headers.push(HeaderName::Require, "outbound");
        }
        response
    }
}
