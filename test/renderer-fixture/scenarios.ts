import type { CallOutput, Checkout, Connection, Overview, ReleasePreview, Workspace } from '../../shared/contract/console.ts'

const MiB = 1024 * 1024
export const now = Date.now()
const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

export type Scenario = {
  workspaces: Workspace[]
  overview: Overview
  previews: ReleasePreview[]
  rows: number
  heldFrom: number
  vault: CallOutput<'vault.status'>
  warnings: CallOutput<'app.info'>['warnings']
  releasing: boolean
  failing: boolean
  subKeys: CallOutput<'subKeys.list'>
  devices: CallOutput<'devices.list'>
}

const online: Connection = { state: 'online', detail: null, asOf: now - 4_000, isAgeUnknown: false, live: 'stream', clockOffsetMs: 240, retryAt: null }
const offline: Connection = {
  state: 'offline',
  detail: 'No answer from billing.acme.dev.',
  asOf: now - 3 * hour,
  isAgeUnknown: false,
  live: 'off',
  clockOffsetMs: 240,
  retryAt: now + 42_000,
}

const workspace: Workspace = {
  id: '018f6b1e-0000-7000-8000-000000000001',
  name: 'Acme Research',
  url: 'https://billing.acme.dev',
  catalog: 'layer-a',
  deployment: 'platform',
  memberName: 'Dana Whitfield',
  role: 'admin',
  capabilities: ['sync', 'billing', 'costs', 'invoices', 'payment_methods', 'audit', 'sub_keys', 'devices', 'checkout', 'portal', 'settings'],
  connection: online,
  queue: { pending: 0, held: 1240, rejected: 2 },
}

const marks: Overview['meters'][number]['marks'] = [
  { percent: 80, level: 'amber' },
  { percent: 100, level: 'red' },
]

function meters(fullness: 'empty' | 'held'): Overview['meters'] {
  const held = fullness === 'held'
  return [
    {
      id: 'sync_operations',
      name: 'Sync operations',
      description: 'Push calls that stored something, and restore pages',
      unit: 'operations',
      byteBase: 'binary',
      period: 'monthly',
      used: held ? 842 : 0,
      limit: 1000,
      percent: held ? 84.2 : 0,
      level: held ? 'amber' : 'normal',
      levelLabel: held ? 'Approaching the limit' : 'Within the limit',
      marks,
      heldCount: 0,
      heldBytes: 0,
      knowledge: 'server',
      draws: 'per_push',
    },
    {
      id: 'encrypted_bytes',
      name: 'Encrypted bytes',
      description: 'Total size of stored ciphertext',
      unit: 'bytes',
      byteBase: 'binary',
      period: 'total',
      used: held ? 25 * MiB - 1843 : 0,
      limit: 25 * MiB,
      percent: held ? 100 : 0,
      level: held ? 'red' : 'normal',
      levelLabel: held ? 'At the limit' : 'Within the limit',
      marks,
      heldCount: held ? 1240 : 0,
      heldBytes: held ? 11.4 * MiB : 0,
      knowledge: 'server',
      draws: 'ciphertext_bytes',
    },
    {
      id: 'api_sub_keys',
      name: 'API sub-keys',
      description: 'Active sub-keys of agents',
      unit: 'keys',
      byteBase: 'binary',
      period: 'total',
      used: held ? 2 : 0,
      limit: 2,
      percent: held ? 100 : 0,
      level: held ? 'red' : 'normal',
      levelLabel: held ? 'At the limit' : 'Within the limit',
      marks,
      heldCount: 0,
      heldBytes: 0,
      knowledge: 'server',
      draws: 'sub_key',
    },
    {
      id: 'sync_devices',
      name: 'Sync devices',
      description: 'Open sessions at the same time',
      unit: 'sessions',
      byteBase: 'binary',
      period: 'total',
      used: 1,
      limit: 2,
      percent: 50,
      level: 'normal',
      levelLabel: 'Within the limit',
      marks,
      heldCount: 0,
      heldBytes: 0,
      knowledge: 'server',
      draws: 'open_session',
    },
  ]
}

