mod course;
mod desk;
mod observer;
mod offering;
mod properties;
mod rules;
mod visits;
mod waits;
