/** A batch that fails this often is suspected of holding an item that makes it fail. (shared/contract/README.md, "Errors") */
const SUSPECT_AFTER = 3

/**
 * Whether a failing batch is cut in two. A platform that is down makes every batch fail, and cutting them all into
 * single items would cost a sync operation each when it is back. So a batch is cut when the platform was well in
 * between, or else rarely: at the third, sixth, twelfth, twenty-fourth … failure in a row.
 */
export function shouldSplit(batch: { size: number; failures: number; wellSince: boolean }, failuresInRow: number): boolean {
  if (batch.size < 2 || batch.failures < SUSPECT_AFTER) return false
  return batch.wellSince || isDoubling(failuresInRow)
}

function isDoubling(failuresInRow: number): boolean {
  const times = failuresInRow / SUSPECT_AFTER
  return Number.isInteger(Math.log2(times))
}

export function halves<T>(list: readonly T[]): [T[], T[]] {
  const middle = Math.ceil(list.length / 2)
  return [list.slice(0, middle), list.slice(middle)]
}
