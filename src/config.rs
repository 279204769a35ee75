//! Settings: one struct a room, every default with its reason.
