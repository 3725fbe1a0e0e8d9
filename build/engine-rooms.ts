/**
 * The rooms of the engine, lowest first: each may import itself and those before it. A room within a room stands by its path; what
 * lies loose in `sync` puts its rooms together and is above them. The engine's own loose files (the entry, the start) are above all.
 */
export const engineRooms = [
  'base',
  'store',
  'journal',
  'activity',
  'sync/client',
  'sync/documents',
  'sync/accounts',
  'sync/feed',
  'sync/checkouts',
  'sync',
  'outbox',
  'vault',
  'histories',
  'intake',
  'billing',
  'bridge',
  'calls',
  'compose',
] as const

const ENGINE = 'main/engine'
/** The place of a file's room in the order; null: its folder has none. */
function engineLevel(path: string): number | null {
  const within = path.slice(ENGINE.length + 1)
  if (!within.includes('/')) return engineRooms.length
  const room = engineRooms.findIndex((name) => within.startsWith(`${name}/`))
  return room === -1 ? null : room
}

/** Whether an import goes from a room of the engine to one above it. */
export function runsUp(importer: string, target: string): boolean {
  const [from, to] = [engineLevel(importer), engineLevel(target)]
  // A room that the order does not name could be put on either side of every other.
  if (from === null || to === null) return true
  return to > from
}
