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

    /// Frees a place; gives what was in it.
    pub(super) fn take(&mut self, place: usize) -> Option<T> {
        let thing = self.places.get_mut(place)?.take()?;
        self.free.push(place);
        Some(thing)
    }

    /// What is in a place.
    pub(super) fn get(&self, place: usize) -> Option<&T> {
        self.places.get(place)?.as_ref()
    }

    /// What is in a place, to be changed.
    pub(super) fn get_mut(&mut self, place: usize) -> Option<&mut T> {
        self.places.get_mut(place)?.as_mut()
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
        assert_eq!((table.take(a), table.take(a), table.take(7)), (Some('a'), None, None));
        *table.get_mut(b).unwrap() = 'B';
        assert_eq!((table.get(a), table.get(b)), (None, Some(&'B')));
        assert_eq!((table.insert('c'), table.insert('d'), table.end()), (a, 2, 3));
        assert_eq!(table.iter().collect::<String>(), "cBd");
    }
}
