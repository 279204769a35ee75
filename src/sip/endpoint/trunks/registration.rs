//! Our registration at a provider (RFC 3261 section 10.2): when to ask, and what the answers mean.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::entropy::Entropy;
use crate::time::Time;

/// The pause after the first failure. It doubles with each further one (RFC 5626 section 4.5).
const FIRST_PAUSE: Duration = Duration::from_secs(30);
/// The longest pause after failures.
const LONGEST_PAUSE: Duration = Duration::from_secs(1800);
/// The shortest pause after a refusal that only a person can mend, such as a wrong password: providers lock
/// out who asks again and again.
const REFUSED_PAUSE: Duration = Duration::from_secs(300);
/// How soon to look again whether the provider's name has been found.
const UNFOUND_PAUSE: Duration = Duration::from_secs(5);
/// The shortest registration that is believed, so that a provider cannot make us ask without pause.
const SHORTEST: u32 = 20;

/// Our registration at one provider.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Registration {
    /// Of all its REGISTERs (RFC 3261 section 10.2).
    pub call_id: String,
    /// Our tag in their From.
    pub tag: String,
    /// The number of the last of them.
    pub cseq: u32,
    /// For how many seconds we ask.
    asks: u32,
    /// Failures since it last succeeded.
    failures: u32,
    /// Why it failed last.
    trouble: Option<String>,
    state: State,
}

/// How far a registration has come. It may still stand (`until`) while it is asked for again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum State {
    /// It is asked for at this moment.
    Due { at: Time, until: Option<Time> },
    /// A REGISTER is on its way.
    Asking { until: Option<Time> },
    /// It stands, and is asked for again before it ends.
    Standing { refresh_at: Time, until: Time },
    /// We do not want it any more.
    Left,
}

/// A registration as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegistrationView {
    /// It stands until then, unless it is asked for again.
    pub until: Option<Time>,
    /// When it is asked for next.
    pub next: Option<Time>,
    /// Why it failed last; nothing if the last attempt succeeded.
    pub trouble: Option<String>,
}

impl Registration {
    /// To be asked for at once, for this long at a time.
    pub fn new(lasts: Duration, entropy: &mut Entropy, now: Time) -> Self {
        Self {
            call_id: entropy.token(24),
            tag: entropy.token(12),
            cseq: 0,
            asks: u32::try_from(lasts.as_secs()).unwrap_or(3600).max(SHORTEST),
            failures: 0,
            trouble: None,
            state: State::Due { at: now, until: None },
        }
    }

    /// For how many seconds to ask.
    pub fn asks(&self) -> u32 {
        self.asks
    }

    /// When it is to be asked for next.
    pub fn poll_timeout(&self) -> Option<Time> {
        match self.state {
            State::Due { at, .. } | State::Standing { refresh_at: at, .. } => Some(at),
            State::Asking { .. } | State::Left => None,
        }
    }

    /// Until when it stands.
    pub fn until(&self) -> Option<Time> {
        match self.state {
            State::Due { until, .. } | State::Asking { until } => until,
            State::Standing { until, .. } => Some(until),
            State::Left => None,
        }
    }

    /// Whether calls over this provider have no prospect: asking for it failed, and none stands.
    pub fn is_down(&self, now: Time) -> bool {
        self.failures > 0 && self.until().is_none_or(|until| until <= now)
    }

    /// A REGISTER goes out.
    pub fn begin(&mut self) {
        self.state = State::Asking { until: self.until() };
    }

    /// Asks no later than `at`, whatever pause was meant to be.
    pub fn hurry(&mut self, soon: Time) {
        if let State::Due { at, .. } | State::Standing { refresh_at: at, .. } = &mut self.state {
            *at = soon.min(*at);
        }
    }

    /// The provider's name has not been found yet.
    pub fn wait_for_name(&mut self, why: Option<&str>, now: Time) {
        self.trouble = why.map(str::to_owned).or(self.trouble.take());
        self.failures += u32::from(why.is_some() && self.failures == 0);
        self.state = State::Due { at: now + UNFOUND_PAUSE, until: self.until() };
    }

    /// It stands for this many seconds.
    pub fn accepted(&mut self, seconds: u32, entropy: &mut Entropy, now: Time) {
        if self.state == State::Left {
            return;
        }
        let lasts = Duration::from_secs(seconds.max(SHORTEST).into());
        // Not all at the same moment, and early enough for another try.
        let refresh_at = now + lasts.mul_f64(between(0.75, 0.9, entropy));
        (self.failures, self.trouble) = (0, None);
        self.state = State::Standing { refresh_at, until: now + lasts };
    }

    /// The provider wants it to last longer (423). False if it had been asked for that already.
    pub fn too_brief(&mut self, least: u32, now: Time) -> bool {
        if least <= self.asks {
            return false;
        }
        self.asks = least;
        self.state = State::Due { at: now, until: self.until() };
        true
    }

