/** Reads an strace of the mover: which Lance files were made, synced and removed, and what SQLite wrote in between. */
import { spawnSync } from 'node:child_process'

/** Null: traces can be taken here. */
export function whyNoTrace(): string | null {
  if (process.platform !== 'linux') return 'strace is a tool of Linux'
  const found = spawnSync('strace', ['-qq', '-e', 'trace=none', 'true'])
  if (found.error) return 'strace is not installed'
  return found.status === 0 ? null : 'strace is not allowed to trace here'
}

export type Trace = {
  made: string[]
  removed: string[]
  /** Commits to SQLite's log that followed the writing of Lance files, and that no answer 201 followed: those are an agent's write. */
  drops: number
  dropsWithUnsynced: string[]
  removalsWithUnsynced: string[]
}

/** A commit to SQLite: what Lance had not synced by then, and how many files it had made. */
type Commit = { unsynced: string[]; made: number }

/**
 * There are three reasons to commit to SQLite beside the mover's work: it stages (nothing new in Lance since the last drop), it drops, and
 * an agent writes while a batch is on its way (a slow machine takes longer for the writes than the mover rests).
 */
export function traceOf(text: string, lancePath: string, walPath: string): Trace {
  const unsynced = new Set<string>()
  const trace: Trace = { made: [], removed: [], drops: 0, dropsWithUnsynced: [], removalsWithUnsynced: [] }
  let madeBeforeLastDrop = 0
  let open: Commit | null = null
  let closed: Commit | null = null
  for (const line of joinResumed(text)) {
    const failed = / = -1 E/.test(line)
    if (failed) continue
    const call = /^(\w+)\(/.exec(line)?.[1] ?? ''
    const quoted = [...line.matchAll(/"([^"]*)"/g)].map((match) => match[1] ?? '')
    const described = /\w+\(\d+<([^>]*)>/.exec(line)?.[1] ?? ''
    if ((call === 'openat' || call === 'creat') && /O_CREAT/.test(line)) made(quoted[0] ?? '')
    else if (call.startsWith('rename')) {
      // Lance writes beside and renames: the new name must be synced, and the old one is no more.
      unsynced.delete(quoted[0] ?? '')
      made(quoted[1] ?? '')
    } else if (call.startsWith('link')) made(quoted[1] ?? '')
    else if (call === 'fsync' || call === 'fdatasync') synced(described)
    else if (call.startsWith('unlink')) removed(quoted[0] ?? '')
    else if ((call === 'pwrite64' || call === 'write') && described === walPath) logged()
    else if (line.includes('HTTP/1.1 201')) closed = null
  }
  settle(closed)
  settle(open)
  return trace

  function made(path: string): void {
    if (!path.startsWith(`${lancePath}/`)) return
    unsynced.add(path)
    trace.made.push(path)
  }
  function synced(path: string): void {
    unsynced.delete(path)
    // A checkpoint syncs the log once more.
    if (path !== walPath || open === null) return
    closed = open
    open = null
  }
  function removed(path: string): void {
    if (!path.startsWith(`${lancePath}/`)) return
    unsynced.delete(path)
    // A temporary file of the write in hand is no old file.
    if (!/\.(lance|manifest|txn)$/.test(path)) return
    trace.removed.push(path)
    trace.removalsWithUnsynced.push(...[...unsynced].map((file) => `${file} while removing ${path}`))
  }
  function logged(): void {
    if (open !== null) return
    settle(closed)
    closed = null
    open = { unsynced: [...unsynced], made: trace.made.length }
  }
  function settle(commit: Commit | null): void {
    if (commit === null || commit.made === madeBeforeLastDrop) return
    madeBeforeLastDrop = commit.made
    trace.drops += 1
    trace.dropsWithUnsynced.push(...commit.unsynced)
  }
}

/** With several threads strace prints `call(… <unfinished ...>` and later `<... call resumed>…`; a call counts where it ended. */
export function joinResumed(text: string): string[] {
  const begun = new Map<string, string>()
  const lines: string[] = []
  for (const line of text.split('\n')) {
    const [, thread = '', rest = ''] = /^(\d+)\s+(.*)$/.exec(line) ?? []
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(rest)
    if (rest.endsWith('<unfinished ...>')) begun.set(thread, rest.slice(0, -'<unfinished ...>'.length).trimEnd())
    else if (resumed) lines.push(`${begun.get(thread) ?? ''}${resumed[1] ?? ''}`)
    else if (rest !== '') lines.push(rest)
  }
  return lines
}
