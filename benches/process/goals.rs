//! What has to be reached, and whether it was. The limits are those of the issue that asked for this benchmark.

use crate::measure::Results;
use crate::message::Kind;
use crate::statistics::{self, Spread};
use crate::subject::Id;

const MIB: u64 = 1 << 20;
const PEAK_MARGIN: u64 = 4 * MIB;

/// A ratio of wall times.
struct Ratio {
    kind: Kind,
    of: Id,
    to: Id,
    limit: f64,
}

const RATIOS: [Ratio; 8] = [
    Ratio { kind: Kind::Text, of: Id::Defaults, to: Id::Procmail, limit: 1.45 },
    Ratio { kind: Kind::Text, of: Id::Configured, to: Id::Procmail, limit: 1.45 },
    Ratio { kind: Kind::Text, of: Id::Maildir, to: Id::Procmail, limit: 0.6 },
    Ratio { kind: Kind::Text, of: Id::Clamd, to: Id::Clamdscan, limit: 0.40 },
    Ratio { kind: Kind::Html, of: Id::Clamd, to: Id::Clamdscan, limit: 0.60 },
    Ratio { kind: Kind::Document, of: Id::Clamd, to: Id::Clamdscan, limit: 0.95 },
    Ratio { kind: Kind::Large, of: Id::Defaults, to: Id::Procmail, limit: 1.6 },
    Ratio { kind: Kind::Large, of: Id::HandedOn, to: Id::ProcmailFile, limit: 1.15 },
];
/// Runs in which no other program shares mailward's process, so that the peak is its own.
const PEAKS: [Id; 3] = [Id::Own, Id::Maildir, Id::OwnClamd];

/// One line of the answer.
pub(crate) struct Judgement {
    pub(crate) goal: String,
    pub(crate) measured: String,
    pub(crate) limit: String,
    /// None where it could not be measured.
    pub(crate) met: Option<bool>,
}

/// Holds the results against the goals.
pub(crate) fn judge(results: &Results) -> Vec<Judgement> {
    let ratios = RATIOS.iter().map(|goal| judge_ratio(goal, results));
    ratios.chain(Kind::ALL.iter().map(|&kind| judge_peak(kind, results))).collect()
}

/// How much longer one subject takes than another with that message.
pub(crate) fn ratio(results: &Results, kind: Kind, of: Id, to: Id) -> Option<Spread> {
    statistics::ratio(&results.times.get(&(kind, of))?.wall, &results.times.get(&(kind, to))?.wall)
}

fn judge_ratio(goal: &Ratio, results: &Results) -> Judgement {
    let measured = ratio(results, goal.kind, goal.of, goal.to);
    Judgement {
        goal: format!("{}: {} / {}", goal.kind.name(), goal.of.name(), goal.to.name()),
        measured: measured.map_or_else(|| "-".to_owned(), |it| format!("{:.2} ({:.2} to {:.2})", it.middle, it.low, it.high)),
        limit: format!("{:.2}", goal.limit),
        met: measured.map(|it| it.middle <= goal.limit),
    }
}

fn judge_peak(kind: Kind, results: &Results) -> Judgement {
    let peak = PEAKS.iter().filter_map(|&id| results.peaks.get(&(kind, id))).max();
    let limit = results.sizes.get(&kind).map_or(0, |&size| size as u64) + PEAK_MARGIN;
    Judgement {
        goal: format!("{}: peak memory of mailward, message + 4 MiB", kind.name()),
        measured: peak.map_or_else(|| "-".to_owned(), |&peak| mebibytes(peak)),
        limit: mebibytes(limit),
        met: peak.map(|&peak| peak <= limit),
    }
}

/// A number of bytes as a reader wants it.
pub(crate) fn mebibytes(bytes: u64) -> String {
    let tenths = bytes * 10 / MIB;
    format!("{}.{} MiB", tenths / 10, tenths % 10)
}
