/**
 * The HTTP contract between the console and a platform. These schemas are the source: the sandbox serves
 * `/openapi.json` from them and the console validates every answer with them.
 *
 * On the wire: snake_case, ISO 8601 UTC times, integers for money and counters, `limit: -1` for unlimited.
 * Objects that a platform answers are loose (unknown fields are ignored, so that a newer platform still works);
 * objects that a console sends are strict (see layer-a.ts: a field that is not listed cannot leave).
 */
import { z } from 'zod'
import { drawsNames } from '../billing/meter-draws.ts'
import { aggregations } from '../billing/meter-kinds.ts'
import { alertChannel } from './platform/alerts.ts'
import { costAllocation } from './platform/costs.ts'
import { count, hash256, isoTime, period, uuid, wireLimit } from './primitives.ts'

/** Most envelopes and most ciphertext bytes in one push (shared/contract/README.md, "Push"). */
export const PUSH_MAX_ENVELOPES = 500
export const PUSH_MAX_BYTES = 4 * 1024 * 1024
/** Most ids in one page of `GET /v1/sync/ids`. */
export const IDS_PAGE_MAX = 2000
/** Default of `max_envelope_bytes`: one envelope of up to this size may travel alone. */
export const MAX_ENVELOPE_BYTES = 8 * 1024 * 1024

// ── errors ────────────────────────────────────────────────────────────────────────────────────────────────

/** The one error shape. `code` is the contract, `message` is for people; `_suggestion` is in every 4xx. */
export const platformError = z.looseObject({
  code: z.string(),
  message: z.string(),
  _suggestion: z.string().optional(),
  reason: z.string().optional(),
  meter: z.string().optional(),
  limit: wireLimit.optional(),
  used: count.optional(),
  retry_after_s: z.int().nonnegative().optional(),
  /** Only with `cursor_unknown`: when the last change was made that the platform still has of the history that was read. */
  went_back_to: isoTime.optional(),
  /** Only with `version_conflict`: what the platform has now. */
  current: z.unknown().optional(),
  /** Only with `quote_changed`: what it costs now. */
  quote: z.unknown().optional(),
})
export type PlatformError = z.infer<typeof platformError>

// ── counters, plans ───────────────────────────────────────────────────────────────────────────────────────

export const counter = z.looseObject({
  metric: z.string(),
  used: count,
  limit: wireLimit,
  period: z.enum(['monthly', 'total']),
  unit: z.string(),
  allowed: z.boolean().optional(),
  delta: z.int().optional(),
  /** Rises with every change of `used` or `limit`; the console never releases twice on the same version. */
  version: count.optional(),
})
export type Counter = z.infer<typeof counter>

/** What this device alone has at the platform, for the server-blind audit. */
export const deviceCounter = z.looseObject({
  device_id: uuid,
  /** Envelopes stored and not deleted, and the sum of their ciphertext. */
  stored_envelopes: count,
  stored_bytes: count,
  /** Push calls that stored at least one envelope plus restore pages, in the current period. */
  sync_operations: count,
})

/** `GET /v1/devices/{id}/summary`: what this device has at the platform at this very moment, and what its ids add up to. */
export const deviceSummary = deviceCounter.extend({
  /** Ids that pushes of this device were told to be stored, deleted ones included, and the sum of SHA-256(id) over them, mod 2^256. */
  count,
  sum: hash256,
})
export type DeviceSummary = z.infer<typeof deviceSummary>
/** `GET /v1/sync/ids?device=&after=`: those ids in their own order. `after` is the last one of the page before. */
export const idsResponse = z.looseObject({ ids: z.array(z.looseObject({ id: uuid, deleted: z.boolean() })), more: z.boolean() })

export const planInForce = z.looseObject({
  id: z.string(),
  name: z.string(),
  price_cents: z.int().nullable(),
  currency: z.string(),
  interval: z.string(),
  hard_wall: z.boolean().optional(),
  /** The subscription ends with the period (cancelled, still running). */
  cancel_at_period_end: z.boolean().optional(),
  /** The payment method in words ("Visa ending 4242"); null when there is none. */
  payment_method: z.string().nullable().optional(),
  /** Paid for again and again, until it is cancelled. */
  subscribed: z.boolean().optional(),
  /** Seats bought on top of the plan's own; absent where none are sold. */
  seats: count.optional(),
  /** Another plan that begins at that instant; null or absent: none. */
  pending_change: z.looseObject({ plan: z.string(), at: isoTime }).nullable().optional(),
  /** When the plan ends and nothing is renewed; null or absent: it goes on. */
  cancel_at: isoTime.nullable().optional(),
})
export type PlanInForce = z.output<typeof planInForce>

export const planResponse = z.looseObject({
  /** Null: the subscription has ended, and this catalog has no plan that is free. The limits are 0, the period is the last one. */
  plan: planInForce.nullable(),
  usage: z.record(z.string(), count),
  limits: z.record(z.string(), wireLimit),
  period,
})

