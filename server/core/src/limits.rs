//! Every bound of the core, with its unit and its reason.

/// Largest seq: the largest whole number that every JSON reader holds exactly.
/// At a million pixels a second it lasts for 285 years.
pub const SEQ_MAX: u64 = (1 << 53) - 1;

/// Smallest width or height of a canvas, in cells: below it there is nothing
/// to draw together on.
pub const SIDE_MIN_CELLS: u16 = 16;

/// Largest width or height of a canvas, in cells: 4096² is 16 MiB of memory
/// and the largest texture that every WebGL2 device must support is 2048², that
/// nearly all do is 4096².
pub const SIDE_MAX_CELLS: u16 = 4096;

/// Fewest colors in a palette: one alone could not be seen.
pub const PALETTE_MIN_COLORS: usize = 2;

/// Most colors in a palette: a color index is one byte, and 255 stands for
/// "no such cell" on the wire.
pub const PALETTE_MAX_COLORS: usize = 255;

/// Longest name of a color, in characters.
pub const COLOR_NAME_MAX_CHARS: usize = 32;

/// Longest cooldown, in milliseconds: one day.
pub const COOLDOWN_MAX_MS: u32 = 24 * 60 * 60 * 1000;

/// Most pixels a seat may save up.
pub const SAVED_MAX_PIXELS: u16 = 1000;

/// Longest time in which a pixel can be taken back, in milliseconds: one minute.
pub const UNDO_MAX_MS: u32 = 60 * 1000;

/// Most seats of a canvas: their numbers are kept in two bytes for each cell,
/// and 0 is nobody's.
pub const SEATS_MAX: u32 = u16::MAX as u32;

/// Most pixels that a teacher's gifts may add up to for one seat.
pub const AWARDED_MAX_PIXELS: u16 = 10_000;

/// Longest nickname, in characters: what fits on a phone beside its pixels.
pub const NICKNAME_MAX_CHARS: usize = 24;

/// Longest message to others, in characters: what is read at a glance.
pub const CHAT_MAX_CHARS: usize = 200;

/// Longest announcement, in characters.
pub const ANNOUNCEMENT_MAX_CHARS: usize = 280;

/// Most teams of a canvas: more colors can't be told apart.
pub const TEAMS_MAX: u8 = 32;

/// Most protected areas that people are told of, the largest ones: each adds
/// about 45 bytes to every lesson that is told, and a picture with more of them
/// can't be read.
pub const PROTECTED_TOLD_MAX_AREAS: usize = 200;

/// Longest name of a team, in characters.
pub const TEAM_NAME_MAX_CHARS: usize = 24;

/// Longest name of a canvas, in characters.
pub const CANVAS_NAME_MAX_CHARS: usize = 60;

/// Longest id of a canvas, in bytes: it is part of its address.
pub const CANVAS_ID_MAX_BYTES: usize = 32;

/// Most placements in one batch: a commit of this many takes about a
/// millisecond, so nobody waits long behind a full batch.
pub const BATCH_MAX_ENTRIES: usize = 4096;

/// Largest encoded patch, in bytes: a million cells that all differ from their
/// neighbors take five bytes each.
pub const PATCH_MAX_BYTES: usize = 6 * 1024 * 1024;

/// Largest encoded batch, in bytes: one patch, or as many other entries as a
/// batch may hold, and room to spare.
pub const BATCH_MAX_BYTES: usize = PATCH_MAX_BYTES + 512 * 1024;

/// Largest encoded checkpoint, in bytes: the largest grid, the cooldowns of
/// every seat, and room to spare.
pub const CHECKPOINT_MAX_BYTES: usize = 64 * 1024 * 1024;

/// Time between two commits while they follow each other closely, in
/// microseconds. A commit takes about 100 µs of processor, so that the disk's
/// writer keeps to 2.5 % of a core; no answer comes later by more than this, and
/// no viewer sees a pixel later: deltas are further apart.
pub const PACE_INTERVAL_US: u64 = 4000;

/// Commits that may follow each other at once before they are paced: a class
/// that clicks on "now!" has its answers without waiting, and 50 placements a
/// second at random moments never meet the pace.
pub const PACE_BURST_COMMITS: u64 = 8;

/// Cells of patches remembered: as many as one delta may hold, half a MiB. More
/// of them have everybody load the board again, which is then the shorter way.
pub const PATCHES_MAX_CELLS: usize = CATCH_UP_MAX_CHANGES;

/// Changes remembered for viewers that come back: 3 MiB a canvas, and over two
/// minutes at r/place's record pace of 1,640 pixels a second.
pub const HISTORY_MAX_CHANGES: usize = 1 << 18;

/// Most changes sent as one delta or one catch-up: 320 KiB at five bytes each.
/// Beyond it the compressed board is the shorter way.
pub const CATCH_UP_MAX_CHANGES: usize = 1 << 16;

/// Most changes in one piece of a catch-up: 10 KiB at five bytes each, usually
/// six. The next piece is made when this one is in the socket, so this is what a
/// reader that stalls can make the server hold. A patch is not cut: whoever
/// lacks one with more cells loads the board again.
pub const CATCH_UP_PIECE_CHANGES: usize = 2048;

/// Frames kept for viewers that read slowly: two to eight seconds of a busy canvas.
pub const RING_MAX_FRAMES: usize = 256;

/// Bytes kept for viewers that read slowly, whatever the number of frames.
pub const RING_MAX_BYTES: usize = 1 << 20;

/// Shortest time between two deltas of a canvas that few watch, in
/// milliseconds: as often as the fastest common screens redraw.
pub const FLUSH_INTERVAL_MIN_MS: u64 = 8;

/// Shortest time between two deltas of a canvas that many watch, in
/// milliseconds: 30 a second, as often as a laptop redraws without effort.
pub const FLUSH_INTERVAL_MAX_MS: u64 = 33;

/// Viewers that make the time between two deltas a millisecond longer. A
/// delivery takes about 5 µs of the server, so that the deltas of one canvas
/// take at most a tenth of a core while the interval grows: 30 viewers are
/// served after 8 ms, 660 and more after 33 ms.
pub const FLUSH_VIEWERS_PER_MS: u64 = 20;

/// Placements of one connection that may wait for their answer.
pub const IN_FLIGHT_MAX: usize = 64;

/// Malformed messages in a row after which a connection is closed.
pub const MALFORMED_MAX_IN_A_ROW: u32 = 16;

/// Longest text message from a client, in bytes.
pub const TEXT_MAX_BYTES: usize = 4096;
