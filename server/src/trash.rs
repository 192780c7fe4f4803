//! Deleted canvases: what is left of them goes, also after a server was killed
//! in the middle of that.

use crate::snapshot::Snapshots;
use crate::store::{Store, StoreError};

/// Deletes a canvas that nobody writes any more, with its pictures. Blocks. Once
/// it is deleted, what could not be removed is left to the next start.
pub fn delete(store: &Store, snapshots: &Snapshots, canvas: u32) -> Result<(), StoreError> {
    store.delete_canvas(canvas)?;
    empty(store, snapshots);
    Ok(())
}

/// Removes what is left of deleted canvases. Blocks. What fails is said, and
/// tried again at the next start.
pub fn empty(store: &Store, snapshots: &Snapshots) {
    let trash = match store.trash() {
        Ok(trash) => trash,
        Err(error) => return tracing::warn!(%error, "deleted canvases can't be looked up"),
    };
    for left in trash {
        let removed = store
            .empty_trash(left.canvas)
            .map_err(|error| error.to_string())
            .and_then(|()| snapshots.remove(&left.id).map_err(|error| error.to_string()))
            .and_then(|()| store.forget_trash(left.canvas).map_err(|error| error.to_string()));
        match removed {
            Ok(()) => tracing::info!(canvas = %left.id, "a deleted canvas is gone"),
            Err(error) => {
                tracing::warn!(canvas = %left.id, error, "a deleted canvas is not all gone yet");
            }
        }
    }
}
