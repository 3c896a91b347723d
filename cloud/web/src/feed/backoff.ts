/** How long to wait before the next try: doubles from 0.5 s to 10 s, spread by a fifth so that many pages do not return at once. */
const FIRST_MS = 500;
const LONGEST_MS = 10_000;

/** `tries` so far >= 0; `spread` in 0..1 (a random number of the caller). */
export function backoffMs(tries: number, spread: number): number {
  const plain = Math.min(FIRST_MS * 2 ** Math.min(tries, 10), LONGEST_MS);
  return Math.round(plain * (0.8 + 0.4 * spread));
}