export const meterDefinition = z.looseObject({
  id: z.string(),
  name: z.string(),
  description: z.string().optional(),
  group: z.string().optional(),
  /** What the number counts; `bytes` is shown in binary or decimal units by `byte_base`. */
  unit: z.string(),
  byte_base: z.enum(['binary', 'decimal']).optional(),
  period: z.enum(['monthly', 'total']),
  enforcement: z.enum(['refuse', 'bill', 'notify']),
  aliases: z.array(z.string()).optional(),
  /** Bought seats raise this meter's limit. */
  seats: z.boolean().optional(),
  /** HTTP status of the platform's refusal when this meter is full. */
  refusal_status: z.union([z.literal(402), z.literal(403), z.literal(429)]).optional(),
  /** How one envelope draws on this meter: not at all, its bytes, or once per push call. */
  draws: z.enum(drawsNames).optional(),
  /** What one event stands for, in words: "Per request". */
  metering: z.string().optional(),
  /** How a period's events become the number. */
  aggregation: z.enum(aggregations).optional(),
  /** The feature of a plan that it needs; a plan without it neither answers nor admits it. */
  feature: z.string().optional(),
  /** Price of use: `cents` for every `per` units. Left out: use has no price of its own. */
  unit_price: z.looseObject({ cents: count, per: z.int().positive() }).optional(),
})

export const planDefinition = z.looseObject({
  id: z.string(),
  name: z.string(),
  price_cents: z.int().nullable(),
  currency: z.string(),
  interval: z.string(),
  summary: z.string().optional(),
  /** Price of one more seat for one interval; absent: seats are not sold. */
  seat_price_cents: count.optional(),
  /** What meters may need. */
  features: z.array(z.string()).optional(),
  limits: z.record(z.string(), wireLimit),
})

export const thresholdPolicy = z.looseObject({
  /** Ordered from low to high; the highest level whose bound is reached counts. `inclusive`: the bound itself belongs to the level. */
  levels: z.array(
    z.looseObject({
      level: z.enum(['normal', 'green', 'amber', 'red', 'over']),
      from_percent: z.number().nonnegative(),
      inclusive: z.boolean(),
      label: z.string(),
    }),
  ),
})

/** `GET /api/billing/plans`: the catalog of this workspace. */
export const plansResponse = z.looseObject({
  catalog: z.string(),
  /** What the platform is called, and who issues its invoices. */
  name: z.string().optional(),
  seller: z.looseObject({ name: z.string() }).optional(),
  meters: z.array(meterDefinition),
  plans: z.array(planDefinition),
  boosters: z.array(z.looseObject({ id: z.string(), name: z.string(), resource: z.string(), amount: count, price_cents: count, currency: z.string() })),
  thresholds: thresholdPolicy,
  /** The rows of the plan comparison: a meter's limits, or a value for each plan in words. */
  comparison: z.array(z.looseObject({ label: z.string(), meter: z.string().optional(), values: z.record(z.string(), z.string()).optional() })).optional(),
  /** By which ways a member may be told; left out: alerts are not offered. */
  alerts: z.looseObject({ channels: z.array(alertChannel) }).optional(),
  /** Names of what costs are allocated to; left out: each meter is a category of its group. */
  costs: costAllocation.optional(),
})

export const usageResponse = z.looseObject({ period, usage: z.array(counter) })
export const countersResponse = z.array(counter)

// ── workspace, devices, sub-keys, sessions ────────────────────────────────────────────────────────────────

export const workspaceResponse = z.looseObject({
  id: uuid,
  name: z.string(),
  catalog: z.string(),
  deployment: z.enum(['platform', 'self-hosted']),
  member: z.looseObject({ id: z.string(), name: z.string(), role: z.string() }),
  /** What this platform offers, e.g. `sync`, `billing`, `sub_keys`, `devices`, `checkout`, `portal`, `settings`. */
  capabilities: z.array(z.string()),
  max_envelope_bytes: count,
  versions: z.looseObject({ platform: z.string(), contract: z.int() }),
  /** Which platform this is, wherever it is reached; an account is this and `id`. Older platforms do not say it. */
  platform_id: uuid.optional(),
})

export const deviceDocument = z.looseObject({
  id: uuid,
  created_at: isoTime,
  revoked_at: isoTime.nullable(),
  last_seen_at: isoTime.nullable(),
  /** An open lease of this device (a "concurrent client session"). */
  session_open: z.boolean(),
})
export const createDeviceRequest = z.strictObject({ id: uuid })
export const devicesResponse = z.looseObject({ devices: z.array(deviceDocument) })

export const subKeyDocument = z.looseObject({
  id: uuid,
  device_id: uuid.nullable(),
  created_at: isoTime,
  revoked_at: isoTime.nullable(),
  stored_envelopes: count,
  stored_bytes: count,
})
export const createSubKeyRequest = z.strictObject({ id: uuid, device_id: uuid })
export const subKeysResponse = z.looseObject({ sub_keys: z.array(subKeyDocument) })

/** So many of a device's latest starts are told with each session. */
export const MAX_INSTANCES = 1000
export const openSessionRequest = z.strictObject({
  device_id: uuid,
  /** This start of the console; and the starts before it in this data folder. By them a copy of the folder is noticed. */
  instance: uuid.optional(),
  earlier: z.array(uuid).max(MAX_INSTANCES).optional(),
})
export const sessionResponse = z.looseObject({ id: uuid, lease_s: z.int().positive() })

