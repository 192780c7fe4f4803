//! Addresses and sockets: what the machine is called on its network, how its
//! sockets are set, and who is at the other end.

pub mod control;
pub mod forwarded;
pub mod lan;
pub mod origin;
pub mod socket;

pub use control::{bind_control, control_socket_path};
pub use forwarded::{Caller, Scheme};
pub use lan::Addresses;
pub use socket::{descriptor, end, listen, prepare_socket, raise_open_files};
