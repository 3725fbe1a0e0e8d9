/** When rewriting the table is worth it. Pure. */
export type TableShape = {
  fragments: number
  /** Versions written since the last clean-up; each keeps a manifest and what it alone refers to. */
  versions: number
  rows: number
  /** Rows added, and rows removed, since the last compaction. */
  addedRows: number
  removedRows: number
}

/** Fewer fragments than this slow no read down noticeably. */
const MANY_FRAGMENTS = 64
/** From here on reads and manifests suffer whatever a rewrite costs. */
const TOO_MANY_FRAGMENTS = 512
const MANY_VERSIONS = 96
/** A compaction rewrites everything: it pays when at least so much of the table is new, so the work stays proportional to what is written. */
const NEW_PART = 0.2
const REMOVED_PART = 0.1

/** `atRest`: nothing is being written. Under load only what cannot wait is done, since a rewrite takes both cores. */
export function compactionDue(shape: TableShape, atRest: boolean): boolean {
  if (shape.fragments >= TOO_MANY_FRAGMENTS || shape.versions >= TOO_MANY_FRAGMENTS) return true
  if (!atRest) return false
  if (shape.removedRows >= Math.max(1, shape.rows * REMOVED_PART)) return true
  const fragmented = shape.fragments >= MANY_FRAGMENTS || shape.versions >= MANY_VERSIONS
  return fragmented && shape.addedRows >= shape.rows * NEW_PART
}
