//! Arrows that are too long to follow are written down instead, as in a book: "see page 7".

use std::collections::BTreeMap;

use super::chart::{Chart, Jump};
use super::layers::{back_arrows, ranks};

/// Charts up to this many cards are drawn with all their arrows.
const SMALL: usize = 16;
/// An arrow over more layers of cards than this cannot be followed.
const FAR: usize = 2;
/// To a card that is reached from more places than this, one arrow is drawn.
const POPULAR: usize = 3;

/// The chart with the arrows that can be followed; the others stand in the boxes.
pub(super) fn shorten(chart: &Chart) -> Chart {
    let mut chart = chart.clone();
    if chart.cards.iter().filter(|card| card.line.is_some()).count() <= SMALL {
        return chart;
    }
    let back = back_arrows(&chart);
    let ranks = ranks(&chart, &back);
    let mut ways_in: BTreeMap<usize, usize> = BTreeMap::new();
    for arrow in &chart.arrows {
        *ways_in.entry(arrow.to).or_default() += 1;
    }
    let mut drawn: BTreeMap<usize, usize> = BTreeMap::new();
    let arrows = std::mem::take(&mut chart.arrows);
    for (at, arrow) in arrows.into_iter().enumerate() {
        let from_node = chart.cards[arrow.from].line.is_some();
        let is_popular = ways_in.get(&arrow.to).is_some_and(|count| *count > POPULAR);
        let is_far = ranks[arrow.to].saturating_sub(ranks[arrow.from]) > FAR;
        let had = drawn.entry(arrow.to).or_default();
        let too_long = back.contains(&at) || if is_popular { *had > 0 } else { is_far };
        if from_node && arrow.from != arrow.to && too_long {
            let to = chart.cards[arrow.to].name.clone();
            chart.cards[arrow.from].jumps.push(Jump { ways: arrow.ways, to });
        } else {
            *had += usize::from(from_node && arrow.from != arrow.to);
            chart.arrows.push(arrow);
        }
    }
    chart
}
