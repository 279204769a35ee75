//! How far to the right every item stands, after Brandes and Köpf, "Fast and simple horizontal
//! coordinate assignment" (2001): long arrows are straight, and items keep their distance.

use std::collections::BTreeSet;

use super::layers::{Layered, What};
use super::order::{Neighbours, positions};

const BETWEEN_CARDS: f64 = 28.0;
const BETWEEN_LABELS: f64 = 12.0;
const BESIDE_BENDS: f64 = 14.0;

/// The middle of every item; the leftmost item begins at 0.
pub(super) fn place(layered: &Layered) -> Vec<f64> {
    let neighbours = Neighbours::of(layered);
    let conflicts = conflicts(layered, &neighbours);
    let mut layouts = Vec::new();
    for up in [false, true] {
        for right in [false, true] {
            let view = View::new(layered, &neighbours, up, right);
            let mut x = view.compact(&view.align(&conflicts));
            if right {
                x.iter_mut().for_each(|x| *x = -*x);
            }
            layouts.push(x);
        }
    }
    let mut x = middle_of(layered, layouts);
    let leftmost = bounds(layered, &x).0;
    x.iter_mut().for_each(|x| *x -= leftmost);
    x
}

/// The left and right ends of a layout.
fn bounds(layered: &Layered, x: &[f64]) -> (f64, f64) {
    let ends = layered.items.iter().zip(x).map(|(item, x)| (x - item.left, x + item.right));
    ends.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, r), (left, right)| (l.min(left), r.max(right)))
}

/// Four layouts that lean to the four corners, brought together: the middle between the two in the
/// middle keeps every distance that all four keep.
fn middle_of(layered: &Layered, mut layouts: Vec<Vec<f64>>) -> Vec<f64> {
    let ends: Vec<(f64, f64)> = layouts.iter().map(|x| bounds(layered, x)).collect();
    let width = |(left, right): &(f64, f64)| right - left;
    let narrowest = ends.iter().min_by(|a, b| width(a).total_cmp(&width(b))).copied().unwrap_or_default();
    for (at, (x, ends)) in layouts.iter_mut().zip(&ends).enumerate() {
        let leans_right = at % 2 == 1;
        let shift = if leans_right { narrowest.1 - ends.1 } else { narrowest.0 - ends.0 };
        x.iter_mut().for_each(|x| *x += shift);
    }
    let middle = |item: usize| {
        let mut values: Vec<f64> = layouts.iter().map(|x| x[item]).collect();
        values.sort_by(f64::total_cmp);
        (values[1] + values[2]) / 2.0
    };
    (0..layered.items.len()).map(middle).collect()
}

/// Links that cross a straight stretch of a long arrow: the long arrow stays straight.
fn conflicts(layered: &Layered, neighbours: &Neighbours) -> BTreeSet<(usize, usize)> {
    let position = positions(&layered.layers);
    let passes = |item: usize| layered.items[item].what == What::Bend;
    let mut conflicts = BTreeSet::new();
    for layer in layered.layers.iter().skip(1) {
        let links: Vec<(usize, usize)> = layer
            .iter()
            .flat_map(|lower| neighbours.above[*lower].iter().map(|upper| (*upper, *lower)))
            .collect();
        let (inner, outer): (Vec<_>, Vec<_>) =
            links.into_iter().partition(|(upper, lower)| passes(*upper) && passes(*lower));
        for (upper, lower) in outer {
            let crosses = inner.iter().any(|(a, b)| {
                (position[*a] < position[upper]) != (position[*b] < position[lower])
                    && *a != upper
                    && *b != lower
            });
            if crosses {
                conflicts.insert((upper, lower));
            }
        }
    }
    conflicts
}

/// The layers as seen from one of the four corners; the algorithm always works from the upper left.
struct View<'a> {
    layered: &'a Layered,
    layers: Vec<Vec<usize>>,
    /// The neighbours in the layer before.
    before: &'a [Vec<usize>],
    right: bool,
}

impl<'a> View<'a> {
    fn new(layered: &'a Layered, neighbours: &'a Neighbours, up: bool, right: bool) -> Self {
        let mut layers = layered.layers.clone();
        if up {
            layers.reverse();
        }
        if right {
            layers.iter_mut().for_each(|layer| layer.reverse());
        }
        let before = if up { &neighbours.below } else { &neighbours.above };
        Self { layered, layers, before, right }
    }

    /// The block of each item: items that stand in one straight line share a block.
    fn align(&self, conflicts: &BTreeSet<(usize, usize)>) -> Vec<usize> {
        let position = positions(&self.layers);
        let mut block: Vec<usize> = (0..self.layered.items.len()).collect();
        let mut continued = vec![false; block.len()];
        for layer in &self.layers {
            // The first position of the layer before that may still be used without crossing.
            let mut free = 0;
            for item in layer {
                let mut near = self.before[*item].clone();
                near.sort_by_key(|other| position[*other]);
                let count = near.len();
                let middles = count.saturating_sub(1) / 2..count / 2 + 1;
                for other in near.get(middles.start..middles.end.min(count)).unwrap_or_default() {
                    let in_conflict =
                        conflicts.contains(&(*other, *item)) || conflicts.contains(&(*item, *other));
                    if block[*item] == *item && !continued[*other] && !in_conflict && free <= position[*other]
                    {
                        block[*item] = block[*other];
                        continued[*other] = true;
                        free = position[*other] + 1;
                    }
                }
            }
        }
        block
    }

    /// Moves the blocks as far left as their distances allow, then back towards their neighbours.
    fn compact(&self, block: &[usize]) -> Vec<f64> {
        let count = self.layered.items.len();
        let mut after: Vec<Vec<(usize, f64)>> = vec![Vec::new(); count];
        let mut open_before = vec![0usize; count];
        for layer in &self.layers {
            for pair in layer.windows(2) {
                let (left, right) = (block[pair[0]], block[pair[1]]);
                after[left].push((right, self.distance(pair[0], pair[1])));
                open_before[right] += 1;
            }
        }
        let mut x = vec![0.0f64; count];
        let mut ready: Vec<usize> =
            (0..count).filter(|item| block[*item] == *item && open_before[*item] == 0).collect();
        let mut turns = Vec::new();
        while let Some(left) = ready.pop() {
            turns.push(left);
            for (right, distance) in &after[left] {
                x[*right] = x[*right].max(x[left] + distance);
                open_before[*right] -= 1;
                if open_before[*right] == 0 {
                    ready.push(*right);
                }
            }
        }
        for left in turns.into_iter().rev() {
            let room = after[left].iter().map(|(right, distance)| x[*right] - distance);
            let most = room.fold(f64::INFINITY, f64::min);
            if most.is_finite() {
                x[left] = x[left].max(most);
            }
        }
        (0..count).map(|item| x[block[item]]).collect()
    }

    /// From the middle of an item to the middle of the next one.
    fn distance(&self, first: usize, second: usize) -> f64 {
        let (first, second) = (&self.layered.items[first], &self.layered.items[second]);
        let gap = match (first.what, second.what) {
            (What::Card(_), What::Card(_)) => BETWEEN_CARDS,
            (What::Label(_), What::Label(_)) => BETWEEN_LABELS,
            _ => BESIDE_BENDS,
        };
        gap + if self.right { first.left + second.right } else { first.right + second.left }
    }
}