// ── push, restore, delete ─────────────────────────────────────────────────────────────────────────────────

export const pushEnvelope = z.strictObject({
  id: uuid,
  memory_ref: hash256,
  revision: z.int().positive(),
  /** Null for what this console imported itself, with no agent. */
  sub_key_id: uuid.nullable(),
  created_at: isoTime,
  size_bytes: z.int().positive(),
  sha256: hash256,
  /** Base64 of the sealed envelope. */
  ciphertext: z.base64(),
})
export const pushRequest = z.strictObject({
  device_id: uuid,
  session_id: uuid.nullable(),
  envelopes: z.array(pushEnvelope).min(1).max(PUSH_MAX_ENVELOPES),
})
export const pushResult = z.looseObject({
  id: z.string(),
  status: z.enum(['stored', 'duplicate', 'refused', 'conflict', 'invalid']),
  code: z.string().optional(),
  message: z.string().optional(),
  meter: z.string().optional(),
  limit: wireLimit.optional(),
  used: count.optional(),
  /** When the platform stored it; with `stored` and `duplicate`. */
  stored_at: isoTime.optional(),
})
export const pushResponse = z.looseObject({
  results: z.array(pushResult),
  counters: z.array(counter),
  device: deviceCounter.optional(),
})

const versionAtPlatform = z.looseObject({
  id: uuid,
  device_id: uuid,
  memory_ref: hash256,
  revision: z.int().positive(),
  sub_key_id: uuid.nullable(),
  created_at: isoTime,
  /** By the platform's clock. A platform of the first contract does not say it. */
  stored_at: isoTime.optional(),
})
export const restoredEnvelope = versionAtPlatform.extend({ size_bytes: z.int().positive(), sha256: hash256, ciphertext: z.base64() })
/** Its ciphertext is gone; it still counts as a version of its memory. */
export const deletedEnvelope = versionAtPlatform.extend({ deleted_at: isoTime })

/** `GET /v1/sync/envelopes?since=&limit=`: a restore page in the order in which the platform stored or deleted them. */
export const restoreResponse = z.looseObject({
  envelopes: z.array(z.union([restoredEnvelope, deletedEnvelope])),
  cursor: z.string(),
  more: z.boolean(),
})
/** Deleting what is not there is success: a repeat after a lost answer must not fail. The id stays remembered. */
export const deleteEnvelopeResponse = z.looseObject({ id: uuid, status: z.enum(['deleted', 'unknown']), counters: z.array(counter) })

// ── changes, events ───────────────────────────────────────────────────────────────────────────────────────

export const change = z.looseObject({
  topic: z.string(),
  id: z.string(),
  op: z.enum(['upsert', 'delete']),
  version: count,
  /** Null with `delete`, or left out. Its shape is the topic's (see `documentTopics`). */
  body: z.unknown().optional(),
})
export const changesResponse = z.looseObject({ changes: z.array(change), cursor: z.string(), more: z.boolean() })
export const pokeEvent = z.looseObject({ topic: z.string() })
/** The event `heartbeat` of the stream: where the feed ends now. Whoever has read up to this cursor has everything; whoever has not, asks. */
export const heartbeatEvent = z.looseObject({ cursor: z.string().min(1).max(128) })

export const settingDocument = z.looseObject({ key: z.string(), value: z.string(), version: count })
export const settingsResponse = z.record(z.string(), z.string())
export const putSettingRequest = z.strictObject({
  key: z.string().min(1).max(64),
  value: z.string().max(4096),
  /** The version this edit was made on; another one at the platform answers 409 `version_conflict`. */
  version: count.optional(),
})

export const checkoutDocument = z.looseObject({
  id: z.string(),
  status: z.enum(['open', 'confirmed', 'succeeded', 'failed', 'expired', 'cancelled']),
  /** What it is for: the plan, the booster, how many seats on top of the plan's own, or how many AU. */
  plan: z.string().nullable(),
  booster: z.string().optional(),
  seats: count.optional(),
  top_up_au: count.optional(),
  /** Whose wallet a top-up is for; left out: the oldest circle's. */
  circle: z.string().optional(),
  /** What is charged for it. */
  amount_cents: count,
  currency: z.string(),
  created_at: isoTime,
  expires_at: isoTime,
  /** The new plan is in force; until then a succeeded payment waits for the platform. */
  applied: z.boolean(),
  /** The last refusal of a card, in words; the checkout stays open after it. */
  decline_reason: z.string().nullable(),
})

// ── money: checkout, portal, preview ──────────────────────────────────────────────────────────────────────

export const checkoutResponse = z.looseObject({ id: z.string(), url: z.url() })
export const portalResponse = z.looseObject({ url: z.url(), expires_at: isoTime })

/** The sandbox alone: who can sign in. */
export const sandboxMembersResponse = z.array(
  z.looseObject({
    workspace: z.string(),
    catalog: z.string(),
    circle: z.string().optional(),
    plan: z.string(),
    member: z.string(),
    role: z.string(),
    token: z.string(),
  }),
)