function previews(heldCount: number): ReleasePreview[] {
  const limits = (operations: number, bytes: number, keys: number, sessions: number) => [
    { meter: 'sync_operations', name: 'Sync operations', unit: 'operations', limit: operations, wouldBeOver: false, used: 842 },
    { meter: 'encrypted_bytes', name: 'Encrypted bytes', unit: 'bytes', limit: bytes, wouldBeOver: false, used: 25 * MiB - 1843 },
    { meter: 'api_sub_keys', name: 'API sub-keys', unit: 'keys', limit: keys, wouldBeOver: false, used: 2 },
    { meter: 'sync_devices', name: 'Sync devices', unit: 'sessions', limit: sessions, wouldBeOver: false, used: 1 },
  ]
  const bytes = Math.round(heldCount * 9600)
  return [
    {
      planId: 'free',
      planName: 'Free',
      priceCents: 0,
      currency: 'USD',
      interval: 'month',
      current: true,
      releasedCount: 0,
      releasedBytes: 0,
      staysCount: heldCount,
      staysBytes: bytes,
      stoppedBy: 'encrypted_bytes',
      limits: limits(1000, 25 * MiB, 2, 2),
    },
    {
      planId: 'pro',
      planName: 'Pro',
      priceCents: 1900,
      currency: 'USD',
      interval: 'month',
      current: false,
      releasedCount: Math.max(0, heldCount - 40),
      releasedBytes: Math.max(0, bytes - 380_000),
      staysCount: Math.min(40, heldCount),
      staysBytes: Math.min(380_000, bytes),
      stoppedBy: heldCount > 0 ? 'sync_operations' : null,
      limits: limits(50_000, 5 * 1024 * MiB, 10, 5),
    },
    {
      planId: 'team',
      planName: 'Team',
      priceCents: 4900,
      currency: 'USD',
      interval: 'month',
      current: false,
      releasedCount: heldCount,
      releasedBytes: bytes,
      staysCount: 0,
      staysBytes: 0,
      stoppedBy: null,
      limits: limits(500_000, 100 * 1024 * MiB, 50, 25),
    },
  ]
}

const noTally = { count: 0, bytes: 0 }
const emptyQueue: Overview['queue'] = {
  pending: noTally,
  sending: noTally,
  waiting: noTally,
  held: noTally,
  rejected: noTally,
  delivered: noTally,
  discarded: noTally,
}
const fullQueue: Overview['queue'] = {
  pending: noTally,
  sending: noTally,
  waiting: { count: 3, bytes: 4096 },
  held: { count: 1240, bytes: 11.4 * MiB },
  rejected: { count: 2, bytes: 9000 },
  delivered: { count: 3412, bytes: 25 * MiB },
  discarded: { count: 1, bytes: 512 },
}
const plan: Overview['plan'] = {
  id: 'free',
  name: 'Free',
  priceCents: 0,
  currency: 'USD',
  interval: 'month',
  pendingChange: null,
  cancelAt: null,
  paymentMethod: null,
  periodStart: now - 11 * day,
  periodEnd: now + 19 * day,
}

const activity: Overview['activity'] = [
  { id: 'a1', at: now - 3 * minute, kind: 'held', text: '212 writes held: encrypted bytes are at the limit (25 MiB of 25 MiB).' },
  { id: 'a2', at: now - 9 * minute, kind: 'delivered', text: '500 writes delivered (3.9 MiB).' },
  { id: 'a3', at: now - 2 * hour, kind: 'sub_key', text: 'Sub-key “indexer” created.' },
  { id: 'a4', at: now - 26 * hour, kind: 'import', text: 'Imported 64 files from the page.' },
  { id: 'a5', at: now - 27 * hour, kind: 'device', text: 'This device was registered.' },
]

const subKeys: Scenario['subKeys'] = [
  {
    id: 'sk-research',
    name: 'research-agent',
    createdAt: now - 20 * day,
    revokedAt: null,
    onThisDevice: true,
    heldCount: 1031,
    heldBytes: 9.6 * MiB,
    deliveredCount: 2210,
    deliveredBytes: 17 * MiB,
    lastWriteAt: now - 2 * minute,
  },
  {
    id: 'sk-indexer',
    name: 'indexer',
    createdAt: now - 2 * hour,
    revokedAt: null,
    onThisDevice: true,
    heldCount: 209,
    heldBytes: 1.8 * MiB,
    deliveredCount: 1202,
    deliveredBytes: 8 * MiB,
    lastWriteAt: now - 40 * minute,
  },
  {
    id: '7f3c9a20-1111-4222-8333-444455556666',
    name: '',
    createdAt: now - 40 * day,
    revokedAt: null,
    onThisDevice: false,
    heldCount: 0,
    heldBytes: 0,
    deliveredCount: 88,
    deliveredBytes: 0.6 * MiB,
    lastWriteAt: now - 9 * day,
  },
  {
    id: 'sk-old',
    name: 'summary-bot',
    createdAt: now - 90 * day,
    revokedAt: now - 30 * day,
    onThisDevice: true,
    heldCount: 0,
    heldBytes: 0,
    deliveredCount: 410,
    deliveredBytes: 2 * MiB,
    lastWriteAt: now - 31 * day,
  },
]
const devices: Scenario['devices'] = [
  { id: 'd1', name: 'dana-laptop', thisDevice: true, createdAt: now - 27 * hour, revokedAt: null, lastSeenAt: now - 20_000, sessionOpen: true },
  { id: 'd2', name: 'Device 5b21c0aa', thisDevice: false, createdAt: now - 60 * day, revokedAt: null, lastSeenAt: now - 3 * day, sessionOpen: false },
]

const unlocked: Scenario['vault'] = {
  state: 'unlocked',
  passphrase: true,
  protectedBy: 'a file that only your user may read (no keyring was found)',
  backedUpAt: null,
}

