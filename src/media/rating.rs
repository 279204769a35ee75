//! Whether so much sound of a leg is lost that people notice, by the E-model (ITU-T G.107).

use super::Quality;
use crate::sdp::Codec;

/// The rating of an undisturbed connection: the default values of G.107.
const UNDISTURBED: f64 = 93.2;
/// Below this many users are dissatisfied (G.107 annex B).
const LEAST: f64 = 70.0;
/// So many reports in a row have to be bad: one may have met a single gap.
const TWICE: u8 = 2;
/// A share that moves by less is the same to people.
const STEP: u8 = 3;

/// The transmission rating factor R, 0 to 93.2, of sound of which this share (0 to 1) is lost by chance (G.107 section 7.5);
/// how well codecs stand it is of G.113 appendix I.
pub fn rating(codec: Codec, loss: f64) -> f64 {
    let bearing = match codec {
        Codec::G722 => 20.0,
        // Concealed (G.711 appendix I; Opus does it by itself).
        Codec::Pcmu | Codec::Pcma | Codec::Opus => 25.1,
    };
    let percent = loss.clamp(0.0, 1.0) * 100.0;
    UNDISTURBED - 95.0 * percent / (percent + bearing)
}

/// What is lost of a leg's sound, in a hundred packets, where it is so much that people notice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Poor {
    /// Of what the leg says, on the way to us.
    pub from: Option<u8>,
    /// Of what it hears, on the way from us.
    pub to: Option<u8>,
}

/// Follows the reports of one leg.
#[derive(Clone, Debug, Default)]
pub struct Watch {
    before: Quality,
    /// Of what it said since the report before, 0 to 1.
    missing: f64,
    from: Way,
    to: Way,
}

/// One direction.
#[derive(Clone, Copy, Debug, Default)]
struct Way {
    /// Bad reports in a row.
    bad: u8,
    shown: Option<u8>,
}

impl Watch {
    /// Takes the newest report; whether [`poor`](Self::poor) is another one now.
    ///
    /// `missing` is what was [missing](Self::missing) at most of what those said whom the leg hears. Where packets are passed on
    /// as they come, those gaps are losses to the hearer as well (RFC 3550 section 6.4.1), and not of its own way.
    pub fn take(&mut self, now: &Quality, missing: f64) -> bool {
        let before = std::mem::replace(&mut self.before, now.clone());
        let was = self.poor();
        if let Some(codec) = now.codec {
            let lost = now.packets_lost.saturating_sub(before.packets_lost);
            let came = now.packets_received.saturating_sub(before.packets_received);
            self.missing = share(lost, lost + came);
            self.from.take(codec, self.missing);
            let lost = now.remote_lost.unwrap_or(0).saturating_sub(before.remote_lost.unwrap_or(0));
            let sent = now.packets_sent.saturating_sub(before.packets_sent);
            self.to.take(codec, share(u64::from(lost).min(sent), sent) - missing);
        }
        self.poor() != was
    }

    /// Which part of what the leg said did not come between the last two reports, 0 to 1.
    pub fn missing(&self) -> f64 {
        self.missing
    }

    /// What people notice.
    pub fn poor(&self) -> Poor {
        Poor { from: self.from.shown, to: self.to.shown }
    }
}

fn share(lost: u64, all: u64) -> f64 {
    if all == 0 { 0.0 } else { lost as f64 / all as f64 }
}

impl Way {
    /// Of the sound since the report before, this share was lost.
    fn take(&mut self, codec: Codec, share: f64) {
        if rating(codec, share) >= LEAST {
            *self = Self::default();
            return;
        }
        self.bad = self.bad.saturating_add(1);
        let percent = (share * 100.0).round() as u8;
        let is_news = self.shown.is_none_or(|shown| shown.abs_diff(percent) >= STEP);
        if self.bad >= TWICE && is_news {
            self.shown = Some(percent);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A report after so many packets each way, of which so many were lost from the leg, and to it.
    fn report(packets: u64, from: u64, to: u32) -> Quality {
        Quality {
            codec: Some(Codec::Pcma),
            packets_received: packets - from,
            packets_lost: from,
            packets_sent: packets,
            remote_lost: Some(to),
            ..Quality::default()
        }
    }

    #[test]
    fn the_rating_falls_with_what_is_lost() {
        assert!(rating(Codec::Opus, 0.0) > 93.0);
        assert!(rating(Codec::Pcma, 0.05) > LEAST && rating(Codec::Pcma, 0.1) < LEAST);
        assert!(rating(Codec::G722, 0.1) < rating(Codec::Pcma, 0.1));
        assert!(rating(Codec::Opus, 1.0) < 25.0);
    }

    #[test]
    fn a_leg_is_poor_after_two_bad_reports_in_a_row_and_no_more_after_a_good_one() {
        let mut watch = Watch::default();
        assert!(!watch.take(&report(250, 0, 0), 0.0));
        assert!(!watch.take(&report(500, 50, 0), 0.0), "one may have met a single gap");
        assert!(watch.take(&report(750, 100, 0), 0.0));
        assert_eq!(watch.poor(), Poor { from: Some(20), to: None });
        assert!(!watch.take(&report(1_000, 152, 0), 0.0), "a little more is the same");
        assert!(watch.take(&report(1_250, 252, 0), 0.0));
        assert_eq!(watch.poor().from, Some(40));
        assert!(watch.take(&report(1_500, 252, 0), 0.0));
        assert_eq!(watch.poor(), Poor::default());
    }

    #[test]
    fn what_a_leg_hears_is_judged_by_its_own_reports() {
        let mut watch = Watch::default();
        assert!(!watch.take(&report(250, 0, 30), 0.0));
        assert!(watch.take(&report(500, 0, 60), 0.0));
        assert_eq!(watch.poor(), Poor { from: None, to: Some(12) });
        // A phone that counts anew, and silence, are no news of losses.
        assert!(watch.take(&report(750, 0, 0), 0.0));
        assert_eq!(watch.poor(), Poor::default());
        assert!(!watch.take(&report(750, 0, 0), 0.0));
    }

    #[test]
    fn gaps_that_came_with_the_speaker_are_not_of_the_hearers_way() {
        let (mut speaker, mut hearer) = (Watch::default(), Watch::default());
        for of_five_seconds in 1..=4 {
            speaker.take(&report(250 * of_five_seconds, 60 * of_five_seconds, 0), 0.0);
            let heard = 65 * u32::try_from(of_five_seconds).unwrap();
            hearer.take(&report(250 * of_five_seconds, 0, heard), speaker.missing());
        }
        assert_eq!(speaker.poor(), Poor { from: Some(24), to: None });
        assert_eq!(hearer.poor(), Poor::default());
    }
}
