/**
 * Every error code that a platform of this contract can answer: with which HTTP status, what it asks of the one who hears
 * it, and what it means. The sandbox's answers take their status from here and the console reads its answers by it, so a
 * code is known to both or to neither.
 */
import type { PlatformError } from './platform.ts'

/** What an error asks of whoever hears it. */
export type ErrorClass =
  /** There is no room or money for it: it waits for an upgrade, a top-up, a delete or the next period. */
  | 'quota'
  /** Too much at once: it waits as long as the answer says. */
  | 'rate'
  /** Who asks is not known any more: nothing goes on before a person has signed in again. */
  | 'auth'
  /** This request will never pass as it is. */
  | 'final'
  /** Nothing is wrong with the request: the platform or the way to it is in trouble, and the same request is sent again. */
  | 'problem'

type ErrorEntry = {
  /** 200: said of one item of a batch, in an answer that is fine as a whole. Of a meter, each catalog says which of several. */
  statuses: readonly [number, ...number[]]
  class: ErrorClass
  meaning: string
  /** The meter that has no room, for a platform that leaves the field out. */
  meter?: string
}

export const platformErrors = {
  // ── who asks ──────────────────────────────────────────────────────────────────────────────────────────────
  missing_token: { statuses: [401], class: 'auth', meaning: 'The request carries no bearer token.' },
  invalid_token: { statuses: [401], class: 'auth', meaning: 'The token is not known.' },
  token_revoked: { statuses: [401], class: 'auth', meaning: 'The token was revoked.' },
  token_expired: { statuses: [401], class: 'auth', meaning: 'The token has expired.' },
  device_forked: { statuses: [409], class: 'problem', meaning: 'Another data folder has run as this device since.' },
  session_closed: { statuses: [410], class: 'problem', meaning: 'Another start of this device has taken its session over.' },
  device_revoked: { statuses: [403], class: 'auth', meaning: 'The device was revoked at the platform.' },
  portal_closed: { statuses: [401], class: 'auth', meaning: 'The link to the customer portal is not good any more.' },
  forbidden: { statuses: [403], class: 'final', meaning: 'The role of the member may not do this.' },
  own_tenant_only: { statuses: [403], class: 'final', meaning: 'A member may do this in its own tenant only.' },
  foreign_host: { statuses: [403], class: 'problem', meaning: 'The request names another host than this platform.' },
  foreign_origin: { statuses: [403], class: 'problem', meaning: 'The request comes from a page of another origin.' },
  foreign_form: { statuses: [403], class: 'final', meaning: 'The form was made for another page.' },
  invalid_signature: { statuses: [403], class: 'final', meaning: 'The webhook is not signed by the payment provider.' },

  // ── the request ───────────────────────────────────────────────────────────────────────────────────────────
  invalid_request: { statuses: [400], class: 'final', meaning: 'The request is not as the description has it.' },
  request_aborted: { statuses: [400], class: 'problem', meaning: 'The request ended before its body did.' },
  not_found: { statuses: [404], class: 'final', meaning: 'There is nothing under this id or name.' },
  unknown_route: { statuses: [404], class: 'final', meaning: 'The platform has no such path.' },
  method_not_allowed: { statuses: [405], class: 'final', meaning: 'The path exists under another method.' },
  unsupported_media_type: { statuses: [415], class: 'final', meaning: 'The body has another content type than the route takes.' },
  body_too_large: { statuses: [413], class: 'final', meaning: 'The body is larger than the route takes.' },
  idempotency_key_reused: { statuses: [422], class: 'final', meaning: 'The idempotency key was used for another request.' },
  cursor_unknown: { statuses: [410], class: 'final', meaning: 'The platform does not have the history up to which was read: everything is read anew.' },
  rate_limited: { statuses: [429], class: 'rate', meaning: 'There were more requests in this minute than the plan allows.' },

  // ── what this platform does not have ──────────────────────────────────────────────────────────────────────
  billing_unavailable: { statuses: [404], class: 'final', meaning: 'A self-hosted deployment has no billing.' },
  sync_unavailable: { statuses: [404], class: 'final', meaning: 'The platform takes no envelopes.' },
  wallet_unavailable: { statuses: [404], class: 'final', meaning: 'The platform has no wallets.' },
  operations_unavailable: { statuses: [404], class: 'final', meaning: 'The platform offers no operations.' },

  // ── envelopes and use ─────────────────────────────────────────────────────────────────────────────────────
  encrypted_bytes_exceeded: { statuses: [402, 403, 429], class: 'quota', meter: 'encrypted_bytes', meaning: 'The plan has no room for these bytes.' },
  sync_devices_exceeded: { statuses: [402, 403, 429], class: 'quota', meter: 'sync_devices', meaning: 'The plan has no room for one more open session.' },
  sync_operations_exceeded: { statuses: [402, 403, 429], class: 'quota', meter: 'sync_operations', meaning: 'The sync operations of this period are used up.' },
  too_many_envelopes: { statuses: [413], class: 'final', meaning: 'The push carries more envelopes than one push may.' },
  push_too_large: { statuses: [413], class: 'final', meaning: 'The push of several envelopes carries more bytes than one may.' },
  invalid_envelope: { statuses: [200], class: 'final', meaning: 'The envelope is malformed.' },
  envelope_conflict: { statuses: [200], class: 'final', meaning: 'Another envelope is stored under this id.' },
  sub_key_revoked: { statuses: [409], class: 'final', meaning: 'A sub-key of this id was revoked and does not come back.' },
  too_many_events: { statuses: [413], class: 'final', meaning: 'The batch carries more events than one batch may.' },
  invalid_event: { statuses: [200], class: 'final', meaning: 'The event is malformed.' },
  unknown_metric: { statuses: [200], class: 'final', meaning: 'The catalog has no such meter.' },
  not_metered_by_events: { statuses: [200], class: 'final', meaning: 'The platform counts this meter itself.' },
  wrong_form: { statuses: [200], class: 'final', meaning: 'The meter takes another form of event.' },
  too_large: { statuses: [200], class: 'final', meaning: 'The quantity, or what the meter has counted with it, is more than can be counted exactly.' },
  too_old: { statuses: [200], class: 'final', meaning: 'The event lies before the previous period.' },
  id_conflict: { statuses: [200], class: 'final', meaning: 'Another event was counted under this source and id.' },
  timestamp_in_future: { statuses: [200], class: 'final', meaning: 'The event lies too far in the future.' },

  subscription_ended: {
    statuses: [402],
    class: 'quota',
    meaning: 'The subscription has ended and there is no plan: everything is readable, nothing new is taken.',
  },

  // ── settings and alerts ───────────────────────────────────────────────────────────────────────────────────
  version_conflict: { statuses: [409], class: 'final', meaning: 'It was changed since the version that this edit was made on.' },
  read_only_setting: { statuses: [403], class: 'final', meaning: 'The setting is changed by a checkout only.' },
  invalid_setting: { statuses: [422], class: 'final', meaning: 'The setting takes another kind of value.' },
  alert_of_catalog: { statuses: [403], class: 'final', meaning: 'The alert belongs to the plan and is not deleted.' },

  // ── money ─────────────────────────────────────────────────────────────────────────────────────────────────
  payment_declined: { statuses: [402], class: 'final', meaning: 'The card was declined and nothing was charged.' },
  quote_changed: { statuses: [409], class: 'final', meaning: 'The quote is not what it would cost now; the answer brings a new one.' },
  payments_unavailable: { statuses: [503], class: 'problem', meaning: 'The payment provider does not answer.' },
  foreign_page: { statuses: [502], class: 'problem', meaning: 'The payment provider named a page that may not be opened.' },
  plan_not_sold: { statuses: [409], class: 'final', meaning: 'The payment provider does not sell this plan.' },
  not_sold: { statuses: [409], class: 'final', meaning: 'The payment provider does not sell this.' },
  seats_not_sold: { statuses: [409], class: 'final', meaning: 'The plan sells no seats.' },
  top_up_not_sold: { statuses: [409], class: 'final', meaning: 'There is no wallet to top up.' },
  no_subscription: { statuses: [409], class: 'final', meaning: 'There is no subscription to change.' },
  already_on_plan: { statuses: [409], class: 'final', meaning: 'The workspace is on this plan already.' },
  already_has_seats: { statuses: [409], class: 'final', meaning: 'The workspace has so many seats already.' },
  change_in_portal: { statuses: [409], class: 'final', meaning: 'A change to a smaller plan is made in the customer portal.' },
  custom_price: { statuses: [409], class: 'final', meaning: 'The price of this plan is agreed with each customer.' },
  unknown_plan: { statuses: [404], class: 'final', meaning: 'The portal shows no such plan.' },
  request_pending: { statuses: [409], class: 'final', meaning: 'Another request for a plan waits for an answer.' },
  request_not_needed: { statuses: [409], class: 'final', meaning: 'This role changes the plan without asking.' },
  already_decided: { statuses: [409], class: 'final', meaning: 'The request for a plan was answered already.' },

  // ── wallets ───────────────────────────────────────────────────────────────────────────────────────────────
  insufficient_balance: { statuses: [402], class: 'quota', meaning: 'The wallet holds less than this costs.' },
  approval_required: { statuses: [428], class: 'final', meaning: 'The amount has to be confirmed, and the request sent again with that.' },
  unknown_dimension: { statuses: [422], class: 'final', meaning: 'No price file declares a dimension of this name.' },
  amount_too_large: { statuses: [422], class: 'final', meaning: 'The amount is more than a wallet can hold.' },
  circle_name_taken: { statuses: [409], class: 'final', meaning: 'A circle of this name exists.' },
  reserve_expired: { statuses: [409], class: 'final', meaning: 'The reserve of the run has expired and nothing was debited.' },
  run_settled: { statuses: [409], class: 'final', meaning: 'The run is settled with other quantities.' },
  instance_suspended: { statuses: [409], class: 'final', meaning: 'The daily existence of the instance did not fit the balance.' },

  // ── the platform itself ───────────────────────────────────────────────────────────────────────────────────
  internal_error: { statuses: [500], class: 'problem', meaning: 'The platform failed, and nothing was changed.' },
} as const satisfies Record<string, ErrorEntry>

