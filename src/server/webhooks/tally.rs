//! What has become of webhooks since the start, counted by the tasks that keep and send them.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::store::{Webhook, WebhookState};

/// Counters that the tasks share with whoever asks.
#[derive(Debug, Default)]
pub struct Tally {
    delivered: AtomicU64,
    attempts_failed: AtomicU64,
    given_up: AtomicU64,
    lost: AtomicU64,
    /// Taken over, and not in the store yet.
    in_hand: AtomicU64,
    /// In the store.
    kept: AtomicU64,
}

/// What was counted up to one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Webhooks that arrived.
    pub delivered: u64,
    /// Attempts after which a webhook had not arrived.
    pub attempts_failed: u64,
    /// Webhooks that are not tried again, or never were because too many waited.
    pub given_up: u64,
    /// Webhooks that found no room while the store stood still; they are in no log.
    pub lost: u64,
    /// Webhooks that are to be sent, or sent again. Those in the store are counted when nothing is to be sent.
    pub waiting: u64,
}

impl Tally {
    /// What was counted so far.
    pub fn figures(&self) -> Figures {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Figures {
            delivered: read(&self.delivered),
            attempts_failed: read(&self.attempts_failed),
            given_up: read(&self.given_up),
            lost: read(&self.lost),
            waiting: read(&self.in_hand) + read(&self.kept),
        }
    }

    /// One more was told.
    pub fn told(&self) {
        self.in_hand.fetch_add(1, Ordering::Relaxed);
    }

    /// The one that was told last found no room.
    pub fn lost(&self) {
        self.in_hand.fetch_sub(1, Ordering::Relaxed);
        self.lost.fetch_add(1, Ordering::Relaxed);
    }

    /// So many are in the store now, of which so many will not be sent.
    pub fn stored(&self, all: usize, refused: u64) {
        let all = all as u64;
        self.in_hand.fetch_sub(all, Ordering::Relaxed);
        self.kept.fetch_add(all.saturating_sub(refused), Ordering::Relaxed);
        self.given_up.fetch_add(refused, Ordering::Relaxed);
    }

    /// These were tried.
    pub fn tried(&self, webhooks: &[Webhook]) {
        let count = |state| webhooks.iter().filter(|webhook| webhook.state == state).count() as u64;
        let (delivered, failed) = (count(WebhookState::Delivered), count(WebhookState::Failed));
        self.delivered.fetch_add(delivered, Ordering::Relaxed);
        self.attempts_failed.fetch_add(webhooks.len() as u64 - delivered, Ordering::Relaxed);
        self.given_up.fetch_add(failed, Ordering::Relaxed);
    }

    /// So many wait in the store.
    pub fn waiting(&self, kept: u64) {
        self.kept.store(kept, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::Entropy;
    use crate::id::WebhookId;
    use crate::time::UnixMs;

    fn webhook(state: WebhookState) -> Webhook {
        Webhook {
            id: WebhookId::new(UnixMs(1), &mut Entropy::from_number(1)),
            tenant: None,
            session: None,
            event: "x".into(),
            url: "http://x".into(),
            body: String::new(),
            created_at: UnixMs(1),
            state,
            attempts: 1,
            next_at: None,
            last_at: None,
            last_status: None,
            last_error: None,
        }
    }

    #[test]
    fn every_webhook_is_counted_from_its_telling_to_its_end() {
        let tally = Tally::default();
        (0..5).for_each(|_| tally.told());
        tally.lost();
        assert_eq!(tally.figures(), Figures { waiting: 4, lost: 1, ..Figures::default() });
        tally.stored(4, 1);
        assert_eq!(tally.figures(), Figures { waiting: 3, lost: 1, given_up: 1, ..Figures::default() });
        let tried = [WebhookState::Delivered, WebhookState::Waiting, WebhookState::Failed].map(webhook);
        tally.tried(&tried);
        tally.waiting(1);
        let figures = Figures { delivered: 1, attempts_failed: 2, given_up: 2, lost: 1, waiting: 1 };
        assert_eq!(tally.figures(), figures);
    }
}
