//! Clients and browsers of a line with one widget.