export type ErrorCode = keyof typeof platformErrors

type CodeAnswered<InItem extends boolean> = {
  [Code in ErrorCode]: (typeof platformErrors)[Code]['statuses'] extends readonly [infer Only]
    ? (Only extends 200 ? true : false) extends InItem
      ? Code
      : never
    : never
}[ErrorCode]
/** A code whose one status the whole answer bears. */
export type AnswerCode = CodeAnswered<false>
/** A code that is said of one item of a batch. */
export type ItemCode = CodeAnswered<true>
/** That of a meter without room, which a catalog may call as it likes; its status is the meter's own. */
export type MeterCode = `${string}_exceeded`

export function statusOf<Code extends AnswerCode>(code: Code): (typeof platformErrors)[Code]['statuses'][0] {
  return platformErrors[code].statuses[0]
}

/** What an answer that is an error asks of us: as the code says where both know it, else as its status and name let us guess. */
export function errorClassOf(status: number, error: PlatformError | null): ErrorClass {
  const known = error === null ? null : knownError(error.code)
  // A code under a status that is not its own was written by somebody else.
  return known?.statuses.includes(status) === true ? known.class : guessedClass(status, error)
}

/** The meter that a refusal is about, by its code alone: `branches_exceeded` speaks of `branches`. */
export function meterOfCode(code: string): string | null {
  const known = knownError(code)
  if (known !== null) return known.meter ?? null
  return /^([a-z][a-z0-9_]*)_(?:exceeded|limit_reached)$/.exec(code)?.[1] ?? null
}

