//! Devices: SIP phones, each with a secret of its own.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::names::Names;
use crate::api::resource::resource;
use crate::store::{Device, DeviceChange, DeviceKind, DeviceMade, Key, NewDevice, Srtp};
use crate::time::UnixMs;

/// A SIP phone, as it is shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DeviceView {
    /// Its id.
    pub id: Uuid,
    /// The SIP user name with which it registers.
    pub username: String,
    /// Whose phone it is, by name.
    pub user: String,
    /// What it is.
    pub label: String,
    /// The realm of its digest authentication.
    pub realm: String,
    /// Whether its sound is protected.
    pub srtp: Srtp,
    /// `phone`, or `browser`: the phone in the browser of somebody who has logged in, which cannot be changed.
    pub kind: String,
    /// When the phone in a browser ceases to register, in milliseconds since 1970.
    #[schema(value_type = Option<i64>)]
    pub expires_at: Option<UnixMs>,
}

impl View<Device> for DeviceView {
    fn of(row: Device, names: &Names) -> Self {
        let Device { id, user, username, label, realm, srtp, kind, .. } = row;
        let (kind, expires_at) = match kind {
            DeviceKind::Phone => ("phone", None),
            DeviceKind::Browser { expires_at, .. } => ("browser", Some(expires_at)),
        };
        let (user, kind) = (names.user(user), kind.to_owned());
        Self { id: id.0, username, user, label, realm, srtp, kind, expires_at }
    }

    fn id(&self) -> Uuid {
        self.id
    }
}

/// A device just made, with its secret. The secret is shown this once and kept nowhere.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DeviceMadeView {
    /// The device.
    #[serde(flatten)]
    pub device: DeviceView,
    /// The password to enter in the phone.
    pub secret: String,
}

impl View<DeviceMade> for DeviceMadeView {
    fn of(made: DeviceMade, names: &Names) -> Self {
        Self { device: DeviceView::of(made.device, names), secret: made.secret }
    }

    fn id(&self) -> Uuid {
        self.device.id
    }
}

resource! {
    noun: "device", nouns: "devices", path: "/api/v1/devices", item: "/api/v1/devices/{key}",
    shows: DeviceView, made: DeviceMadeView, new: NewDevice, change: DeviceChange,
    store: devices device add_device change_device remove_device
}
