import type { CallInput, CallOutput } from '../../shared/contract/console.ts'
import { now } from './scenarios.ts'

type Names =
  | 'alerts.read'
  | 'alerts.fired'
  | 'alerts.put'
  | 'alerts.delete'
  | 'plans.cheapest'
  | 'workspaces.rename'
  | 'workspaces.members'
  | 'data.clearCache'
  | 'data.diagnostics'
  | 'backups.restore'
  | 'backups.planned'

const channels = [
  { id: 'email', name: 'E-mail' },
  { id: 'in_app', name: 'In-app' },
  { id: 'sms', name: 'SMS' },
]
const limit = { measure: 'limit' as const, meter: null, meterName: null, unit: null, byteBase: 'decimal' as const, inclusive: true, value: null, edit: null }

/** Alerts in every state that a row can have: confirmed, pending, in conflict. And what Settings asks about this computer. */
export const fakeAlerts: { [N in Names]: (input: CallInput<N>) => CallOutput<N> } = {
  'alerts.read': () => ({
    channels,
    currency: 'usd',
    meters: [{ id: 'queries', name: 'SQL queries', unit: 'count', byteBase: 'decimal', used: 61_000, limit: 100_000 }],
    rules: [
      { ...limit, id: 'usage_warning', confirmed: { name: 'Usage warning', at: 80, channels: ['email', 'in_app'], enabled: true } },
      {
        ...limit,
        id: 'half',
        measure: 'meter',
        meter: 'queries',
        meterName: 'SQL queries',
        unit: 'count',
        value: 61_000,
        confirmed: { name: 'Half of the queries', at: 50_000, channels: ['email'], enabled: true },
        edit: {
          itemId: 'item-1',
          state: 'rejected',
          conflict: true,
          fields: { name: 'Half of the queries', at: 60_000, channels: ['email', 'sms'], enabled: true },
          theirs: { name: 'Half of the queries', at: 55_000, channels: ['email'], enabled: true },
        },
      },
      {
        ...limit,
        id: 'money',
        measure: 'invoiced',
        value: 8798,
        confirmed: null,
        edit: {
          itemId: 'item-2',
          state: 'pending',
          conflict: false,
          fields: { name: 'Budget of the month', at: 50_000, channels: ['email'], enabled: true },
          theirs: null,
        },
      },
    ],
    mayNot: null,
  }),
  'alerts.fired': () => ({
    rows: [
      {
        id: 'fired-1',
        at: now - 86_400_000,
        text: 'SQL queries: 80,000 of 100,000. Usage warning (80 %).',
        meter: 'queries',
        meterName: 'SQL queries',
        used: 80_000,
        limit: 100_000,
        names: ['Usage warning'],
        channels: ['email', 'in_app'],
      },
    ],
    next: null,
    total: 1,
  }),
  'alerts.put': () => ({ id: 'half' }),
  'alerts.delete': () => ({}),
  'plans.cheapest': () => ({ periods: [], heldCount: 0, currency: 'usd', plans: [], cheapestId: null, savingCents: null }),
  'workspaces.rename': () => ({}),
  'workspaces.members': () => [
    { id: 'm1', name: 'Dana Whitfield', role: 'Tenant Admin', you: true },
    { id: 'm2', name: 'Ben Billing', role: 'Billing Contact', you: false },
  ],
  'data.clearCache': () => ({}),
  'data.diagnostics': () => ({ fileName: 'tidemark-diagnostics.json', text: '{}\n' }),
  'backups.restore': () => ({}),
  'backups.planned': () => ({ name: null }),
}
