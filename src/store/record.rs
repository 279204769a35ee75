//! What the switch tells of a session, as rows, and back.

use crate::id::{SessionId, TenantId};
use crate::store::{Session, SessionDirection, SessionEvent, SessionKind};
use crate::switch::history::{self, Happening, Kind, Summary};

impl SessionEvent {
    /// The row for something that happened to a session of this tenant, under this number.
    pub fn of(event: &history::SessionEvent, what: &Happening, seq: u32, tenant: Option<TenantId>) -> Self {
        let (kind, body) = row_of(what);
        Self { session: event.session, tenant, seq, at: event.at, kind, body }
    }

    /// What stands in the place of this event if it cannot be kept.
    pub fn lost(&self) -> Self {
        let (kind, body) = row_of(&Happening::Lost { events: 1 });
        Self { kind, body, ..*self }
    }

    /// The row in the switch's words; `None` if a newer version wrote it, with words of its own.
    pub fn happened(self) -> Option<history::SessionEvent> {
        let mut body = self.body;
        body.as_object_mut()?.insert("kind".into(), self.kind.into());
        let what = serde_json::from_value(body).ok()?;
        Some(history::SessionEvent { session: self.session, seq: u64::from(self.seq), at: self.at, what })
    }
}

fn row_of(what: &Happening) -> (String, serde_json::Value) {
    let mut body = serde_json::to_value(what).unwrap_or_default();
    let kind = body.as_object_mut().and_then(|body| body.remove("kind"));
    let kind = kind.and_then(|kind| kind.as_str().map(str::to_owned)).unwrap_or_default();
    (kind, body)
}

impl Session {
    /// The row for a session's record so far.
    pub fn of(id: SessionId, summary: &Summary) -> Self {
        Self {
            id,
            tenant: summary.tenant,
            kind: match summary.kind {
                Kind::Client => SessionKind::Client,
                Kind::Internal => SessionKind::Internal,
            },
            direction: match summary.outbound {
                true => SessionDirection::Outbound,
                false => SessionDirection::Inbound,
            },
            line: summary.line.clone(),
            from: summary.from.clone(),
            from_name: summary.display.clone(),
            dialled: summary.dialled.clone(),
            group: summary.group,
            operator: summary.operators.last().copied(),
            keys: summary.keys.clone(),
            started_at: summary.started,
            answered_at: summary.connected,
            ended_at: summary.ended,
            waiting_ms: i64::try_from(summary.waiting_ms).unwrap_or(i64::MAX),
            talk_ms: i64::try_from(summary.talk_ms).unwrap_or(i64::MAX),
            end_cause: summary.cause.map(|cause| cause.name().to_owned()),
            parameters: summary.parameters.clone(),
            tags: summary.tags.clone(),
            called: summary.called.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::Entropy;
    use crate::time::UnixMs;

    #[test]
    fn an_event_comes_back_from_its_row_as_it_was() {
        let session = SessionId::new(UnixMs(1), &mut Entropy::from_number(1));
        for what in [
            Happening::Answered,
            Happening::Key { digit: '#' },
            Happening::Entered { node: "main".into(), line: 7, by: "2".into() },
        ] {
            let event = history::SessionEvent { session, seq: 3, at: UnixMs(5), what };
            let row = SessionEvent::of(&event, &event.what, 3, None);
            assert!(!row.kind.is_empty());
            assert_eq!(row.happened(), Some(event));
        }
    }
}
