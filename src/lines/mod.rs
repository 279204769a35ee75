//! Ways in and out, one folder each.
