//! Trunks in the words of each room that needs them, and how they fare in the words of the web interface.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use super::core::Core;
use super::directory::transport;
use crate::api::running::TrunkState;
use crate::e164::Format;
use crate::id::TrunkId;
use crate::lines::phone::rules::{Rules, Srtp, TrunkRules};
use crate::sdp::Codec;
use crate::sip::endpoint::{FromUser, Hop, IdentityHeader, TrunkPeer, TrunkView};
use crate::store::{self, NumberFormat};
use crate::switch::directory::Trunk;

/// A trunk for the switch.
pub fn carrier(trunk: &store::Trunk) -> Trunk {
    let settings = &trunk.settings;
    Trunk {
        name: trunk.name.clone(),
        tenant: trunk.tenant,
        prefixes: trunk.prefixes.clone(),
        priority: settings.priority,
        weight: settings.weight,
        max_calls: settings.max_calls,
        max_rate: settings.max_calls_per_second,
        emergency: settings.emergency,
        country: settings.country.clone(),
        caller_number: settings.caller_number.clone(),
        classes: settings.calls.clone(),
    }
}

/// A trunk for the SIP endpoint.
pub fn peer(trunk: &store::Trunk) -> TrunkPeer {
    let settings = &trunk.settings;
    let via = trunk.transport.map(transport);
    let seconds = |seconds: u32| Duration::from_secs(seconds.into());
    TrunkPeer {
        port: trunk.port.unwrap_or(0),
        transport: via,
        proxy: settings.proxy_hop().map(|(host, port)| Hop { host, port: port.unwrap_or(0), transport: via }),
        credentials: trunk.username.clone().map(|user| (user, trunk.password.clone().unwrap_or_default())),
        register: settings.register.then(|| seconds(settings.expires_s)),
        number: settings.number.clone(),
        options: (settings.options_s > 0).then(|| seconds(settings.options_s)),
        networks: settings.parsed_networks(),
        trusts_identity: settings.trust_identity,
        patience: Some(seconds(settings.reply_within_s)),
        from: match settings.from {
            store::FromUser::Number => FromUser::Number,
            store::FromUser::Account => FromUser::Account,
        },
        identity: match settings.identity {
            store::IdentityHeader::None => IdentityHeader::None,
            store::IdentityHeader::Asserted => IdentityHeader::Asserted,
            store::IdentityHeader::Preferred => IdentityHeader::Preferred,
        },
        tls_name: settings.tls_name.clone(),
        ca: settings.ca.clone().map(PathBuf::from),
        ..TrunkPeer::new(trunk.id, &*trunk.host)
    }
}

/// What providers want of the telephone line.
pub fn rules(stored: &store::Directory) -> Rules {
    let trunks = stored.trunks.iter().map(|trunk| (trunk.id, rules_of(trunk)));
    let devices = stored.devices.iter().map(|device| (device.id, srtp(device.srtp)));
    let emergency = stored.tenants.iter().flat_map(store::Tenant::emergency_numbers);
    Rules {
        trunks: trunks.collect::<BTreeMap<_, _>>(),
        devices: devices.collect(),
        emergency: emergency.collect(),
    }
}

fn srtp(stored: store::Srtp) -> Srtp {
    match stored {
        store::Srtp::Off => Srtp::Off,
        store::Srtp::Optional => Srtp::Optional,
        store::Srtp::Required => Srtp::Required,
    }
}

fn rules_of(trunk: &store::Trunk) -> TrunkRules {
    let settings = &trunk.settings;
    let codec =
        |name: &String| Codec::ALL.iter().find(|codec| codec.name().eq_ignore_ascii_case(name)).copied();
    TrunkRules {
        format: match settings.format {
            NumberFormat::E164 => Format::E164,
            NumberFormat::Digits => Format::Digits,
            NumberFormat::DoubleZero => Format::DoubleZero,
            NumberFormat::National => Format::National,
        },
        country: settings.country.clone(),
        strip: settings.strip.into(),
        prepend: settings.prepend.clone(),
        codecs: settings.codecs.iter().filter_map(codec).collect(),
        failover: settings.failover_statuses(),
        srtp: srtp(settings.srtp),
        secure: trunk.transport == Some(store::Transport::Tls),
    }
}

impl Core {
    /// How the trunks fare.
    pub(super) fn trunk_states(&self) -> Vec<(TrunkId, TrunkState)> {
        let views = self.endpoint.trunks(self.clock.now());
        views.into_iter().map(|view| (view.trunk, self.trunk_state(view))).collect()
    }

    fn trunk_state(&self, view: TrunkView) -> TrunkState {
        let wall = |at| self.clock.epoch().wall(at).0;
        let registration = view.registration.as_ref();
        let health = view.health.as_ref();
        let trouble = registration.and_then(|registration| registration.trouble.clone());
        let trouble = trouble.or_else(|| health.and_then(|health| health.trouble.clone()));
        let place = |(transport, at): &(crate::sip::Transport, _)| format!("{} {at}", transport.uri_name());
        TrunkState {
            state: word(&view).to_owned(),
            is_up: view.is_up,
            trouble: view.trouble.clone().or(trouble),
            registered_until: registration.and_then(|registration| registration.until).map(wall),
            next_registration: registration.and_then(|registration| registration.next).map(wall),
            round_trip_ms: health
                .and_then(|health| health.round_trip)
                .map(|time| u64::try_from(time.as_millis()).unwrap_or(u64::MAX)),
            calls: self.switch.trunk_calls(view.trunk),
            places: view.places.iter().map(place).collect(),
            found: view.notes,
        }
    }
}

/// How a trunk fares, in a word.
fn word(view: &TrunkView) -> &'static str {
    if view.health.as_ref().is_some_and(|health| health.is_gone) {
        return "down";
    }
    if view.places.is_empty() {
        return "not found";
    }
    match &view.registration {
        None => "up",
        Some(registration) if registration.until.is_some() => "registered",
        Some(registration) if registration.trouble.is_some() => "not registered",
        Some(_) => "registering",
    }
}
