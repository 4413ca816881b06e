/** How many letters may differ for a word to be taken for a slip of another: a third of it, and at least one. */
const TOLERANCE = 3;

/** The word that `word` was most likely meant to be; undefined when none is close. */
export function closest(word: string, candidates: readonly string[]): string | undefined {
  const allowed = Math.max(1, Math.floor(word.length / TOLERANCE));
  const ranked = candidates
    .map((candidate) => ({ candidate, distance: distance(fold(word), fold(candidate)) }))
    .filter((entry) => entry.distance <= allowed)
    .sort((one, other) => one.distance - other.distance);
  return ranked[0]?.candidate;
}

/** `base_url`, `base-url` and `BaseUrl` all mean `baseUrl`. */
function fold(word: string): string {
  return word.toLowerCase().replace(/[-_ ]/g, '');
}

/** Levenshtein's: how many letters must be put in, left out or changed. */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let i = 1; i <= one.length; i++) {
    const next = [i];
    for (let j = 1; j <= other.length; j++) {
      const change = (row[j - 1] ?? 0) + (one[i - 1] === other[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[other.length] ?? 0;
}
