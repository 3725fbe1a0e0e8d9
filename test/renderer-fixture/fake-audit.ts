import type { CallInput, CallName, CallOutput } from '../../shared/contract/console.ts'
import type { AuditFilter, AuditRow } from '../../shared/contract/console/audit.ts'
import { now, type Scenario } from './scenarios.ts'

type AuditCall = Extract<CallName, `audit.${string}`>
type Handlers = { [N in AuditCall]: (input: CallInput<N>) => CallOutput<N> }

const actions = ['branch.create', 'branch.delete', 'plan.change', 'key.create', 'settings.update', 'quota.exceeded', 'backup.create']
const people = ['Tess Tenant', 'Paula Platform', 'Ben Billing', 'system']

/** As many entries as a scenario has rows, and a chain that holds, is being followed, or is broken. */
export function fakeAudit(scenario: Scenario): Handlers {
  const count = scenario.rows
  const found = (filter: AuditFilter): AuditRow[] =>
    Array.from({ length: Math.min(count, 5_000) }, (_, index) => entry(count - index)).filter(
      (row) =>
        (filter.action === null || row.action === filter.action) &&
        (filter.from === null || row.createdAt >= filter.from) &&
        (filter.to === null || row.createdAt < filter.to) &&
        (filter.search === '' || JSON.stringify(row).toLowerCase().includes(filter.search.toLowerCase())),
    )
  return {
    'audit.page': ({ filter, before, limit }) => {
      const all = found(filter)
      const below = before === null ? all : all.filter(({ sequence }) => sequence < before)
      const rows = below.slice(0, limit)
      return { rows, next: below.length > limit ? (rows.at(-1)?.sequence ?? null) : null, total: all.length, isTotalExact: true }
    },
    'audit.overview': () => ({
      retentionMayNot: null,
      actions: count === 0 ? [] : actions.map((action) => ({ action, count: Math.ceil(count / actions.length) })),
      total: count,
      firstAt: count === 0 ? null : entry(1).createdAt,
      lastAt: count === 0 ? null : entry(count).createdAt,
      chain: {
        state: count === 0 ? 'empty' : scenario.failing ? 'broken' : 'verified',
        first: Math.min(count, 1),
        verified: scenario.failing ? 41 : count,
        last: count,
        checkedAt: now - 60_000,
        removedCount: 0,
        broken: scenario.failing ? { sequence: 42, reason: 'changed' } : null,
      },
    }),
    'audit.recheck': () => ({}),
    'audit.export': () => ({ fileName: 'acme-audit-log.csv', text: 'sequence\r\n', rows: 0, next: null }),
  }
}

function entry(sequence: number): AuditRow {
  const actor = people[sequence % people.length] ?? 'system'
  return {
    sequence,
    action: actions[(sequence * 5) % actions.length] ?? '',
    actor: actor === 'system' ? actor : `0190c2a0-0000-7000-8000-00000000000${sequence % people.length}`,
    actorName: actor,
    target: `branch/feature-${sequence % 97}`,
    metadata: sequence % 3 === 0 ? '{}' : `{"from":"main","note":"number ${sequence}","size_mb":${sequence % 900}}`,
    createdAt: now - (2_000_000 - sequence) * 61_000,
    hash: sequence.toString(16).padStart(64, 'a'),
  }
}
