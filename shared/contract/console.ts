/**
 * The bridge: the one door between a window and the engine. Each call has an input and an output schema; the
 * router checks both, and a read the topics that its answer is made of: `npm run generate` turns them round into what a
 * page asks again when a topic moves. Adding a call is one entry here, one handler in the engine, one test.
 *
 * Inside the console: camelCase, epoch milliseconds, integers. Every call answers a `Result`.
 */
import { z } from 'zod'
import { drawsNames } from '../billing/meter-draws.ts'
import { call } from './call.ts'
import { alertCalls, alertEvents } from './console/alerts.ts'
import { cheapestPlanCalls } from './console/cheapest-plan.ts'
import { dataCalls, dataEvents } from './console/data.ts'
import { historyCalls } from './console/histories.ts'
import { honestyCalls } from './console/honesty.ts'
import { identityCalls } from './console/identity.ts'
import { importCalls, importEvents } from './console/imports.ts'
import { vaultCalls, vaultEvents } from './console/vault.ts'
import { offerCalls, offerEvents, order, previewedOrder, whatFollows } from './console/offers.ts'
import { auditCalls } from './console/audit.ts'
import { costCalls } from './console/costs.ts'
import { invoiceCalls } from './console/invoices.ts'
import { usageFileCalls } from './console/usage-file.ts'
import { usageCalls } from './console/usage.ts'
import { type HostCallName, hostCalls, hostEvents } from './console/desktop.ts'
import { walletCalls } from './console/wallet.ts'
import { byteBase, bytes, count, done, epochMs, id, inWorkspace, limit, nothing } from './primitives.ts'

// ── results ───────────────────────────────────────────────────────────────────────────────────────────────

export const consoleError = z.strictObject({
  /** Stable, snake_case: `offline`, `vault_locked`, `not_found`, `invalid_input`, `signed_out`, or the platform's own code. */
  code: z.string(),
  message: z.string(),
  suggestion: z.string(),
})
export type ConsoleError = z.infer<typeof consoleError>
export type Result<T> = { ok: true; value: T } | { ok: false; error: ConsoleError }

// ── shared shapes ─────────────────────────────────────────────────────────────────────────────────────────

export const level = z.enum(['normal', 'green', 'amber', 'red', 'over'])
/** Where a figure is known (seed: layer-a, Honesty Ledger). */
export const knowledge = z.enum(['server', 'device', 'both'])

export const connection = z.strictObject({
  state: z.enum(['online', 'connecting', 'offline', 'signed_out', 'device_revoked', 'problem']),
  /** What went wrong, in words; null when nothing did. */
  detail: z.string().nullable(),
  /** When the cache was last known to agree with the platform; null before the first pull, and when nobody knows. */
  asOf: epochMs.nullable(),
  /** The cache was filled while the clock of this computer was in the future: then `asOf` is null. */
  isAgeUnknown: z.boolean(),
  /** `stream`: told at once; `polling`: asked every few seconds. */
  live: z.enum(['stream', 'polling', 'off']),
  /** Platform clock minus this clock; null before the first answer. A warning is shown above two minutes. */
  clockOffsetMs: z.int().nullable(),
  /** No new attempt before this time. */
  retryAt: epochMs.nullable(),
})
export type Connection = z.infer<typeof connection>

export const workspace = z.strictObject({
  id: z.uuid(),
  name: z.string(),
  url: z.string(),
  catalog: z.string(),
  deployment: z.enum(['platform', 'self-hosted']),
  memberName: z.string(),
  /** As the platform calls it: a name for people, nothing to decide by. */
  role: z.string(),
  capabilities: z.array(z.string()),
  /** The member's role sees other tenants too. */
  seesTenants: z.boolean().optional(),
  connection,
  queue: z.strictObject({ pending: count, held: count, rejected: count }),
})
export type Workspace = z.infer<typeof workspace>

export const itemState = z.enum(['pending', 'sending', 'waiting', 'held', 'rejected', 'delivered', 'discarded'])
export type ItemState = z.infer<typeof itemState>
export const itemKind = z.enum(['envelope', 'delete', 'setting'])
export type ItemKind = z.infer<typeof itemKind>

/** Count and bytes of the open items, by state. */
const tally = z.strictObject({ count, bytes })
export type Tally = z.infer<typeof tally>
export const queueTally = z.record(itemState, tally)

