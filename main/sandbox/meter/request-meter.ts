import type { MiddlewareHandler } from 'hono'
import type { Meter } from '../../../shared/billing/catalog.ts'
import { fitsUnder, limitToWire } from '../../../shared/billing/limit.ts'
import { meterKindOf } from '../../../shared/billing/meter-kinds.ts'
import type { Clock } from '../clock.ts'
import { type Account, counterOf, hasEnded, limitOf } from './accounts/account.ts'
import { quotaRefusal, setCounters } from './counters/counters.ts'
import { openAccount } from './open-account.ts'
import { recordUsage } from './usage/record-usage.ts'
import type { Store, Unit } from '../store/store.ts'
import type { RouteEnvironment } from '../http/environment.ts'
import { Refusal } from '../http/failure.ts'

const MINUTE_MS = 60_000

/** What a customer does with the platform. Everything else is how a console follows billing, and is never refused by a quota of requests. */
const LIMITED = /^\/v1\/(?:operations|usage\/events|entitlements(?:\/.*)?)$/
/** Its answer shows counters: what has been counted is written before it. */
const SHOWS_COUNTERS = /^\/(?:api\/billing\/|v1\/(?:billing\/|operations$|usage\/|entitlements))/

type Pending = { limited: number; other: number; minute: number; inMinute: number }

/**
 * Counts every request to `/v1` of a workspace whose catalog has a meter for it, in memory, and writes what it counted
 * every second and before anybody is shown a counter. (seed: truss, "Tracked in-memory per billing period. The counter
 * increments on every /v1/* request.") Refuses what the limit of a minute or of the period has no room for.
 */
export class RequestMeter {
  readonly #store: Store
  readonly #clock: Clock
  readonly #pending = new Map<string, Pending>()
  /** Workspaces whose catalog counts requests: the others cost nothing here. */
  readonly #counted = new Map<string, boolean>()

  constructor(store: Store, clock: Clock) {
    this.#store = store
    this.#clock = clock
  }

  get middleware(): MiddlewareHandler<RouteEnvironment> {
    return async (context, next) => {
      const { workspaceId } = context.get('signedIn')
      const { path } = context.req
      if (await this.#counts(workspaceId)) {
        const isLimited = LIMITED.test(path)
        const inMinute = path.startsWith('/v1/') ? this.#count(workspaceId, isLimited) : 0
        if (isLimited || SHOWS_COUNTERS.test(path)) await this.flush(workspaceId)
        if (isLimited) await this.#refuseOverLimit(workspaceId, inMinute)
      }
      await next()
    }
  }

  /** Writes what was counted, of one workspace or of all. */
  async flush(only?: string): Promise<void> {
    for (const [workspaceId, pending] of this.#pending) {
      if (only !== undefined && workspaceId !== only) continue
      await takeFrom(pending, 'limited', (requests) => this.#store.write(async (unit) => record(unit, await openAccount(unit, workspaceId), requests)))
      await takeFrom(pending, 'other', (requests) => this.#writeQuietly(workspaceId, requests))
    }
  }

  async #counts(workspaceId: string): Promise<boolean> {
    const known = this.#counted.get(workspaceId)
    if (known !== undefined) return known
    const row = await this.#store.read.selectFrom('workspaces').select('catalog').where('id', '=', workspaceId).executeTakeFirstOrThrow()
    const counts = this.#store.catalogs.named(row.catalog).meters.some(({ countsRequests }) => countsRequests === true)
    this.#counted.set(workspaceId, counts)
    return counts
  }

  /** @returns how many there were in this minute, this one included. */
  #count(workspaceId: string, isLimited: boolean): number {
    const minute = Math.floor(this.#clock.now() / MINUTE_MS)
    const pending = this.#pending.get(workspaceId) ?? { limited: 0, other: 0, minute, inMinute: 0 }
    this.#pending.set(workspaceId, pending)
    if (pending.minute !== minute) Object.assign(pending, { minute, inMinute: 0 })
    pending.inMinute += 1
    if (isLimited) pending.limited += 1
    else pending.other += 1
    return pending.inMinute
  }

  /** How a console follows billing counts, but tells nobody and is no day's news: a console that is told asks again, and would never end. */
  async #writeQuietly(workspaceId: string, requests: number): Promise<void> {
    await this.#store.write((unit) => openAccount(unit, workspaceId))
    await this.#store.write(async (unit) => {
      unit.changes.tellNobody()
      const account = await openAccount(unit, workspaceId)
      const counted = account.catalog.meters.filter((meter) => meter.countsRequests === true && addsUpRequests(meter))
      const used = counted.map((meter) => [meter.id, { used: counterOf(account, meter).used + requests }] as const)
      await setCounters(unit, account, Object.fromEntries(used))
    })
  }

  async #refuseOverLimit(workspaceId: string, inMinute: number): Promise<void> {
    const account = await this.#store.write((unit) => openAccount(unit, workspaceId))
    // It is refused as what it is: ended, and not as too much.
    if (hasEnded(account)) return
    for (const meter of account.catalog.meters) {
      if (meter.countsRequests !== true || meter.enforcement !== 'refuse') continue
      const limit = limitOf(counterOf(account, meter))
      if (meterKindOf(meter).window === 'minute') {
        if (fitsUnder(limit, inMinute - 1, 1)) continue
        const waitS = Math.max(1, Math.ceil((MINUTE_MS - (this.#clock.now() % MINUTE_MS)) / 1000))
        // Not the code of a quota: it is over with the minute, and nothing has to be bought.
        throw new Refusal('rate_limited', `More than ${limitToWire(limit)} requests in this minute.`, 'Wait until the next minute, or upgrade the plan.', {
          retry_after_s: waitS,
        })
      }
      // This request has been counted already.
      if (!fitsUnder(limit, counterOf(account, meter).used - 1, 1)) throw quotaRefusal(account, meter, 1)
    }
  }
}

/** What holds a minute only is moved by what a customer does, and by nothing else. */
function addsUpRequests(meter: Meter): boolean {
  const { form, course } = meterKindOf(meter)
  return form === 'quantity' && course === 'flow'
}

/** Each kind is taken and put back by itself: what was written is not counted again because the other kind could not be. */
async function takeFrom(pending: Pending, kind: 'limited' | 'other', write: (requests: number) => Promise<void>): Promise<void> {
  const requests = pending[kind]
  if (requests === 0) return
  pending[kind] = 0
  try {
    await write(requests)
  } catch (error) {
    pending[kind] += requests
    throw error
  }
}

/** What a customer did: it moves the rate and the day's use too, and everybody is told. */
async function record(unit: Unit, account: Account, requests: number): Promise<void> {
  const events = account.catalog.meters
    .filter(({ countsRequests }) => countsRequests === true)
    .map(({ id }) => ({ identity: null, metric: id, measure: { form: 'quantity' as const, atMs: unit.now, quantity: requests } }))
  await recordUsage(unit, account, events, { enforce: false })
}
