//! Figures made of many measurements.

/// The value below which this share of the values lies; 0 if there are none. Changes their order.
pub fn quantile(values: &mut [u32], share: f64) -> u32 {
    if values.is_empty() {
        return 0;
    }
    let place = ((values.len() - 1) as f64 * share).round() as usize;
    *values.select_nth_unstable(place).1
}

/// The middle value, so that one disturbed run does not count; 0 if there are none.
pub fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut sorted: Vec<f64> = values.into_iter().collect();
    sorted.sort_by(f64::total_cmp);
    match sorted.len() {
        0 => 0.0,
        count if count % 2 == 1 => sorted[count / 2],
        count => (sorted[count / 2 - 1] + sorted[count / 2]) / 2.0,
    }
}

/// How long things took or how late they were, in microseconds.
#[derive(Clone, Copy, Debug, Default, serde::Serialize)]
pub struct Spread {
    pub p50_us: u32,
    pub p99_us: u32,
    pub max_us: u32,
    pub mean_us: f64,
}

impl Spread {
    pub fn of(values: &mut [u32]) -> Self {
        let sum: f64 = values.iter().map(|value| f64::from(*value)).sum();
        Self {
            p50_us: quantile(values, 0.5),
            p99_us: quantile(values, 0.99),
            max_us: values.iter().copied().max().unwrap_or(0),
            mean_us: if values.is_empty() { 0.0 } else { sum / values.len() as f64 },
        }
    }
}
