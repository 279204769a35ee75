//! Sessions that were live when the program was gone without warning: calls do not outlive the
//! process, so each gets its end, and its record is complete.

use tracing::{error, warn};

use crate::store::{Page, Scope, Session, SessionEvent, SessionFilter, Store, StoreError};
use crate::switch::cause::{Cause, EndedBy};
use crate::switch::history::{self, Happening, Summary};
use crate::time::UnixMs;

/// Sessions closed in one round.
const ROUND: u32 = 500;

/// Closes every session that the store holds as live, as ended `now`. To be called before the first
/// session of this process begins.
pub async fn close(store: &dyn Store, scope: &Scope, now: UnixMs) -> Result<(), StoreError> {
    let live = SessionFilter { live: Some(true), ..SessionFilter::default() };
    loop {
        let sessions = store.sessions(scope, &live, Page { limit: ROUND, before: None }).await?;
        if sessions.is_empty() {
            return Ok(());
        }
        warn!(sessions = sessions.len(), "sessions were interrupted; their records are closed");
        let mut ends = Vec::with_capacity(sessions.len());
        let mut rows = Vec::with_capacity(sessions.len());
        for session in sessions {
            let (end, row) = ended(store, scope, session, now).await?;
            ends.extend(end);
            rows.push(row);
        }
        // A history with a gap of its own must not keep the program from starting.
        if let Err(problem) = store.remember(scope, &rows, &ends).await {
            error!(error = %problem, "the ends of interrupted sessions are not in their history");
            store.put_sessions(scope, &rows).await?;
        }
    }
}

/// The record of a session as it ended, and the event that is missing for it: none if only the record was behind.
async fn ended(
    store: &dyn Store,
    scope: &Scope,
    session: Session,
    now: UnixMs,
) -> Result<(Option<SessionEvent>, Session), StoreError> {
    let stored = store.events(scope, session.id).await?;
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
    Ok((end, row))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::Entropy;
    use crate::id::SessionId;
    use crate::store::{self, demo};
    use crate::switch::history::Phase;

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
}
