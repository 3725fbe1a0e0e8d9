import type { Drain } from '../../../shared/contract/console.ts'

/** Below this a drain is over before anybody looks; a bar that flickers only disturbs. */
const worthShowing = 20

/**
 * How far all drains together are, for the dock or the taskbar.
 *
 * @returns 0 to 1, or -1 (Electron's word for "no bar")
 */
export function drainProgress(drains: Iterable<Drain>): number {
  let delivered = 0
  let total = 0
  for (const drain of drains) {
    if (!drain.active) continue
    delivered += Math.min(drain.deliveredCount, drain.totalCount)
    total += drain.totalCount
  }
  return total < worthShowing ? -1 : delivered / total
}
