/** Reads an strace of the engine: whether each 201 left only after SQLite's log held the write and was synced. */
import { joinResumed } from '../engine/vault/trace.ts'

export type AcknowledgementTrace = {
  /** Answers 201 that left. */
  acknowledged: number
  /** Syncs of the log. */
  syncs: number
  /** 201 that left while the log held bytes that were not synced. */
  beforeSync: string[]
  /** 201 to a request after which nothing was written to the log. */
  withoutWrite: string[]
}

export function acknowledgementsOf(text: string, walPath: string): AcknowledgementTrace {
  const trace: AcknowledgementTrace = { acknowledged: 0, syncs: 0, beforeSync: [], withoutWrite: [] }
  let written = 0
  let synced = 0
  /** By socket: how much the log had been written to when the request came. */
  const asked = new Map<string, number>()
  for (const line of joinResumed(text)) {
    if (/ = -1 E/.test(line)) continue
    const call = /^(\w+)\(/.exec(line)?.[1] ?? ''
    const described = /^\w+\(\d+<([^>]*)>/.exec(line)?.[1] ?? ''
    if (described === walPath) {
      if (call === 'pwrite64' || call === 'write') written += 1
      else if (call === 'fsync' || call === 'fdatasync') {
        synced = written
        trace.syncs += 1
      }
    } else if (call === 'read' || call === 'recvfrom') {
      if (line.includes('"POST /v1/memories')) asked.set(described, written)
    } else if (['write', 'writev', 'sendto', 'sendmsg'].includes(call) && line.includes('HTTP/1.1 201')) {
      trace.acknowledged += 1
      if (synced < written) trace.beforeSync.push(line)
      if ((asked.get(described) ?? Number.POSITIVE_INFINITY) >= synced) trace.withoutWrite.push(line)
      asked.delete(described)
    }
  }
  return trace
}
