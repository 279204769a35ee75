//! Where a device can be reached: a binding of RFC 3261 section 10, kept over restarts.

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

use crate::id::DeviceId;
use crate::sip::flow::Transport;
use crate::store::StoreError;
use crate::store::sql::{Row, Value};
use crate::time::UnixMs;

/// One binding of a device. Its device and uri tell it apart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Registration {
    /// The device that registered.
    pub device: DeviceId,
    /// The URI of its Contact, as it came.
    pub uri: String,
    /// How the REGISTER travelled.
    pub transport: Transport,
    /// Our address that received the REGISTER.
    pub local: SocketAddr,
    /// The address that sent it; requests to the device go back there (RFC 3581, RFC 5626).
    pub remote: SocketAddr,
    /// Whether it is reached over the connection it came by, and so not after a restart.
    pub connection_bound: bool,
    /// Its `+sip.instance`, where it gave one (RFC 5626 section 4.1).
    pub instance: Option<String>,
    /// Its `reg-id`, where it gave one (RFC 5626 section 4.2).
    pub reg_id: Option<u32>,
    /// Its User-Agent.
    pub user_agent: Option<String>,
    /// When the binding ends.
    pub expires_at: UnixMs,
    /// The Call-ID of the REGISTER, which orders its CSeq.
    pub call_id: String,
    /// The CSeq of the REGISTER.
    pub cseq: u32,
    /// The preference among the device's bindings in thousandths (RFC 3261 section 20.10).
    pub q: u16,
    /// The Path of the REGISTER, first hop first (RFC 3327).
    pub path: Vec<String>,
}

/// The columns of a binding, in the order of [`Registration::values`].
pub(super) const COLUMNS: &[&str] = &[
    "device_id",
    "uri",
    "company_id",
    "transport",
    "local_addr",
    "remote_addr",
    "connection_bound",
    "instance",
    "reg_id",
    "user_agent",
    "expires_at_ms",
    "call_id",
    "cseq",
    "q_milli",
    "path",
];

impl Registration {
    pub(super) fn values(&self, company: &str) -> Vec<Value> {
        vec![
            Value::from(self.device.to_string()),
            Value::from(&self.uri),
            Value::from(company),
            Value::from(self.transport.uri_name()),
            Value::from(self.local.to_string()),
            Value::from(self.remote.to_string()),
            Value::from(self.connection_bound),
            Value::from(self.instance.clone()),
            Value::from(self.reg_id.map(i64::from)),
            Value::from(self.user_agent.clone()),
            Value::from(self.expires_at.0),
            Value::from(&self.call_id),
            Value::from(self.cseq),
            Value::from(u32::from(self.q)),
            Value::json(&self.path),
        ]
    }

    pub(super) fn read(row: &Row) -> Result<Self, StoreError> {
        let address = |column| row.text(column)?.parse().map_err(|_| Row::nonsense(column));
        Ok(Self {
            device: row.id("device_id").map(DeviceId)?,
            uri: row.text("uri")?,
            transport: Transport::parse(&row.text("transport")?).ok_or_else(|| Row::nonsense("transport"))?,
            local: address("local_addr")?,
            remote: address("remote_addr")?,
            connection_bound: row.flag("connection_bound")?,
            instance: row.optional_text("instance")?,
            reg_id: row.optional_u32("reg_id")?,
            user_agent: row.optional_text("user_agent")?,
            expires_at: row.int("expires_at_ms").map(UnixMs)?,
            call_id: row.text("call_id")?,
            cseq: row.u32("cseq")?,
            q: u16::try_from(row.int("q_milli")?).map_err(|_| Row::nonsense("q_milli"))?,
            path: row.json("path")?,
        })
    }
}