export const drain = z.strictObject({
  active: z.boolean(),
  /** A release after a refusal ("held" rows leaving), as opposed to the ordinary flow. */
  releasing: z.boolean(),
  deliveredCount: count,
  totalCount: count,
  ratePerSecond: z.number().nonnegative(),
  /** Null while the rate is not known yet. */
  etaMs: count.nullable(),
  startedAt: epochMs.nullable(),
  finishedAt: epochMs.nullable(),
})
export type Drain = z.infer<typeof drain>

/** Where a write goes: each route of the platform can be in trouble by itself. */
export const deliveryRoute = z.enum(['envelopes', 'deletes', 'settings', 'alerts', 'alert_deletes'])
export type DeliveryRoute = z.infer<typeof deliveryRoute>

/** The platform refuses all that is sent on this route, in words that may be about the account: it waits, and one write at a time is tried. */
export const routeTrouble = z.strictObject({
  route: deliveryRoute,
  status: z.int(),
  code: z.string().nullable(),
  /** The platform's words. */
  message: z.string(),
  since: epochMs,
  nextAt: epochMs,
  /** Each write that waits was tried by itself, and none was taken. */
  allTried: z.boolean(),
})
export type RouteTrouble = z.infer<typeof routeTrouble>

export const meter = z.strictObject({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  unit: z.string(),
  byteBase,
  period: z.enum(['monthly', 'total']),
  used: count,
  limit,
  /** 100 × used / limit with one decimal, not capped; null when unlimited or not included. */
  percent: z.number().nullable(),
  level: level.nullable(),
  /** Words for the colour: "Approaching the limit". */
  levelLabel: z.string(),
  /** Percent at which amber and red begin. */
  marks: z.array(z.strictObject({ percent: z.number(), level })),
  heldCount: count,
  heldBytes: bytes,
  knowledge,
  /** It is a rate: of the running minute, and of no period. */
  isPerMinute: z.boolean().optional(),
  /** What draws on it, as the platform's plan data says; lets a page show the meter beside what it counts without naming it. */
  draws: z.enum(drawsNames).optional(),
})
export type Meter = z.infer<typeof meter>

/** What a plan would release, from the platform's plan data and the local queue; works offline. */
export const releasePreview = z.strictObject({
  planId: z.string(),
  planName: z.string(),
  priceCents: z.int().nullable(),
  currency: z.string(),
  interval: z.string(),
  current: z.boolean(),
  releasedCount: count,
  releasedBytes: bytes,
  staysCount: count,
  staysBytes: bytes,
  /** The meter that would stop it, when something stays. */
  stoppedBy: z.string().nullable(),
  limits: z.array(z.strictObject({ meter: z.string(), name: z.string(), unit: z.string(), limit, wouldBeOver: z.boolean(), used: count })),
})
export type ReleasePreview = z.infer<typeof releasePreview>

export const activity = z.strictObject({
  id,
  at: epochMs,
  kind: z.enum(['delivered', 'held', 'released', 'rejected', 'plan', 'device', 'sub_key', 'checkout', 'connection', 'discarded', 'import', 'restore']),
  text: z.string(),
})

export const overview = z.strictObject({
  plan: z
    .strictObject({
      id: z.string(),
      name: z.string(),
      priceCents: z.int().nullable(),
      currency: z.string(),
      interval: z.string(),
      ...whatFollows,
      paymentMethod: z.string().nullable(),
      periodStart: epochMs,
      periodEnd: epochMs,
    })
    .nullable(),
  /** The subscription has ended and no plan follows; the period is the last one. Null: there is a plan, or none is known yet. */
  ended: z.strictObject({ periodStart: epochMs, periodEnd: epochMs, paymentMethod: z.string().nullable() }).nullable(),
  meters: z.array(meter),
  /** Null when nothing is held. */
  held: z
    .strictObject({
      count,
      bytes,
      reasons: z.array(z.strictObject({ meter: z.string(), meterName: z.string(), count, bytes, reason: z.string(), since: epochMs })),
      previews: z.array(releasePreview),
    })
    .nullable(),
  queue: queueTally,
  activity: z.array(activity),
  /** The checkout in flight, if any. */
  checkout: z.lazy(() => checkout).nullable(),
})
export type Overview = z.infer<typeof overview>

