// Runs before the first paint, so that a chosen theme never flashes the other.
// The same key as in src/app/preferences.ts.
try {
  const theme = localStorage.getItem("place.theme");
  if (theme) document.documentElement.dataset.theme = theme;
} catch {
  // Storage is blocked: the system's theme it is.
}
