//! Which brackets are open at a place of a style.
//!
//! Owns the count of them, and which belong to a function that fetches. Brackets deeper than any style needs are no brackets. Nothing
//! here can fail.

/// The brackets that are open, from the outermost.
#[derive(Debug, Default)]
pub(super) struct Brackets {
    depth: u32,
    /// A bit for each: whether it is a square one.
    square: u64,
    /// A bit for each: whether strings in it are URLs.
    fetching: u64,
}

/// Deeper ones go.
const DEEPEST: u32 = 32;

impl Brackets {
    pub(super) fn is_empty(&self) -> bool {
        self.depth == 0
    }

    /// Whether strings that stand here are URLs.
    pub(super) fn is_fetching(&self) -> bool {
        self.fetching != 0
    }

    /// Opens `(` or `[`; nothing where that is too deep.
    pub(super) fn open(&mut self, bracket: u8) -> Option<()> {
        self.push()?;
        self.square |= u64::from(bracket == b'[') << self.depth;
        Some(())
    }

    /// Opens a function that fetches.
    pub(super) fn open_fetching(&mut self) -> Option<()> {
        self.push()?;
        self.fetching |= 1 << self.depth;
        Some(())
    }

    /// Closes by `)` or `]`; nothing where the other one is open, or none.
    pub(super) fn close(&mut self, bracket: u8) -> Option<()> {
        let bit = 1 << self.depth;
        if self.depth == 0 || (self.square & bit != 0) != (bracket == b']') {
            return None;
        }
        self.square &= !bit;
        self.fetching &= !bit;
        self.depth -= 1;
        Some(())
    }

    fn push(&mut self) -> Option<()> {
        self.depth = Some(self.depth + 1).filter(|depth| *depth <= DEEPEST)?;
        Some(())
    }
}
