//! Stories against the real server: the program itself is started on a port
//! and a data folder of its own, and people draw on it through real sockets.
//!
//! Each story stands alone and may run beside the others. `PLACE_KILLS=1000`
//! makes the one with kill -9 a long one.

mod harness;

mod accounts;
mod announcements;
mod bots;
mod canvases;
mod chat;
mod class;
mod cli;
mod cooldown;
mod curtain;
mod desk;
mod disk;
mod doors;
mod echo;
mod examples;
mod fixation;
mod forget;
mod frames;
mod handshake;
mod hostile;
mod hours;
mod http_api;
mod http_board;
mod http_image;
mod http_pages;
mod joiners;
mod joins;
mod kills;
mod limits;
mod matrix;
mod observing;
mod order;
mod placing;
mod power;
mod presence;
mod proxy;
mod reconnect;
mod record;
mod refusals;
mod roster;
mod scores;
mod seats;
mod secrets;
mod shelf;
mod slow;
mod snapshots;
mod stopping;
mod take_back;
mod takeover;
mod teams;
mod timer;
mod tls;
mod uring;
mod who;