const held: Scenario = {
  workspaces: [
    workspace,
    {
      ...workspace,
      id: '018f6b1e-0000-7000-8000-000000000002',
      name: 'Northwind',
      url: 'http://127.0.0.1:8787',
      memberName: 'Dana W.',
      queue: { pending: 0, held: 0, rejected: 0 },
    },
  ],
  overview: {
    plan,
    ended: null,
    meters: meters('held'),
    held: {
      count: 1240,
      bytes: 11.4 * MiB,
      reasons: [
        {
          meter: 'encrypted_bytes',
          meterName: 'Encrypted bytes',
          count: 1240,
          bytes: 11.4 * MiB,
          reason: 'Storage limit reached (25 MiB of 25 MiB). Upgrade to Pro for 5 GiB.',
          since: now - 3 * hour,
        },
      ],
      previews: previews(1240),
    },
    queue: fullQueue,
    activity,
    checkout: null,
  },
  previews: previews(1240),
  rows: 4658,
  heldFrom: 3418,
  vault: unlocked,
  warnings: [],
  releasing: false,
  failing: false,
  subKeys,
  devices,
}

const empty: Scenario = {
  ...held,
  workspaces: [{ ...workspace, queue: { pending: 0, held: 0, rejected: 0 } }],
  overview: { plan, ended: null, meters: meters('empty'), held: null, queue: emptyQueue, activity: [], checkout: null },
  previews: previews(0),
  rows: 0,
  heldFrom: 0,
  vault: { state: 'empty', passphrase: false, protectedBy: 'a file that only your user may read (no keyring was found)', backedUpAt: null },
  subKeys: [],
  devices: [devices[0]].flatMap((device) => device ?? []),
}

function withConnection(scenario: Scenario, connection: Connection): Scenario {
  return { ...scenario, workspaces: scenario.workspaces.map((entry, index) => (index === 0 ? { ...entry, connection } : entry)) }
}

function withCheckout(state: Checkout['state'], detail: string | null): Scenario {
  return {
    ...held,
    overview: {
      ...held.overview,
      checkout: {
        id: 'co-1',
        planId: 'pro',
        planName: 'Pro',
        url: 'https://sandbox.polar.sh/checkout/co-1',
        amountCents: 1900,
        currency: 'USD',
        state,
        detail,
        createdAt: now - 2 * minute,
      },
    },
  }
}

const pro: Overview['plan'] = {
  id: 'pro',
  name: 'Pro',
  priceCents: 1900,
  currency: 'USD',
  interval: 'month',
  pendingChange: null,
  cancelAt: null,
  paymentMethod: 'Visa ending 4242',
  periodStart: now - minute,
  periodEnd: now + 30 * day,
}

const scenarios: Record<string, Scenario> = {
  held,
  empty,
  first: { ...empty, workspaces: [] },
  offline: withConnection(held, offline),
  signedout: withConnection(held, { ...online, state: 'signed_out', live: 'off' }),
  revoked: withConnection(held, { ...online, state: 'device_revoked', live: 'off' }),
  problem: withConnection(held, { ...offline, state: 'problem', detail: 'billing.acme.dev answered with a page instead of data: a proxy may stand between.' }),
  unknownage: withConnection(held, { ...offline, asOf: null, isAgeUnknown: true }),
  clock: withConnection(held, { ...online, clockOffsetMs: 7 * minute }),
  waiting: withCheckout('waiting_for_payment', null),
  paid: withCheckout('waiting_for_platform', null),
  declined: withCheckout('declined', 'Your card has insufficient funds.'),
  cancelled: withCheckout('cancelled', null),
  releasing: {
    ...held,
    releasing: true,
    overview: {
      ...held.overview,
      plan: pro,
      ended: null,
      checkout: {
        id: 'co-1',
        planId: 'pro',
        planName: 'Pro',
        url: 'https://sandbox.polar.sh/checkout/co-1',
        amountCents: 1900,
        currency: 'USD',
        state: 'done',
        detail: null,
        createdAt: now - 2 * minute,
      },
      held: null,
    },
  },
  error: { ...held, failing: true },
  locked: { ...held, vault: { ...unlocked, state: 'locked' } },
  disk: {
    ...held,
    warnings: [
      { kind: 'disk_full', text: 'The disk is full. Agents’ new writes are refused until there is room; what was written is safe.', at: now - minute },
      { kind: 'salvaged', text: 'The outbox was damaged and has been salvaged: 3,412 of 3,412 writes were saved.', at: now - hour },
    ],
  },
  many: { ...held, rows: 100_000, heldFrom: 60_000 },
  million: { ...held, rows: 1_000_000, heldFrom: 900_000 },
}

export function scenarioNamed(name: string): Scenario {
  const scenario = scenarios[name]
  if (!scenario) throw new Error(`There is no scenario "${name}": ${Object.keys(scenarios).join(', ')}`)
  return scenario
}
