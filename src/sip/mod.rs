//! SIP signalling (RFC 3261).

pub mod digest;
pub mod endpoint;
pub mod flow;
pub mod message;
pub mod transport;
pub mod uri;

pub use flow::{Destination, Flow, Transport};
pub use message::{
    CSeq, Contact, HeaderError, HeaderName, Headers, Message, Method, NameAddr, Params, ParseError, Request,
    Response, Via,
};
pub use uri::{Host, Scheme, Uri};
