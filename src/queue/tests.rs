mod course;
mod desk;
mod observer;
mod offering;
pub(crate) mod planted;
mod properties;
mod rules;
mod visits;
mod waits;
