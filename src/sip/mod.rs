//! SIP signalling (RFC 3261).
