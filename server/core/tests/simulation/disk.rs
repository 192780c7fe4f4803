//! The disk: the journal's batches as stored bytes, checkpoints, and faults.

use place_core::history::{History, changes_of};
use place_core::{Batch, Canvas, Entry, Seq};

/// How a commit ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It is on disk, and the server knows.
    None,
    /// The disk is full or broken: nothing was written.
    Failed,
    /// It is on disk, but the server is told that it failed.
    LostAcknowledgement,
    /// The power goes before anything is written.
    CrashBefore,
    /// The power goes in the middle of the write.
    CrashTorn,
    /// The power goes after the write, before the server knows.
    CrashAfter,
}

/// What is stored.
#[derive(Debug)]
pub(crate) struct Disk {
    records: Vec<Vec<u8>>,
    /// The first seq of each record.
    firsts: Vec<Seq>,
    last_seq: Seq,
    checkpoint: Option<Vec<u8>>,
}

/// The server is told that a commit failed.
#[derive(Debug)]
pub(crate) struct CommitFailed;

impl Disk {
    pub(crate) fn new(genesis: &Batch) -> Self {
        Self { records: vec![genesis.encode()], firsts: vec![1], last_seq: 1, checkpoint: None }
    }

    /// Writes a batch, as far as the fault lets it. `None`: the power is gone.
    pub(crate) fn commit(
        &mut self,
        batch: &Batch,
        fault: Fault,
        cut: u64,
    ) -> Option<Result<(), CommitFailed>> {
        assert_eq!(batch.first_seq, self.last_seq + 1, "one writer, one order");
        let bytes = batch.encode();
        match fault {
            Fault::Failed => return Some(Err(CommitFailed)),
            Fault::CrashBefore => return None,
            Fault::CrashTorn => {
                let cut = cut as usize % bytes.len();
                self.records.push(bytes[..cut].to_vec());
                self.firsts.push(batch.first_seq);
                return None;
            }
            Fault::None | Fault::LostAcknowledgement | Fault::CrashAfter => {}
        }
        self.records.push(bytes);
        self.firsts.push(batch.first_seq);
        self.last_seq = batch.last_seq();
        match fault {
            Fault::None => Some(Ok(())),
            Fault::LostAcknowledgement => Some(Err(CommitFailed)),
            _ => None,
        }
    }

    /// The seq up to which everything is durable.
    pub(crate) fn last_seq(&self) -> Seq {
        self.last_seq
    }

    pub(crate) fn save_checkpoint(&mut self, canvas: &Canvas) {
        self.checkpoint = Some(canvas.to_checkpoint());
    }

    pub(crate) fn lose_checkpoint(&mut self) {
        self.checkpoint = None;
    }

    /// Batches that begin at `from` or later.
    pub(crate) fn follow(&self, from: Seq) -> impl Iterator<Item = Batch> + '_ {
        let read = |bytes: &Vec<u8>| Batch::decode(bytes).expect("what is durable reads");
        let start = self.firsts.partition_point(|first| *first < from);
        self.records[start..].iter().map(read)
    }

    /// What a server does when it starts: drops a torn record, then folds what
    /// follows the checkpoint, and remembers it for viewers that come back.
    pub(crate) fn recover(&mut self) -> (Canvas, History) {
        if self.records.last().is_some_and(|last| Batch::decode(last).is_err()) {
            self.records.pop();
            self.firsts.pop();
        }
        let mut canvas = match &self.checkpoint {
            Some(bytes) => Canvas::from_checkpoint(bytes).expect("a good checkpoint"),
            None => Canvas::begin(&self.genesis()).expect("a good genesis"),
        };
        let mut history = History::new(canvas.seq());
        for batch in self.follow(canvas.seq() + 1) {
            canvas.apply(&batch).expect("the journal folds");
            for (seq, entry) in (batch.first_seq..).zip(&batch.entries) {
                history.record(seq, entry, canvas.size());
            }
        }
        assert_eq!(canvas.seq(), self.last_seq, "all that was durable is there");
        (canvas, history)
    }

    /// The canvas as the whole journal tells it, without any checkpoint.
    pub(crate) fn fold(&self) -> Canvas {
        let mut canvas = Canvas::begin(&self.genesis()).expect("a good genesis");
        for batch in self.follow(2) {
            canvas.apply(&batch).expect("the journal folds");
        }
        canvas
    }

    /// The cells as they were at a seq.
    pub(crate) fn cells_at(&self, seq: Seq) -> Vec<u8> {
        let size = Canvas::begin(&self.genesis()).expect("a good genesis").size();
        let mut cells = vec![0; size.cells()];
        for (at, entry) in self.entries().take_while(|(at, _)| *at <= seq) {
            for (index, color) in changes_of(&entry, size) {
                assert!(at > 1, "a pixel comes after the creation");
                cells[index as usize] = color;
            }
        }
        cells
    }

    pub(crate) fn entry_at(&self, seq: Seq) -> Option<Entry> {
        self.entries().find(|(at, _)| *at == seq).map(|(_, entry)| entry)
    }

    pub(crate) fn entries(&self) -> impl Iterator<Item = (Seq, Entry)> + '_ {
        self.follow(1).flat_map(|batch| (batch.first_seq..).zip(batch.entries))
    }

    fn genesis(&self) -> Batch {
        Batch::decode(&self.records[0]).expect("the first record is the genesis")
    }
}
