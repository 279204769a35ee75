//! Names that have to be looked up before something can be sent (RFC 3263).

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::{CallRef, Destination, Endpoint, Hop, Output, Transport};
use crate::id::TrunkId;
use crate::sip::locate::Located;
use crate::time::Time;

/// Who wants to know where a name is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Query {
    /// A call, and the provider that it goes over, if it does.
    Call(CallRef, Option<TrunkId>),
    /// A provider, which was to be found at this hop.
    Trunk(TrunkId, Hop),
}

impl Endpoint {
    pub(super) fn resolve_trunks(&mut self, now: Time) {
        for peer in self.stack.trunks.due(now) {
            let hop = peer.next_hop();
            let (host, port) = (hop.host.clone(), (hop.port != 0).then_some(hop.port));
            let transport = hop.transport;
            self.resolve(Query::Trunk(peer.trunk, hop), host, port, transport);
        }
    }

    pub(super) fn resolve(
        &mut self,
        asker: Query,
        host: String,
        port: Option<u16>,
        transport: Option<Transport>,
    ) {
        self.next_query += 1;
        let query = self.next_query;
        self.queries.insert(query, asker);
        self.stack.output(Output::Resolve { query, host, port, transport });
    }

    /// An answer, in time or late: what it was asked for may have changed or ended meanwhile.
    pub(super) fn resolved(&mut self, query: u64, result: Result<Located, String>, now: Time) {
        match self.queries.remove(&query) {
            // The provider may have moved since the question was asked.
            Some(Query::Trunk(trunk, hop)) if !self.stack.trunks.is_at(trunk, &hop) => {}
            Some(Query::Trunk(trunk, _)) => {
                self.stack.trunks.resolved(trunk, result, now);
                self.tell_families();
                self.tell_trunk(trunk, now);
            }
            Some(Query::Call(reference, trunk)) => {
                let places = result.map(|located| located.places).unwrap_or_default();
                let to: VecDeque<Destination> = places
                    .into_iter()
                    .map(|(transport, remote)| Destination::at(transport, remote, trunk))
                    .collect();
                self.with_call(reference, |call, stack| call.resolved(to, stack, now));
            }
            None => {}
        }
    }
}