function knownError(code: string): ErrorEntry | null {
  return Object.hasOwn(platformErrors, code) ? platformErrors[code as ErrorCode] : null
}

function guessedClass(status: number, error: PlatformError | null): ErrorClass {
  if (status === 401) return 'auth'
  if (soundsLikeQuota(status, error)) return 'quota'
  if (status === 429) return 'rate'
  if (status >= 500 || status === 408 || status === 425) return 'problem'
  // A 4xx that is not the contract's error shape was not written by the platform (a captive portal, say): its word must
  // not reject what a person wrote. Only "too large" is believed of a proxy: the same bytes will never pass it.
  return error === null && status !== 413 ? 'problem' : 'final'
}

/**
 * Whether a refusal is about the plan's room. 402 always is. With 403 and 429 the code tells: a missing permission
 * and a rate limit must not wait for an upgrade.
 */
function soundsLikeQuota(status: number, error: PlatformError | null): boolean {
  if (status === 402) return true
  if ((status !== 403 && status !== 429) || error === null) return false
  if (soundsLikeRateLimit(error.code)) return false
  return error.code.endsWith('_exceeded') || error.code.endsWith('_limit_reached') || error.code.startsWith('quota_') || error.meter !== undefined
}

function soundsLikeRateLimit(code: string): boolean {
  return code.startsWith('rate_limit') || code.endsWith('_rate_exceeded') || code.endsWith('rate_limit_exceeded') || code === 'too_many_requests'
}
