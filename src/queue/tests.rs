mod desk;
mod offering;
mod properties;
mod rules;
mod visits;
