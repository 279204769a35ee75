//! Which bindings the store has, so that a registration that says nothing new is not written again.
//!
//! Phones refresh their bindings at half of their time as a rule, some every minute, and all at once after a fault of
//! the network. What is stored matters after a restart only.

use std::collections::HashMap;

use crate::id::DeviceId;
use crate::store::Registration;
use crate::time::UnixMs;

/// The bindings that were last given to the store.
#[derive(Debug, Default)]
pub struct Remembered(HashMap<DeviceId, Vec<Registration>>);

impl Remembered {
    /// Whether these are worth writing: they differ in more than their number, or last longer by a tenth of the time
    /// that they have left.
    pub fn gains(&self, device: DeviceId, bindings: &[Registration], now: UnixMs) -> bool {
        let old = self.0.get(&device).map(Vec::as_slice).unwrap_or_default();
        old.len() != bindings.len() || old.iter().zip(bindings).any(|(old, new)| differs(old, new, now))
    }

    /// These were given to the store.
    pub fn note(&mut self, device: DeviceId, bindings: Vec<Registration>) {
        match bindings.is_empty() {
            true => _ = self.0.remove(&device),
            false => _ = self.0.insert(device, bindings),
        }
    }
}

fn differs(old: &Registration, new: &Registration, now: UnixMs) -> bool {
    let (gained, left) = (new.expires_at.0 - old.expires_at.0, new.expires_at.0 - now.0);
    let renewed = Registration {
        expires_at: old.expires_at,
        call_id: old.call_id.clone(),
        cseq: old.cseq,
        ..new.clone()
    };
    renewed != *old || gained < 0 || gained * 10 >= left
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::Entropy;
    use crate::sip::Transport;

    fn binding(expires_at: i64) -> Registration {
        Registration {
            device: DeviceId::new(UnixMs(0), &mut Entropy::from_number(1)),
            uri: "sip:anna@192.0.2.1".into(),
            transport: Transport::Udp,
            local: ([192, 0, 2, 9], 5060).into(),
            remote: ([192, 0, 2, 1], 5060).into(),
            connection_bound: false,
            instance: None,
            reg_id: None,
            user_agent: None,
            expires_at: UnixMs(expires_at),
            call_id: "a".into(),
            cseq: 1,
            q: 1000,
            path: vec![],
        }
    }

    #[test]
    fn a_refresh_is_written_again_when_a_tenth_of_its_time_is_gained() {
        let (first, mut remembered) = (binding(3_600_000), Remembered::default());
        assert!(remembered.gains(first.device, std::slice::from_ref(&first), UnixMs(0)));
        remembered.note(first.device, vec![first.clone()]);
        for (now, worth) in [(1_000, false), (350_000, false), (360_000, true), (1_800_000, true)] {
            let refreshed = Registration { cseq: 2, ..binding(now + 3_600_000) };
            assert_eq!(remembered.gains(first.device, &[refreshed], UnixMs(now)), worth, "{now}");
        }
    }

    #[test]
    fn another_address_a_shorter_time_and_the_end_of_a_binding_are_written_at_once() {
        let (first, mut remembered) = (binding(3_600_000), Remembered::default());
        remembered.note(first.device, vec![first.clone()]);
        let moved = Registration { remote: ([192, 0, 2, 2], 5060).into(), ..first.clone() };
        for now in [vec![moved], vec![binding(3_000_000)], vec![]] {
            assert!(remembered.gains(first.device, &now, UnixMs(1_000)), "{now:?}");
        }
        remembered.note(first.device, vec![]);
        assert!(remembered.gains(first.device, std::slice::from_ref(&first), UnixMs(1_000)));
    }
}
