//! A table whose places are used again.

/// Things by their place.
#[derive(Debug)]
pub(super) struct Table<T> {
    places: Vec<Option<T>>,
    free: Vec<usize>,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self { places: Vec::new(), free: Vec::new() }
    }
}

impl<T> Table<T> {
    /// Puts a thing in a free place.
    pub(super) fn insert(&mut self, thing: T) -> usize {
        if let Some(place) = self.free.pop() {
            self.places[place] = Some(thing);
            return place;
        }
        self.places.push(Some(thing));
        self.places.len() - 1
    }

    /// Frees a place.
    pub(super) fn remove(&mut self, place: usize) {
        if self.places[place].take().is_some() {
            self.free.push(place);
        }
    }

    /// What is in a place.
    pub(super) fn get(&self, place: usize) -> Option<&T> {
        self.places.get(place)?.as_ref()
    }

    /// One more than the highest place there is.
    pub(super) fn end(&self) -> usize {
        self.places.len()
    }

    /// Everything.
    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        self.places.iter().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_used_again() {
        let mut table = Table::default();
        let (a, b) = (table.insert('a'), table.insert('b'));
        table.remove(a);
        table.remove(a);
        assert_eq!((table.get(a), table.get(b)), (None, Some(&'b')));
        assert_eq!((table.insert('c'), table.insert('d'), table.end()), (a, 2, 3));
        assert_eq!(table.iter().collect::<String>(), "cbd");
    }
}
