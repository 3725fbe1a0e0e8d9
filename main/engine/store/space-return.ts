import type { Database } from './database.ts'

/** Moved to their place in one transaction: some milliseconds each. */
const PIECE_PAGES = 500
/** Left for the next writes: giving back the last of them would only be to take them again. */
const FREE_PAGES_KEPT = 16
const BUSY_TIMEOUT_MS = 5000

/**
 * Gives the disk back what a database does not need any more: pages that are free, a piece at a time, and the log. For a time of
 * rest; others have their turn between two pieces. A file without `auto_vacuum` keeps its free pages for what comes.
 */
export async function returnSpace(database: Database, isStopped: () => boolean = () => false): Promise<void> {
  const freePages = (): number => Number(database.pragma('freelist_count', { simple: true }))
  for (let free = freePages(); free > FREE_PAGES_KEPT && !isStopped() && database.open; ) {
    database.pragma(`incremental_vacuum(${Math.min(PIECE_PAGES, free - FREE_PAGES_KEPT)})`)
    const left = freePages()
    if (left >= free) break
    free = left
    await new Promise((resolve) => setImmediate(resolve))
  }
  if (!isStopped() && database.open) truncateLog(database)
}

/** Not while somebody reads (a backup): waiting for that would stop the thread, and the next rest comes. */
function truncateLog(database: Database): void {
  database.pragma('busy_timeout = 0')
  try {
    database.pragma('wal_checkpoint(TRUNCATE)')
  } finally {
    database.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`)
  }
}
