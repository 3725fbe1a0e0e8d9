import type { CallOutput, ItemState, QueueRow } from '../../shared/contract/console.ts'
import { now, type Scenario } from './scenarios.ts'

export function stateOfRow(scenario: Scenario, sequence: number): ItemState {
  if (sequence > scenario.heldFrom) return 'held'
  if (sequence === scenario.heldFrom) return 'rejected'
  if (sequence === scenario.heldFrom - 1) return 'waiting'
  if (sequence === scenario.heldFrom - 2) return 'discarded'
  return 'delivered'
}

export function fakeRow(scenario: Scenario, sequence: number, open: boolean): QueueRow {
  const state = stateOfRow(scenario, sequence)
  const reference = (Math.imul(sequence, 2654435761) >>> 0).toString(16).padStart(8, '0')
  const setting = sequence === scenario.heldFrom
  const research = sequence % 5 !== 0
  return {
    id: `row-${sequence}`,
    sequence,
    kind: setting ? 'setting' : sequence % 97 === 0 ? 'delete' : 'envelope',
    state,
    title: setting ? 'org_name' : open ? `notes/2026/${['meeting', 'paper', 'draft', 'summary'][sequence % 4]}-${sequence}` : `memory ${reference}`,
    subKeyId: setting ? null : research ? 'sk-research' : 'sk-indexer',
    subKeyName: setting ? null : research ? 'research-agent' : 'indexer',
    revision: setting ? null : 1 + (sequence % 3),
    sizeBytes: 300 + (((Math.imul(sequence, 7919) % 18_000) + 18_000) % 18_000),
    attempts: state === 'delivered' ? 1 : state === 'waiting' ? 4 : state === 'held' && sequence - scenario.heldFrom > 4 ? 0 : 1,
    nextAt: state === 'waiting' ? now + 38_000 : null,
    heldBy: state === 'held' ? 'encrypted_bytes' : null,
    reason:
      state === 'held'
        ? 'Storage limit reached (25 MiB of 25 MiB).'
        : state === 'waiting'
          ? 'No answer within 30 seconds.'
          : state === 'rejected'
            ? 'The setting was changed by someone else.'
            : null,
    createdAt: now - (scenario.rows - sequence) * 2_700,
    deliveredAt: state === 'delivered' ? now - (scenario.rows - sequence) * 2_600 : null,
    behind: state === 'held' && sequence % 11 === 0,
  }
}

export function fakeItem(scenario: Scenario, id: string, open: boolean): CallOutput<'outbox.item'> {
  const row = fakeRow(scenario, Number(id.slice(4)), open)
  const attempts: CallOutput<'outbox.item'>['attempts'] =
    row.state === 'held'
      ? [
          {
            at: now - 180_000,
            outcome: 'held',
            status: 402,
            code: 'encrypted_bytes_exceeded',
            message: 'Storage limit reached (25 MiB of 25 MiB). Upgrade to Pro for 5 GiB.',
          },
          { at: now - 240_000, outcome: 'waiting', status: 503, code: 'unavailable', message: 'The platform was busy.' },
        ]
      : row.state === 'rejected'
        ? [{ at: now - 60_000, outcome: 'rejected', status: 409, code: 'version_conflict', message: 'The setting was changed by someone else.' }]
        : []
  return {
    row,
    attempts,
    undoable: row.state === 'discarded',
    mine: row.state === 'rejected' ? 'Acme Research' : null,
    theirs: row.state === 'rejected' ? 'Acme Labs' : null,
  }
}

export function fakeEgress(scenario: Scenario, before: number | null, limit: number): CallOutput<'honesty.egress'> {
  const total = scenario.rows === 0 ? 0 : 4280
  const rows: CallOutput<'honesty.egress'>['rows'] = []
  for (let id = (before ?? total + 1) - 1; id > 0 && rows.length < limit; id -= 1) {
    const push = id % 3 === 0
    rows.push({
      id,
      at: now - (total - id) * 9_000,
      workspaceId: null,
      method: push ? 'POST' : 'GET',
      path: push ? '/v1/sync/push' : '/v1/sync/changes',
      host: 'billing.acme.dev',
      purpose: push ? 'Deliver sealed envelopes' : 'Fetch what changed since the last visit',
      fields: push ? ['device_id', 'session_id', 'envelopes[].id', 'envelopes[].ciphertext'] : ['since', 'limit'],
      requestBytes: push ? 184_220 : 0,
      status: id % 41 === 0 ? null : push && id % 9 === 0 ? 402 : 200,
      durationMs: id % 41 === 0 ? null : 18 + (id % 60),
      requests: 1,
    })
  }
  const last = rows.at(-1)?.id ?? 0
  return { rows, next: last > 1 ? last : null, total, totalBytes: Math.floor(total / 3) * 184_220 }
}
