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
  /** Commits to SQLite's log that followed the writing of Lance files. */
  drops: number
  dropsWithUnsynced: string[]
  removalsWithUnsynced: string[]
}

/** The mover commits to SQLite between two batches for two reasons: it stages (nothing new in Lance since the last commit) and it drops. */
export function traceOf(text: string, lancePath: string, walPath: string): Trace {
  const unsynced = new Set<string>()
  const trace: Trace = { made: [], removed: [], drops: 0, dropsWithUnsynced: [], removalsWithUnsynced: [] }
  let madeSinceCommit = false
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
    else if (call === 'fsync' || call === 'fdatasync') unsynced.delete(described)
    else if (call.startsWith('unlink')) removed(quoted[0] ?? '')
    else if ((call === 'pwrite64' || call === 'write') && described === walPath) committed()
  }
  return trace

  function made(path: string): void {
    if (!path.startsWith(`${lancePath}/`)) return
    unsynced.add(path)
    trace.made.push(path)
    madeSinceCommit = true
  }
  function removed(path: string): void {
    if (!path.startsWith(`${lancePath}/`)) return
    unsynced.delete(path)
    // A temporary file of the write in hand is no old file.
    if (!/\.(lance|manifest|txn)$/.test(path)) return
    trace.removed.push(path)
    trace.removalsWithUnsynced.push(...[...unsynced].map((file) => `${file} while removing ${path}`))
  }
  function committed(): void {
    if (!madeSinceCommit) return
    madeSinceCommit = false
    trace.drops += 1
    trace.dropsWithUnsynced.push(...unsynced)
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
