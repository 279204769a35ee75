//! A picture of a plan: the numbers that lead into it, its nodes, and what leads from one to another.
//!
//! A [`Chart`] is the plan as boxes and arrows. [`Chart::mermaid`] writes it for programs that lay out
//! themselves, [`Chart::svg`] lays it out and draws it.

mod chart;
mod layers;
mod layout;
mod mermaid;
mod order;
mod place;
mod shorten;
mod size;
mod svg;
mod text;

pub use chart::Chart;

#[cfg(test)]
mod tests;
