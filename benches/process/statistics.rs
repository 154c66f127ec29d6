//! Medians, quartiles and ratios. Pure.

/// The middle value and the quartiles around it.
#[derive(Clone, Copy)]
pub(crate) struct Spread {
    pub(crate) low: f64,
    pub(crate) middle: f64,
    pub(crate) high: f64,
}

/// The spread of some values; none of none.
pub(crate) fn spread(values: &[f64]) -> Option<Spread> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = |quarters: usize| sorted.get((sorted.len().checked_sub(1)? * quarters + 2) / 4).copied();
    Some(Spread { low: at(1)?, middle: at(2)?, high: at(3)? })
}

/// How many times `of` is `to`: the ratio of the medians, with the quartiles of the ratios round by round.
pub(crate) fn ratio(of: &[f64], to: &[f64]) -> Option<Spread> {
    let rounds: Vec<f64> = of.iter().zip(to).map(|(of, to)| of / to).collect();
    let rounds = spread(&rounds)?;
    Some(Spread { middle: spread(of)?.middle / spread(to)?.middle, ..rounds })
}