export const checkout = z.strictObject({
  id,
  /** Null: something else than a plan. */
  planId: z.string().nullable(),
  /** What is bought, in words. */
  planName: z.string(),
  url: z.string(),
  amountCents: z.int(),
  currency: z.string(),
  /** `waiting_for_payment` → `waiting_for_platform` (paid, plan not there yet) → `done`; or `declined`, `cancelled`, `expired`. */
  state: z.enum(['waiting_for_payment', 'declined', 'waiting_for_platform', 'done', 'cancelled', 'expired']),
  detail: z.string().nullable(),
  createdAt: epochMs,
})
export type Checkout = z.infer<typeof checkout>

export const queueRow = z.strictObject({
  id,
  sequence: z.int().positive(),
  kind: itemKind,
  state: itemState,
  /** What it is about, as this device knows it: a memory id while the vault is open, else a short reference. */
  title: z.string(),
  subKeyId: z.string().nullable(),
  subKeyName: z.string().nullable(),
  revision: count.nullable(),
  /** How many versions of its memory stand side by side, this one among them, because their writers did not know of each other; else 1. */
  versions: count.optional(),
  sizeBytes: bytes,
  attempts: count,
  nextAt: epochMs.nullable(),
  heldBy: z.string().nullable(),
  /** The platform's words, or why it waits. */
  reason: z.string().nullable(),
  createdAt: epochMs,
  deliveredAt: epochMs.nullable(),
  /** Waits behind an earlier item of the same entity. */
  behind: z.boolean(),
})
export type QueueRow = z.infer<typeof queueRow>

export const queueFilter = z.strictObject({
  states: z.array(itemState).max(7).optional(),
  kinds: z.array(itemKind).max(3).optional(),
  heldBy: z.string().optional(),
  subKeyId: z.string().optional(),
})
export type QueueFilter = z.infer<typeof queueFilter>

/** Chosen rows by id, or everything that a filter finds. */
export const queueSelection = z.union([z.strictObject({ ids: z.array(id).min(1).max(10_000) }), z.strictObject({ filter: queueFilter })])

export const attempt = z.strictObject({
  at: epochMs,
  outcome: z.enum(['delivered', 'duplicate', 'waiting', 'held', 'rejected', 'paused']),
  status: z.int().nullable(),
  code: z.string().nullable(),
  message: z.string(),
})

export const storeWarning = z.strictObject({
  kind: z.enum([
    'disk_full',
    'secrets',
    'journal_unwritable',
    'envelopes_unwritable',
    'disk_low',
    'salvaged',
    'journal_rebuilt',
    'restore_copy',
    'address',
    'folder',
    'forked',
    'cache_rebuilt',
    'clock',
    'left_out',
  ]),
  text: z.string(),
  at: epochMs,
})

export const setting = z.strictObject({
  key: z.string(),
  value: z.string(),
  /** The local edit that has not been confirmed by the platform; null when there is none. */
  pendingValue: z.string().nullable(),
  /** Queue item of the pending edit. */
  itemId: z.string().nullable(),
  state: itemState.nullable(),
})

export const appInfo = z.strictObject({
  version: z.string(),
  host: z.enum(['desktop', 'web']),
  dataDir: z.string(),
  /** The agents' door on this computer; null while it is closed. */
  intakeUrl: z.string().nullable(),
  thisDeviceId: z.string(),
  thisDeviceName: z.string(),
  sizes: z.strictObject({ cacheBytes: bytes, outboxBytes: bytes, envelopesBytes: bytes, egressBytes: bytes }),
  warnings: z.array(storeWarning),
})

// ── calls ─────────────────────────────────────────────────────────────────────────────────────────────────