    /// It was refused, or nobody answered (`status` is `None`).
    pub fn failed(
        &mut self,
        status: Option<u16>,
        why: String,
        retry_after: Option<u32>,
        entropy: &mut Entropy,
        now: Time,
    ) {
        if self.state == State::Left {
            return;
        }
        self.failures += 1;
        self.trouble = Some(why);
        let doubled = FIRST_PAUSE.saturating_mul(1 << (self.failures - 1).min(10)).min(LONGEST_PAUSE);
        let pause = match status {
            Some(400..=407 | 410..=422 | 424..=479 | 600..) => doubled.max(REFUSED_PAUSE),
            _ => doubled,
        };
        let asked = Duration::from_secs(retry_after.unwrap_or(0).into()).min(LONGEST_PAUSE);
        let pause = pause.mul_f64(between(0.5, 1.0, entropy)).max(asked);
        // What does not stand is refused by nobody: a binding that was refused is gone.
        let until = self.until().filter(|_| status.is_none_or(|status| status >= 500 || status == 408));
        self.state = State::Due { at: now + pause, until };
    }

    /// We do not want it any more. True if the provider is to be told.
    pub fn leave(&mut self, now: Time) -> bool {
        let stands =
            self.until().is_some_and(|until| until > now) || matches!(self.state, State::Asking { .. });
        self.state = State::Left;
        stands
    }

    /// How it is shown.
    pub fn view(&self, now: Time) -> RegistrationView {
        RegistrationView {
            until: self.until().filter(|until| *until > now),
            next: self.poll_timeout(),
            trouble: self.trouble.clone(),
        }
    }
}

fn between(least: f64, most: f64, entropy: &mut Entropy) -> f64 {
    least + (most - least) * f64::from(entropy.u32()) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn registration(entropy: &mut Entropy) -> Registration {
        Registration::new(Duration::from_secs(3600), entropy, Time::ZERO)
    }

    #[test]
    fn it_is_asked_for_again_before_it_ends_and_not_always_at_the_same_moment() {
        let mut entropy = Entropy::from_number(1);
        let mut moments = vec![];
        for _ in 0..20 {
            let mut registration = registration(&mut entropy);
            registration.begin();
            registration.accepted(100, &mut entropy, Time::ZERO);
            let refresh = registration.poll_timeout().unwrap();
            assert!((75_000..=90_000).contains(&refresh.as_millis()), "{refresh:?}");
            moments.push(refresh);
        }
        moments.dedup();
        assert!(moments.len() > 10);
    }

    #[test]
    fn pauses_grow_up_to_half_an_hour_and_a_success_forgets_them() {
        let mut entropy = Entropy::from_number(2);
        let mut registration = registration(&mut entropy);
        let mut longest = Duration::ZERO;
        for failure in 1..20 {
            registration.begin();
            registration.failed(None, "silence".into(), None, &mut entropy, Time::ZERO);
            let pause = registration.poll_timeout().unwrap() - Time::ZERO;
            let most = FIRST_PAUSE.saturating_mul(1 << (failure - 1).min(10)).min(LONGEST_PAUSE);
            assert!((most / 2..=most).contains(&pause), "{failure}: {pause:?}");
            longest = longest.max(pause);
        }
        assert!(longest > LONGEST_PAUSE / 2);
        assert!(registration.is_down(Time::ZERO));
        registration.accepted(60, &mut entropy, Time::ZERO);
        assert!(!registration.is_down(Time::ZERO));
        registration.failed(None, "silence".into(), None, &mut entropy, Time::from_secs(50));
        assert!(!registration.is_down(Time::from_secs(50)), "the old one still stands");
        assert!(registration.is_down(Time::from_secs(61)));
    }

    #[test]
    fn a_wrong_password_is_not_tried_again_and_again() {
        let mut entropy = Entropy::from_number(3);
        let mut registration = registration(&mut entropy);
        registration.begin();
        registration.failed(Some(403), "Forbidden".into(), None, &mut entropy, Time::ZERO);
        assert!(registration.poll_timeout().unwrap() >= Time::from_secs(150));
        registration.failed(Some(503), "Busy".into(), Some(900), &mut entropy, Time::ZERO);
        assert!(registration.poll_timeout().unwrap() >= Time::from_secs(900), "Retry-After holds");
    }

    #[test]
    fn one_that_is_too_brief_is_asked_for_once_more_only() {
        let mut registration = registration(&mut Entropy::from_number(4));
        registration.begin();
        assert!(registration.too_brief(7200, Time::ZERO));
        assert_eq!((registration.asks(), registration.poll_timeout()), (7200, Some(Time::ZERO)));
        assert!(!registration.too_brief(7200, Time::ZERO));
    }

    #[test]
    fn what_was_left_stays_left() {
        let mut entropy = Entropy::from_number(5);
        let mut registration = registration(&mut entropy);
        assert!(!registration.leave(Time::ZERO), "there is nothing to take back");
        registration.accepted(60, &mut entropy, Time::ZERO);
        assert_eq!(registration.poll_timeout(), None);
    }
}
