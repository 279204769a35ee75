//! Sessions that were live when the program went: calls do not outlive the process, so each gets its end, and its record
//! is complete. What is written does, and goes on.

use std::time::Duration;

use tracing::{error, warn};

use crate::lines::LINES;
use crate::store::{Page, Scope, Session, SessionEvent, SessionFilter, Store, StoreError};
use crate::switch::cause::{Cause, EndedBy};
use crate::switch::history::{self, Happening, Past, Summary};
use crate::time::UnixMs;

/// Sessions closed in one round.
const ROUND: u32 = 500;

/// A session of which nothing was heard for so long does not go on.
const FORGOTTEN: Duration = Duration::from_secs(86_400);

/// Closes the sessions that the store holds as live, as ended `now`, but for those that go on, which it gives, oldest
/// first. To be called before the first session of this process begins.
pub async fn close(store: &dyn Store, scope: &Scope, now: UnixMs) -> Result<Vec<Past>, StoreError> {
    let live = SessionFilter { live: Some(true), ..SessionFilter::default() };
    let (mut go_on, mut before) = (Vec::new(), None);
    loop {
        let sessions = store.sessions(scope, &live, Page { limit: ROUND, before }).await?;
        let Some(last) = sessions.last() else { break };
        before = Some(last.id);
        let mut ends = Vec::new();
        let mut rows = Vec::new();
        for session in sessions {
            let stored = store.events(scope, session.id).await?;
            match lasting(&session, &stored, now) {
                Some(past) => go_on.push(past),
                None => {
                    let (end, row) = ended(session, stored, now);
                    ends.extend(end);
                    rows.push(row);
                }
            }
        }
        if rows.is_empty() {
            continue;
        }
        warn!(sessions = rows.len(), "sessions were interrupted; their records are closed");
        // A history with a gap of its own must not keep the program from starting.
        if let Err(problem) = store.remember(scope, &rows, &ends).await {
            error!(error = %problem, "the ends of interrupted sessions are not in their history");
            store.put_sessions(scope, &rows).await?;
        }
    }
    go_on.sort_by_key(|past| past.session);
    Ok(go_on)
}

/// Where a session stood, if it goes on.
fn lasting(session: &Session, stored: &[SessionEvent], now: UnixMs) -> Option<Past> {
    let line = LINES.iter().find(|line| line.name == session.line)?;
    let heard = stored.last()?.at;
    if !line.abilities.lasting || now.0.saturating_sub(heard.0) > FORGOTTEN.as_millis() as i64 {
        return None;
    }
    let events: Vec<_> = stored.iter().cloned().filter_map(SessionEvent::happened).collect();
    Past::of(&events, line.abilities)
}