export const calls = {
  'app.info': call(nothing, appInfo, { topics: ['warnings', 'device'] }),

  'workspaces.list': call(nothing, z.array(workspace), { topics: ['workspace', 'plans', 'outbox', 'connection'] }),
  /** The platform that was named at the start and is not here yet; null: it is, or none was named. */
  'workspaces.awaited': call(
    nothing,
    z
      .strictObject({
        url: z.string(),
        /** Why not, in words. */
        message: z.string(),
        isTriedAgain: z.boolean(),
      })
      .nullable(),
    { topics: ['workspace'] },
  ),
  /** Adds an account by its platform URL and token. The token goes to the secret store and is never read back. */
  'workspaces.add': call(
    z.strictObject({
      url: z.url(),
      token: z.string().min(8).max(512),
      /** The person says that a platform that is known elsewhere (`known_elsewhere`) moved to this address. */
      hasMoved: z.boolean().optional(),
    }),
    workspace,
    'action',
  ),
  'workspaces.signIn': call(inWorkspace.extend({ token: z.string().min(8).max(512) }), done, 'action'),
  'workspaces.remove': call(inWorkspace, done, 'action'),
  'workspaces.syncNow': call(inWorkspace, done, 'action'),

  'overview.read': call(inWorkspace, overview, { topics: ['plan', 'plans', 'payment_methods', 'counter', 'outbox', 'activity', 'checkout'] }),

  'outbox.page': call(
    /** Newest first. `before` is the sequence of the last row of the page before; never an offset. */
    inWorkspace.extend({ filter: queueFilter, before: z.int().positive().nullable(), limit: z.int().min(1).max(200) }),
    z.strictObject({ rows: z.array(queueRow), next: z.int().positive().nullable(), total: count }),
    { topics: ['outbox', 'sub_key', 'plans'] },
  ),
  'outbox.item': call(
    inWorkspace.extend({ id }),
    z.strictObject({
      row: queueRow,
      attempts: z.array(attempt),
      undoable: z.boolean(),
      theirs: z.string().nullable(),
      mine: z.string().nullable(),
      /** Where several stand side by side: all of them, the one that is read first. */
      versions: z.array(z.strictObject({ id, revision: count, createdAt: epochMs, isRead: z.boolean() })).optional(),
    }),
    { topics: ['outbox', 'sub_key', 'vault', 'plans'] },
  ),
  /** The memories' own ids for rows of a page, by item id; only this device knows them, and only while the vault is open. */
  'outbox.titles': call(inWorkspace.extend({ ids: z.array(id).min(1).max(200) }), z.record(z.string(), z.string()), { topics: ['outbox', 'vault'] }),
  'outbox.tally': call(
    inWorkspace,
    z.strictObject({
      tally: queueTally,
      drain,
      troubles: z.array(routeTrouble),
      heldByAgent: z.array(z.strictObject({ subKeyId: z.string().nullable(), name: z.string(), count, bytes })),
      heldByMeter: z.array(z.strictObject({ meter: z.string(), name: z.string(), count, bytes })),
    }),
    { topics: ['outbox', 'sub_key', 'plans'] },
  ),
  'outbox.retry': call(inWorkspace.extend({ selection: queueSelection }), z.strictObject({ count }), 'action'),
  'outbox.discard': call(inWorkspace.extend({ selection: queueSelection }), z.strictObject({ count, undoToken: z.string() }), 'action'),
  'outbox.undoDiscard': call(inWorkspace.extend({ undoToken: z.string() }), z.strictObject({ count }), 'action'),
  /** Ciphertext and metadata of the chosen items as a JSON-lines file, written by the host where the person says (desktop) or answered for download (web). */
  'outbox.export': call(inWorkspace.extend({ selection: queueSelection }), z.strictObject({ fileName: z.string(), text: z.string() }), 'action'),
  'outbox.releasePreview': call(inWorkspace, z.array(releasePreview), { topics: ['outbox', 'plan', 'plans', 'counter'] }),

  /** Names one thing to buy. */
  /** `quoteId`: the amount that a preview said, and nothing above it. `quote_changed` where it is another one now: preview it again. */
  'billing.checkout': call(inWorkspace.extend({ ...order, quoteId: z.uuid().optional() }), checkout, 'action'),
  'billing.checkoutStatus': call(inWorkspace, checkout.nullable(), { topics: ['checkout'] }),
  /** Forget the checkout in flight on this computer; nothing is charged by it. */
  'billing.dismissCheckout': call(inWorkspace, done, 'action'),
  /** Made on click; the URL holds a token, is opened and forgotten. */
  'billing.portal': call(inWorkspace, z.strictObject({ url: z.string() }), 'action'),
  'billing.preview': call(
    inWorkspace.extend({ ...previewedOrder, tenantId: z.string().min(1).max(128).optional() }),
    z.strictObject({
      /** Null: no plan. */
      planId: z.string().nullable(),
      /** Null: an older platform quotes nothing. */
      quote: z
        .strictObject({
          id: z.uuid(),
          /** What will be charged, and what it consists of: the sum of the lines. */
          dueCents: count,
          lines: z.array(z.strictObject({ kind: z.string(), label: z.string(), amountCents: z.int() })),
          expiresAt: epochMs,
        })
        .nullable(),
      dueTodayCents: z.int(),
      creditCents: count,
      priceCents: z.int().nullable(),
      /** Of one interval from then on, seats included; null: agreed with each customer. */
      recurringCents: z.int().nullable(),
      currency: z.string(),
      effective: z.enum(['now', 'period_end']),
      periodEnd: epochMs,
      wouldBeOver: z.array(z.strictObject({ meter: z.string(), name: z.string(), unit: z.string(), byteBase, used: count, limit })),
      /** Limits that become others than they are. */
      limits: z.array(z.strictObject({ meter: z.string(), name: z.string(), unit: z.string(), byteBase, from: limit, to: limit })),
    }),
    { topics: ['plan', 'plans', 'counter', 'booster', 'workspace'] },
  ),

  'settings.list': call(inWorkspace, z.array(setting), { topics: ['setting', 'outbox'] }),
  'settings.put': call(inWorkspace.extend({ key: z.string().min(1).max(64), value: z.string().max(4096) }), done, 'action'),

  ...honestyCalls,
  ...historyCalls,
  ...identityCalls,
  ...vaultCalls,
  ...importCalls,
  ...alertCalls,
  ...cheapestPlanCalls,
  ...dataCalls,
  ...offerCalls,
  ...auditCalls,
  ...costCalls,
  ...walletCalls,
  ...invoiceCalls,
  ...usageCalls,
  ...usageFileCalls,

  ...hostCalls,
} as const
export type CallName = keyof typeof calls
/** The calls whose answers pages keep; the others do something. */
export type ReadName = { [N in CallName]: (typeof calls)[N]['kind'] extends 'read' ? N : never }[CallName]
export type ActionName = Exclude<CallName, ReadName>
/** The calls that the engine answers; the others are the host's own. */
export type EngineCallName = Exclude<CallName, HostCallName>
export type CallInput<N extends CallName> = z.input<(typeof calls)[N]['input']>
export type CallOutput<N extends CallName> = z.output<(typeof calls)[N]['output']>

