//! Two endpoints talk over a simulated network.

#[cfg(test)]
mod attacks;
#[cfg(test)]
mod basic;
#[cfg(test)]
mod connections;
#[cfg(test)]
mod early_media;
#[cfg(test)]
mod in_call;
#[cfg(test)]
mod outgoing;
#[cfg(test)]
mod pages;
#[cfg(test)]
mod places;
pub(crate) mod probe;
#[cfg(test)]
mod providers;
#[cfg(test)]
mod referral_races;
#[cfg(test)]
mod referring;
#[cfg(test)]
mod registering;
#[cfg(test)]
mod replacing;
#[cfg(test)]
mod requests;
#[cfg(test)]
mod secure;
#[cfg(test)]
mod storm;
#[cfg(test)]
mod subscribing;
#[cfg(test)]
mod talking;
#[cfg(test)]
mod timers;
#[cfg(test)]
mod torture;