/// The record of a session as it ended, and the event that is missing for it: none if only the record was behind.
fn ended(session: Session, stored: Vec<SessionEvent>, now: UnixMs) -> (Option<SessionEvent>, Session) {
    let last = stored.last().map_or(0, |event| event.seq);
    let mut events: Vec<_> = stored.into_iter().filter_map(SessionEvent::happened).collect();
    let is_over = events.iter().any(|event| matches!(event.what, Happening::Ended { .. }));
    let end = (!is_over).then(|| {
        let what = Happening::Ended { cause: Cause::Interrupted, by: EndedBy::Us };
        history::SessionEvent { session: session.id, seq: u64::from(last) + 1, at: now, what }
    });
    events.extend(end.clone());
    let summary = Summary::rebuild(&events);
    // The record of a live session is behind its events.
    let rebuilt = Session::of(session.id, &summary);
    let row = Session {
        ended_at: Some(summary.ended.unwrap_or(now)),
        end_cause: Some(summary.cause.unwrap_or(Cause::Interrupted).name().to_owned()),
        group: rebuilt.group.or(session.group),
        operator: rebuilt.operator.or(session.operator),
        keys: rebuilt.keys,
        answered_at: rebuilt.answered_at.or(session.answered_at),
        waiting_ms: rebuilt.waiting_ms,
        talk_ms: rebuilt.talk_ms,
        parameters: rebuilt.parameters,
        tags: rebuilt.tags,
        called: rebuilt.called,
        ..session
    };
    let end = end.map(|end| SessionEvent::of(&end, &end.what, last + 1, row.tenant));
    (end, row)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::Entropy;
    use crate::id::{DoorId, LegId, SessionId};
    use crate::store::{self, demo};
    use crate::switch::history::{Kind, Phase};

    #[tokio::test]
    async fn a_session_whose_record_alone_was_behind_keeps_its_own_end() {
        let folder = std::env::temp_dir().join(format!("hovor-behind-{}", std::process::id()));
        let store = store::open(&format!("sqlite:{}", folder.join("x.db").display())).await.unwrap();
        let scope = demo::seed(store.as_ref()).await.unwrap();
        let id = SessionId::new(UnixMs(5), &mut Entropy::from_number(1));
        let event = |seq, at, what| history::SessionEvent { session: id, seq, at: UnixMs(at), what };
        let ended = Happening::Ended { cause: Cause::Busy, by: EndedBy::Us };
        let events = [event(1, 5, Happening::Answered), event(2, 700, ended)];
        let row = Session::of(id, &Summary::rebuild(&events[..1]));
        let stored: Vec<_> = events
            .iter()
            .zip(1..)
            .map(|(event, seq)| SessionEvent::of(event, &event.what, seq, None))
            .collect();
        store.remember(&scope, &[row], &stored).await.unwrap();
        close(store.as_ref(), &scope, UnixMs(9_000)).await.unwrap();
        let row = store.session(&scope, id).await.unwrap();
        assert_eq!((row.ended_at, row.end_cause.as_deref()), (Some(UnixMs(700)), Some("busy")));
        assert_eq!(store.events(&scope, id).await.unwrap().len(), 2, "it ends once");
        store.close().await;
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[tokio::test]
    async fn a_session_left_live_is_closed_and_its_events_stay_without_gaps() {
        let folder = std::env::temp_dir().join(format!("hovor-interrupted-{}", std::process::id()));
        let store = store::open(&format!("sqlite:{}", folder.join("x.db").display())).await.unwrap();
        let scope = demo::seed(store.as_ref()).await.unwrap();
        let id = SessionId::new(UnixMs(5), &mut Entropy::from_number(1));
        let came = Happening::Arrived {
            line: "phone".into(),
            from: "x".into(),
            display: None,
            dialled: "100".into(),
            origin: "guest".into(),
            details: Default::default(),
            leg: None,
            door: None,
        };
        let event = history::SessionEvent { session: id, seq: 1, at: UnixMs(5), what: came };
        let summary = Summary::rebuild([&event]);
        store.put_sessions(&scope, &[Session::of(id, &summary)]).await.unwrap();
        store.append(&scope, &[SessionEvent::of(&event, &event.what, 1, None)]).await.unwrap();
        close(store.as_ref(), &scope, UnixMs(9_000)).await.unwrap();
        let row = store.session(&scope, id).await.unwrap();
        assert_eq!((row.ended_at, row.end_cause.as_deref()), (Some(UnixMs(9_000)), Some("interrupted")));
        let events = store.events(&scope, id).await.unwrap();
        let events: Vec<_> = events.into_iter().filter_map(SessionEvent::happened).collect();
        let summary = Summary::rebuild(&events);
        assert_eq!((summary.phase, summary.seq), (Phase::Ended, 2));
        store.close().await;
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[tokio::test]
    async fn a_chat_goes_on_unless_it_is_long_forgotten_and_the_calls_around_it_are_closed() {
        let folder = std::env::temp_dir().join(format!("hovor-goes-on-{}", std::process::id()));
        let store = store::open(&format!("sqlite:{}", folder.join("x.db").display())).await.unwrap();
        let scope = demo::seed(store.as_ref()).await.unwrap();
        let tenant = store.tenant(&scope, &"harbour".into()).await.unwrap().id;
        let mut entropy = Entropy::from_number(1);
        let (client, door) = (LegId::new(UnixMs(5), &mut entropy), DoorId::new(UnixMs(5), &mut entropy));
        let mut ids = vec![];
        for line in ["phone", "webchat", "phone"] {
            let session = SessionId::new(UnixMs(5), &mut entropy);
            let (lasts, to) = (line == "webchat", "group sales".to_owned());
            let came = Happening::Arrived {
                line: line.into(),
                from: "x".into(),
                display: None,
                dialled: "100".into(),
                origin: "guest".into(),
                details: Default::default(),
                leg: lasts.then_some(client),
                door: lasts.then_some(door),
            };
            let why = "it leads there".to_owned();
            let routed =
                Happening::Routed { tenant: Some(tenant), session: Kind::Client, outbound: false, to, why };
            let events = [(1, came), (2, routed), (3, Happening::Answered)]
                .map(|(seq, what)| history::SessionEvent { session, seq, at: UnixMs(5), what });
            let row = Session::of(session, &Summary::rebuild(&events));
            let stored: Vec<_> = events
                .iter()
                .zip(1..)
                .map(|(event, seq)| SessionEvent::of(event, &event.what, seq, Some(tenant)))
                .collect();
            store.remember(&scope, &[row], &stored).await.unwrap();
            ids.push(session);
        }
        let go_on = close(store.as_ref(), &scope, UnixMs(9_000)).await.unwrap();
        assert_eq!(
            go_on.iter().map(|past| (past.session, past.client)).collect::<Vec<_>>(),
            [(ids[1], client)]
        );
        let mut ended = vec![];
        for id in &ids {
            ended.push(store.session(&scope, *id).await.unwrap().ended_at.is_some());
        }
        assert_eq!(ended, [true, false, true]);
        let day_after = UnixMs(9_000 + 86_400_000);
        assert_eq!(close(store.as_ref(), &scope, day_after).await.unwrap(), []);
        assert_eq!(store.session(&scope, ids[1]).await.unwrap().ended_at, Some(day_after));
        store.close().await;
        std::fs::remove_dir_all(folder).unwrap();
    }
}
