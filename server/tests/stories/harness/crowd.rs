//! People who draw as fast as they may while the story goes on elsewhere.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use place_core::{Cell, Seq, Size};

use super::{Address, Answer, Client};

/// How long one of them waits for an answer before looking up.
const LISTENING: Duration = Duration::from_millis(1);

/// Questions that one of them has open at a time; the server allows 64.
const OPEN_QUESTIONS: usize = 32;

/// A placement, and what its placer was told about it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Told {
    pub(crate) cell: Cell,
    pub(crate) color: u8,
    /// Its seq, if it was acknowledged; else nothing is known about it.
    pub(crate) seq: Option<Seq>,
}

/// Some people, each on a connection and a thread of its own. They share the
/// canvas's cells among them and color each at most once.
pub(crate) struct Crowd {
    stop: Arc<AtomicBool>,
    placed: Arc<AtomicUsize>,
    drawing: Arc<AtomicUsize>,
    people: Vec<JoinHandle<Vec<Told>>>,
}

/// What a crowd does.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Task {
    /// People in it.
    pub(crate) people: usize,
    /// The first cell, by index; everything before it is left alone.
    pub(crate) first_cell: u32,
    /// Cells that they color at most, all together.
    pub(crate) cells: u32,
}

impl Crowd {
    /// Lets `people` draw on the whole canvas until told to stop.
    pub(crate) fn start(address: &Address, canvas: &str, people: usize) -> Self {
        Self::start_task(address, canvas, Task { people, first_cell: 0, cells: u32::MAX })
    }

    /// Lets a crowd do a task until it is done or told to stop.
    pub(crate) fn start_task(address: &Address, canvas: &str, task: Task) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let placed = Arc::new(AtomicUsize::new(0));
        let drawing = Arc::new(AtomicUsize::new(0));
        let people = (0..task.people).map(|person| {
            let (address, canvas) = (address.clone(), canvas.to_owned());
            let (stop, placed) = (Arc::clone(&stop), Arc::clone(&placed));
            let drawing = Arc::clone(&drawing);
            thread::spawn(move || {
                let seat = address.join(&canvas, &new_name());
                let client = address.connect(&canvas, Some(&seat));
                drawing.fetch_add(1, Ordering::Relaxed);
                draw(client, person, task, &stop, &placed)
            })
        });
        let people = people.collect();
        Self { stop, placed, drawing, people }
    }

    /// Waits until each of them is connected and begins to draw.
    #[track_caller]
    pub(crate) fn wait_until_all_draw(&self) {
        super::eventually("everybody draws", || {
            (self.drawing.load(Ordering::Relaxed) == self.people.len()).then_some(())
        });
    }

    /// How many placements were acknowledged so far.
    pub(crate) fn placed(&self) -> usize {
        self.placed.load(Ordering::Relaxed)
    }

    /// Waits until so many placements were acknowledged.
    #[track_caller]
    pub(crate) fn wait_for(&self, count: usize) {
        super::eventually(&format!("{count} placements are acknowledged"), || {
            (self.placed() >= count).then_some(())
        });
    }

    /// Ends the drawing; everything that was tried.
    pub(crate) fn stop(self) -> Vec<Told> {
        self.stop.store(true, Ordering::Relaxed);
        self.finish()
    }

    /// Waits until the task is done; everything that was tried.
    pub(crate) fn finish(self) -> Vec<Told> {
        let told = self.people.into_iter().map(|person| person.join().expect("no panic"));
        told.flatten().collect()
    }
}

/// A name that nobody else in this process has.
fn new_name() -> String {
    static NAMED: AtomicUsize = AtomicUsize::new(0);
    format!("Person {}", NAMED.fetch_add(1, Ordering::Relaxed))
}

/// Which color a cell gets: never the canvas's first, which all cells have.
pub(crate) fn color_of(index: u32, colors: usize) -> u8 {
    1 + (index.wrapping_mul(0x9e37_79b1) >> 8) as u8 % (colors as u8 - 1)
}

fn draw(
    mut client: Client,
    person: usize,
    task: Task,
    stop: &AtomicBool,
    placed: &AtomicUsize,
) -> Vec<Told> {
    let info = &client.welcome.canvas;
    let size = Size::new(info.width, info.height).expect("a good size");
    let colors = info.palette.len();
    let end = task.first_cell.saturating_add(task.cells).min(size.cells() as u32);
    let mut cells = (task.first_cell..end).skip(person).step_by(task.people).peekable();
    let mut open: Vec<(u32, Told)> = Vec::new();
    let mut told = Vec::new();
    loop {
        let is_over = stop.load(Ordering::Relaxed) || cells.peek().is_none();
        if client.has_ended || (is_over && open.is_empty()) {
            break;
        }
        while !is_over && open.len() < OPEN_QUESTIONS {
            let Some(index) = cells.next() else { break };
            let (cell, color) = (size.cell(index), color_of(index, colors));
            let ask = Told { cell, color, seq: None };
            let Ok(token) = client.try_place(cell.x, cell.y, color) else {
                told.push(ask);
                break;
            };
            open.push((token, ask));
        }
        // One message, not until silence: there is always something open.
        client.listen(LISTENING);
        open.retain_mut(|(token, ask)| match client.take_answer(*token) {
            Some(Answer::Placed { seq, .. }) => {
                placed.fetch_add(1, Ordering::Relaxed);
                told.push(Told { seq: Some(seq), ..*ask });
                false
            }
            // The connection's ceiling, or a full queue: ask again.
            Some(Answer::Refused { reason: place_core::Reason::Busy, .. }) => {
                match client.try_place(ask.cell.x, ask.cell.y, ask.color) {
                    Ok(again) => *token = again,
                    Err(_) => client.has_ended = true,
                }
                true
            }
            Some(Answer::Refused { .. }) => false,
            None => true,
        });
    }
    // Nobody knows what became of these.
    told.extend(open.into_iter().map(|(_, ask)| ask));
    told
}
