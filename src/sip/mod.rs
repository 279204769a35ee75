//! SIP signalling (RFC 3261).

pub mod call;
pub mod dialog;
pub mod digest;
pub mod endpoint;
pub mod flow;
pub mod guard;
pub mod locate;
pub mod message;
pub mod registrar;
pub mod subscription;
pub mod transaction;
pub mod transport;
pub mod uri;

pub use endpoint::Endpoint;
pub use flow::{Destination, Flow, Transport};
pub use message::{
    CSeq, Contact, HeaderError, HeaderName, Headers, Message, Method, NameAddr, Params, ParseError, Request,
    Response, Via,
};
pub use uri::{Host, Scheme, Uri};

#[cfg(any(test, fuzzing))]
#[cfg_attr(not(test), allow(dead_code, reason = "fuzzers need less of it"))]
pub(crate) mod simnet;
#[cfg(any(test, fuzzing))]
#[cfg_attr(not(test), allow(dead_code, reason = "fuzzers need less of it"))]
pub(crate) mod tests;
