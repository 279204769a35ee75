//! Networks that lose packets.

use hovor::entropy::Entropy;

/// How many packets one burst takes on average.
const BURST: f64 = 2.5;

/// Which packets go together.
#[derive(Clone, Copy, Debug)]
pub enum Loss {
    /// Each is lost or not by itself.
    Single,
    /// Gilbert's model: the network is good or bad for a while, and all that is sent while it is bad is lost.
    Bursts,
}

impl Loss {
    /// Which of so many packets are lost at this rate.
    pub fn packets(self, rate: f64, count: usize, entropy: &mut Entropy) -> Vec<bool> {
        let mut bad = false;
        let next = |_| {
            let chance = match self {
                Loss::Single => rate,
                Loss::Bursts if bad => 1.0 - 1.0 / BURST,
                Loss::Bursts => rate / (1.0 - rate) / BURST,
            };
            bad = f64::from(entropy.u32()) < chance * f64::from(u32::MAX);
            bad
        };
        (0..count).map(next).collect()
    }
}

#[test]
fn both_models_lose_as_much_as_they_are_told_and_one_of_them_in_bursts() {
    for rate in [0.02, 0.1] {
        for (loss, length) in [(Loss::Single, 1.0 / (1.0 - rate)), (Loss::Bursts, BURST)] {
            let lost = loss.packets(rate, 200_000, &mut Entropy::from_number(1));
            let total = lost.iter().filter(|lost| **lost).count() as f64;
            let bursts = lost.windows(2).filter(|pair| !pair[0] && pair[1]).count() as f64;
            assert!((total / 200_000.0 / rate - 1.0).abs() < 0.05, "{loss:?} {rate}: {total}");
            assert!((total / bursts / length - 1.0).abs() < 0.05, "{loss:?} {rate}: {}", total / bursts);
        }
    }
}
