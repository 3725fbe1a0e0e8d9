import type { Connection, Workspace } from '../../../shared/contract/console.ts'
import { format } from '../format/format.ts'
import { sharedTexts } from './shared.ts'

export type ConnectionWords = { short: string; sentence: string; tone: 'good' | 'quiet' | 'amber' | 'red' }

/** Above this the clock of this computer is called wrong (shared/contract/README.md, "Errors"). */
const clockWarningMs = 2 * 60_000

function asOf(connection: Connection, nowMs: number): string {
  if (connection.isAgeUnknown) return `Data from ${sharedTexts.unknownTime}.`
  return connection.asOf === null ? 'Nothing has been fetched yet.' : `Data from ${format.moment(connection.asOf, nowMs)}.`
}

function saved(queue: Workspace['queue']): string {
  const open = queue.pending + queue.held + queue.rejected
  if (open === 0) return 'Everything you see is kept on this computer.'
  // What agents wrote and the plan has no room for is nobody's edit.
  return `${queue.held > 0 ? format.counted(open, 'write', 'writes') : format.counted(open, 'edit', 'edits')} saved on this computer.`
}

/** The badge says what still works, not only what does not. */
export function connectionWords(connection: Connection, queue: Workspace['queue'], nowMs: number): ConnectionWords {
  switch (connection.state) {
    case 'online':
      return connection.live === 'stream'
        ? { short: 'Online · live', sentence: 'Connected. Changes arrive as they happen.', tone: 'good' }
        : { short: 'Online · checking', sentence: 'Connected. Changes are asked for every few seconds.', tone: 'good' }
    case 'connecting':
      return { short: 'Connecting', sentence: `Connecting. ${asOf(connection, nowMs)}`, tone: 'quiet' }
    case 'offline':
      return { short: 'Offline', sentence: `Offline. ${saved(queue)} ${asOf(connection, nowMs)}`, tone: 'amber' }
    case 'signed_out':
      return { short: 'Signed out', sentence: `The sign-in has ended. ${saved(queue)} ${asOf(connection, nowMs)}`, tone: 'amber' }
    case 'device_revoked':
      return { short: 'Device revoked', sentence: `This device was revoked and may not sync. ${saved(queue)} ${asOf(connection, nowMs)}`, tone: 'red' }
    case 'problem':
      return {
        short: 'Connection problem',
        sentence: `${connection.detail ?? 'The platform cannot be reached.'} ${saved(queue)} ${asOf(connection, nowMs)}`,
        tone: 'amber',
      }
  }
}

/** The offset is known to about a second: "11 min" for ten minutes and half a second would be another number than the warning's. */
function wholeMinutes(ms: number): number {
  return Math.round(ms / 60_000) * 60_000
}

/** Words for a clock that is off by more than two minutes; null when it is right enough. `offsetMs`: platform minus this computer. */
export function clockWords(offsetMs: number | null): string | null {
  if (offsetMs === null || Math.abs(offsetMs) <= clockWarningMs) return null
  return `The clock of this computer is ${format.duration(wholeMinutes(Math.abs(offsetMs)))} ${offsetMs > 0 ? 'behind' : 'ahead of'} the platform’s. Times shown here may be wrong; nothing is lost by it.`
}
