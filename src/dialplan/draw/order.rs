//! Who stands beside whom in a layer, so that few arrows cross.

use super::layers::Layered;

/// How often the layers are gone through.
const ROUNDS: usize = 24;

/// For each item the items above and below that it is linked with.
#[derive(Clone, Debug)]
pub(super) struct Neighbours {
    pub above: Vec<Vec<usize>>,
    pub below: Vec<Vec<usize>>,
}

impl Neighbours {
    pub fn of(layered: &Layered) -> Self {
        let none = vec![Vec::new(); layered.items.len()];
        let mut neighbours = Self { above: none.clone(), below: none };
        for link in &layered.links {
            neighbours.above[link.lower].push(link.upper);
            neighbours.below[link.upper].push(link.lower);
        }
        neighbours
    }
}

/// Orders the items of every layer.
pub(super) fn order(layered: &mut Layered) {
    let neighbours = Neighbours::of(layered);
    as_visited(layered, &neighbours);
    let mut best = layered.layers.clone();
    let mut fewest = crossings(&layered.layers, &neighbours);
    for round in 0..ROUNDS {
        if fewest == 0 {
            break;
        }
        sweep(&mut layered.layers, &neighbours, round % 2 == 0);
        swap_neighbours(&mut layered.layers, &neighbours);
        let count = crossings(&layered.layers, &neighbours);
        if count < fewest {
            fewest = count;
            best.clone_from(&layered.layers);
        }
    }
    layered.layers = best;
}

/// The order in which somebody comes by the items who follows every arrow in turn.
fn as_visited(layered: &mut Layered, neighbours: &Neighbours) {
    let mut turn = vec![usize::MAX; layered.items.len()];
    let mut count = 0;
    for start in layered.layers.iter().flatten() {
        let mut open = vec![*start];
        while let Some(item) = open.pop() {
            if turn[item] == usize::MAX {
                turn[item] = count;
                count += 1;
                open.extend(neighbours.below[item].iter().rev());
            }
        }
    }
    for layer in &mut layered.layers {
        layer.sort_by_key(|item| turn[*item]);
    }
}

/// Where each item stands in its layer.
pub(super) fn positions(layers: &[Vec<usize>]) -> Vec<usize> {
    let mut positions = vec![0; layers.iter().map(Vec::len).sum()];
    for layer in layers {
        for (at, item) in layer.iter().enumerate() {
            positions[*item] = at;
        }
    }
    positions
}

/// Moves every item to the middle of its neighbours in the layer gone through before.
fn sweep(layers: &mut [Vec<usize>], neighbours: &Neighbours, down: bool) {
    let mut position = positions(layers);
    let count = layers.len();
    let turns: Vec<usize> = if down { (0..count).collect() } else { (0..count).rev().collect() };
    for at in turns {
        let layer = &mut layers[at];
        let fixed = if down { &neighbours.above } else { &neighbours.below };
        let mut keyed: Vec<(f64, usize)> = layer
            .iter()
            .map(|item| {
                let near = &fixed[*item];
                let sum: usize = near.iter().map(|other| position[*other]).sum();
                let middle = sum as f64 / near.len().max(1) as f64;
                (if near.is_empty() { position[*item] as f64 } else { middle }, *item)
            })
            .collect();
        keyed.sort_by(|(a, _), (b, _)| a.total_cmp(b));
        for (at, (_, item)) in keyed.into_iter().enumerate() {
            layer[at] = item;
            position[item] = at;
        }
    }
}

/// Swaps items beside each other as long as that takes crossings away.
fn swap_neighbours(layers: &mut [Vec<usize>], neighbours: &Neighbours) {
    let mut position = positions(layers);
    for _ in 0..8 {
        let mut better = false;
        for layer in layers.iter_mut() {
            for at in 1..layer.len() {
                let (left, right) = (layer[at - 1], layer[at]);
                let count = |a: usize, b: usize| {
                    inversions(&neighbours.above[a], &neighbours.above[b], &position)
                        + inversions(&neighbours.below[a], &neighbours.below[b], &position)
                };
                if count(right, left) < count(left, right) {
                    layer.swap(at - 1, at);
                    position.swap(left, right);
                    better = true;
                }
            }
        }
        if !better {
            return;
        }
    }
}

/// Crossings between the links of an item and those of another to its right.
fn inversions(left: &[usize], right: &[usize], position: &[usize]) -> usize {
    left.iter().map(|a| right.iter().filter(|b| position[*a] > position[**b]).count()).sum()
}

fn crossings(layers: &[Vec<usize>], neighbours: &Neighbours) -> usize {
    let position = positions(layers);
    let mut count = 0;
    for layer in layers {
        for (at, left) in layer.iter().enumerate() {
            for right in &layer[at + 1..] {
                count += inversions(&neighbours.below[*left], &neighbours.below[*right], &position);
            }
        }
    }
    count
}
