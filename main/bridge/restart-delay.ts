const firstMs = 250
const longestMs = 30_000

/** A process or thread that ran this long was healthy: its next death counts as the first. */
export const steadyAfterMs = 60_000

/**
 * How long to wait before what died is started again: at once the first time, for a person is looking at it; then doubling, because what dies at
 * every start would otherwise keep a core busy.
 *
 * @param failures deaths in a row so far
 */
export function restartDelayMs(failures: number): number {
  return Math.min(longestMs, firstMs * 2 ** failures)
}