// ── events ────────────────────────────────────────────────────────────────────────────────────────────────

/** What the engine says unasked. At most about four a second of each kind and workspace. */
export const events = {
  /** Documents of these topics changed in the cache; re-read what shows them. */
  'cache.changed': z.strictObject({ workspaceId: z.uuid(), topics: z.array(z.string()) }),
  'connection.changed': z.strictObject({ workspaceId: z.uuid(), connection }),
  'outbox.changed': z.strictObject({ workspaceId: z.uuid(), tally: queueTally, drain }),
  /** A drain that followed a refusal has ended. */
  'release.finished': z.strictObject({ workspaceId: z.uuid(), deliveredCount: count, heldAgainCount: count, heldBy: z.string().nullable() }),
  'checkout.changed': z.strictObject({ workspaceId: z.uuid(), checkout: checkout.nullable() }),
  'workspaces.changed': z.strictObject({}),
  'warnings.changed': z.strictObject({ warnings: z.array(storeWarning) }),
  /** Something happened that a person may read about. */
  'activity.changed': z.strictObject({ workspaceId: z.uuid() }),

  ...dataEvents,
  ...vaultEvents,
  ...importEvents,
  ...alertEvents,
  ...offerEvents,

  ...hostEvents,
} as const
export type EventName = keyof typeof events
export type EventPayload<N extends EventName> = z.output<(typeof events)[N]>
export type ConsoleEvent = { [N in EventName]: { event: N; payload: EventPayload<N> } }[EventName]

/** What a host puts into the window (preload) or the web client builds over its socket. */
export type Bridge = {
  call<N extends CallName>(name: N, input: CallInput<N>): Promise<Result<CallOutput<N>>>
  /** Returns the function that ends the subscription. */
  subscribe(listener: (event: ConsoleEvent) => void): () => void
  /** Opens an https or sandbox page outside the console. */
  openExternal(url: string): Promise<Result<Record<string, never>>>
  host: 'desktop' | 'web'
}
