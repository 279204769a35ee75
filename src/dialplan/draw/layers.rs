//! From a chart to layers: which card stands above which, and what lies between them.
//!
//! Cards stand on even layers, the labels of arrows on odd ones; where an arrow passes a layer there is
//! a bend. Arrows to the same card share their bends, so that they run together as early as they can.

use std::collections::{BTreeMap, BTreeSet};

use super::chart::Chart;
use super::size::{LABEL_HEIGHT, Sized, anchor, label};

/// Room at the right of a card for an arrow to itself.
pub(super) const LOOP: f64 = 26.0;

/// Something that takes room in a layer.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Item {
    pub what: What,
    /// From its middle to its left and right.
    pub left: f64,
    pub right: f64,
    pub height: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    Card(usize),
    /// The label of this arrow.
    Label(usize),
    /// An arrow passes here.
    Bend,
}

/// A stretch of arrows between an item and one in the next layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Link {
    pub upper: usize,
    pub lower: usize,
    /// The arrows point up: back to a card that the caller has come by.
    pub back: bool,
}

/// A chart in layers.
#[derive(Clone, Debug, Default)]
pub(super) struct Layered {
    pub items: Vec<Item>,
    /// From the top; each from left to right.
    pub layers: Vec<Vec<usize>>,
    pub links: Vec<Link>,
}

/// Puts the cards, of these sizes, in layers.
pub(super) fn layer(chart: &Chart, sizes: &[Sized]) -> Layered {
    let back = back_arrows(chart);
    let ranks = ranks(chart, &back);
    let mut layered = Layered::default();
    for (at, size) in sizes.iter().enumerate() {
        let half = size.width / 2.0;
        let looped = chart.arrows.iter().find(|arrow| (arrow.from, arrow.to) == (at, at));
        let aside = looped.map_or(0.0, |arrow| LOOP + label(&arrow.ways));
        let item = Item { what: What::Card(at), left: half, right: half + aside, height: size.height };
        layered.add(item, ranks[at] * 2);
    }
    let mut bends: BTreeMap<(usize, usize, bool), usize> = BTreeMap::new();
    let mut links: BTreeSet<Link> = BTreeSet::new();
    for (at, arrow) in chart.arrows.iter().enumerate().filter(|(_, arrow)| arrow.from != arrow.to) {
        let back = back.contains(&at);
        let (upper, lower) = if back { (arrow.to, arrow.from) } else { (arrow.from, arrow.to) };
        let (first, last) = (ranks[upper] * 2 + 1, ranks[lower] * 2 - 1);
        let named_at = if back { last } else { first };
        let mut above = upper;
        for layer in first..=last {
            let item = if layer == named_at && !arrow.ways.is_empty() {
                let left = anchor(&arrow.ways);
                let right = label(&arrow.ways) - left;
                layered.add(Item { what: What::Label(at), left, right, height: LABEL_HEIGHT }, layer)
            } else {
                *bends.entry((arrow.to, layer, back)).or_insert_with(|| {
                    layered.add(Item { what: What::Bend, left: 0.0, right: 0.0, height: 0.0 }, layer)
                })
            };
            links.insert(Link { upper: above, lower: item, back });
            above = item;
        }
        links.insert(Link { upper: above, lower, back });
    }
    layered.links = links.into_iter().collect();
    layered
}

impl Layered {
    fn add(&mut self, item: Item, layer: usize) -> usize {
        if self.layers.len() <= layer {
            self.layers.resize(layer + 1, Vec::new());
        }
        self.items.push(item);
        self.layers[layer].push(self.items.len() - 1);
        self.items.len() - 1
    }
}

/// Cards with what leads on from each: the arrow and where it leads.
fn onward(chart: &Chart) -> Vec<Vec<(usize, usize)>> {
    let mut onward = vec![Vec::new(); chart.cards.len()];
    for (at, arrow) in chart.arrows.iter().enumerate().filter(|(_, arrow)| arrow.from != arrow.to) {
        onward[arrow.from].push((at, arrow.to));
    }
    onward
}

/// The arrows that lead back to a card on the way to them; without these nothing goes round.
pub(super) fn back_arrows(chart: &Chart) -> BTreeSet<usize> {
    #[derive(Clone, Copy, PartialEq)]
    enum Seen {
        Not,
        OnTheWay,
        Done,
    }
    let onward = onward(chart);
    let mut seen = vec![Seen::Not; chart.cards.len()];
    let mut back = BTreeSet::new();
    for start in 0..chart.cards.len() {
        let mut way: Vec<(usize, usize)> = vec![(start, 0)];
        while let Some((card, next)) = way.pop() {
            if next == 0 && seen[card] != Seen::Not {
                continue;
            }
            seen[card] = Seen::OnTheWay;
            let Some((arrow, to)) = onward[card].get(next) else {
                seen[card] = Seen::Done;
                continue;
            };
            way.push((card, next + 1));
            match seen[*to] {
                Seen::Not => way.push((*to, 0)),
                Seen::OnTheWay => drop(back.insert(*arrow)),
                Seen::Done => {}
            }
        }
    }
    back
}

/// How far down each card stands: below everything that leads to it.
pub(super) fn ranks(chart: &Chart, back: &BTreeSet<usize>) -> Vec<usize> {
    let arrows: Vec<(usize, usize)> = chart
        .arrows
        .iter()
        .enumerate()
        .filter(|(_, arrow)| arrow.from != arrow.to)
        .map(|(at, arrow)| if back.contains(&at) { (arrow.to, arrow.from) } else { (arrow.from, arrow.to) })
        .collect();
    let mut below = vec![Vec::new(); chart.cards.len()];
    let mut open_above = vec![0usize; chart.cards.len()];
    for (upper, lower) in &arrows {
        below[*upper].push(*lower);
        open_above[*lower] += 1;
    }
    let has_above: Vec<bool> = open_above.iter().map(|count| *count > 0).collect();
    let mut ranks = vec![0usize; chart.cards.len()];
    let mut ready: Vec<usize> = (0..ranks.len()).filter(|card| open_above[*card] == 0).collect();
    while let Some(card) = ready.pop() {
        for lower in &below[card] {
            ranks[*lower] = ranks[*lower].max(ranks[card] + 1);
            open_above[*lower] -= 1;
            if open_above[*lower] == 0 {
                ready.push(*lower);
            }
        }
    }
    // What nothing leads to stands right above where it leads, however far down that is.
    for card in (0..ranks.len()).filter(|card| !has_above[*card]) {
        let nearest = below[card].iter().map(|lower| ranks[*lower]).min();
        ranks[card] = nearest.map_or(0, |rank| rank.saturating_sub(1));
    }
    ranks
}
