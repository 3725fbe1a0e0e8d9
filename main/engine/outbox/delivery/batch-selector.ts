import { type DeliveryRoute, type ItemKind, itemKind } from '../../../../shared/contract/console.ts'
import { PUSH_MAX_BYTES, PUSH_MAX_ENVELOPES } from '../../../../shared/contract/platform.ts'
import { type DeliveryQueue, type QuotaHold, type ReadyBatch, type ReadyItem, SUBSCRIPTION_METER } from '../queue/delivery-port.ts'
import type { WorkspaceDrainOptions } from './drainer-options.ts'
import {
  counterSnapshot,
  fitsAll,
  hasRoom,
  isCounterNews,
  isLastPush,
  isProbeDue,
  isWithinProbeTime,
  PROBE_CAP_MS,
  PROBE_FIRST_MS,
  probeSoonAt,
} from './hold-release.ts'
import { BACK_OFF_CAP_MS } from './policy.ts'
import { routeOf, routesOf, type Trouble } from './route-trouble.ts'
import type { RouteTroubles } from './route-troubles.ts'

export type SelectedBatch = {
  kind: ItemKind
  batch: ReadyBatch
  /** In spite of a hold: the platform is asked whether it has room again. */
  inSpiteOfHold: boolean
}

const SMALLEST_LIMIT_BYTES = 64 * 1024
/** With more of them than this, what was refused alone is tried again as a batch, and only cut in two if that is refused. */
const MOST_ALONE = 8
/** Settings and alerts share a kind, and few of them wait. */
const MOST_EDITS = 200
/** A long trouble tries one after the other; this many are looked at for one that was not tried yet. */
const MOST_LOOKED_AT = 1_000
const ANY_SIZE = Number.POSITIVE_INFINITY

type Candidate = { kind: ItemKind; sequence: number; held: boolean; lingers: boolean; batch(): ReadyBatch }

/** Selects what one workspace sends next, and knows when there is nothing to select. */
export class BatchSelector {
  readonly #options: WorkspaceDrainOptions
  /** Pieces of a batch that the platform refused as a whole, to be sent next. */
  #pieces: number[][] = []
  /** Kinds of which held items are being sent, since the platform took a probe. */
  readonly #releasing = new Set<ItemKind>()
  /** Kinds that the platform takes although their counter has no room: the counter lags, or is wrong. */
  readonly #fullByCounter = new Set<ItemKind>()
  readonly #roomInSpite = new Set<ItemKind>()
  /** Ciphertext of one push; less after a platform found that too large. */
  #maxBytes = PUSH_MAX_BYTES
  readonly #troubles: RouteTroubles
  /** When each meter was asked last, in this run. */
  readonly #probedAt = new Map<string, number>()
  /** Every meter is asked soon: at the start, and when a person or the network asks for it. */
  #soon = true
  #planTerms: unknown = null
  /** When another plan led to a probe last. */
  #planNewsAt: number | null = null
  /** What a person asked for, to be sent before all else. */
  #asked: number | null = null

  constructor(options: WorkspaceDrainOptions, troubles: RouteTroubles) {
    this.#options = options
    this.#troubles = troubles
    this.#planTerms = options.quota.planTerms(options.workspaceId)
  }

  get releasing(): readonly ItemKind[] {
    return [...this.#releasing]
  }

  /** Pieces of a refused batch are still to be sent. */
  get searching(): boolean {
    return this.#pieces.length > 0
  }

  isReleasing(kind: ItemKind): boolean {
    return this.#releasing.has(kind)
  }

  lastProbeAt(meter: string | null): number | null {
    return this.#probedAt.get(meter ?? '') ?? null
  }

  askSoon(): void {
    this.#soon = true
  }

  ask(sequence: number): void {
    this.#asked = sequence
  }

  /** What came to be known since the last look leads to a probe, or lifts the hold. @throws DiskFullError */
  hearNews(queue: DeliveryQueue): void {
    const { quota, workspaceId, clock } = this.#options
    const now = clock.now()
    const planTerms = quota.planTerms(workspaceId)
    const isOtherPlan = planTerms !== this.#planTerms
    const isBought = isOtherPlan && !isWithinProbeTime(this.#planNewsAt, now)
    if (isBought) this.#planNewsAt = now
    for (const hold of queue.holds()) {
      if (isOtherPlan && hold.meter === SUBSCRIPTION_METER) {
        queue.liftHold(hold.kind)
        this.#releasing.delete(hold.kind)
        continue
      }
      const view = quota.meters(workspaceId).find(({ meter }) => meter === hold.meter)
      const isOtherCounter = view !== undefined && isCounterNews(hold, view)
      if (!isOtherCounter && !isOtherPlan && !this.#soon) continue
      // A plan is bought by a person, who is not kept waiting for a probe of before; a platform whose plan changes all the time is.
      const retryAt = isBought ? Math.min(hold.retryAt, now) : probeSoonAt(hold, this.#lastProbeOf(hold), now)
      if (retryAt === hold.retryAt && !isOtherCounter) continue
      queue.amendHold(hold.kind, { retryAt, ...(view ? { counter: counterSnapshot([view], view.meter) } : {}) })
    }
    this.#planTerms = planTerms
    this.#soon = false
  }

  #lastProbeOf(hold: QuotaHold): number | null {
    return this.lastProbeAt(hold.meter) ?? hold.probedAt
  }

  /** While a push is on its way only more envelopes can be prepared: what is held asks first, and the others go one by one. */
  nextPush(queue: DeliveryQueue, current: { kind: ItemKind; inSpiteOfHold: boolean }): SelectedBatch | null {
    if (current.kind !== 'envelope' || (current.inSpiteOfHold && !this.#releasing.has('envelope')) || this.#pieces.length > 0) return null
    if (this.#asked !== null || this.#troubles.any('envelope')) return null
    return this.#oldest(queue, ['envelope'])
  }

  next(queue: DeliveryQueue): SelectedBatch | null {
    const asked = this.#askedFor(queue)
    if (asked) return asked
    while (this.#pieces.length > 0 && this.#troubles.get('envelopes')?.blocked !== true) {
      const batch = queue.readyAmong(this.#pieces.shift() ?? [])
      if (batch.items.length + batch.flawed.length > 0) return { kind: 'envelope', batch, inSpiteOfHold: false }
    }
    return this.#oldest(queue, itemKind.options)
  }

  /** The batch was refused as a whole: its halves are sent next, until the item at fault is found. */
  split(pieces: readonly (readonly number[])[]): void {
    this.#pieces = [...pieces.map((piece) => [...piece]), ...this.#pieces]
  }

  noteTooLarge(sizeBytes: number): void {
    this.#maxBytes = Math.max(SMALLEST_LIMIT_BYTES, Math.floor(sizeBytes / 2))
  }

  noteRefused(kind: ItemKind): void {
    this.#releasing.delete(kind)
    this.#fullByCounter.delete(kind)
    this.#roomInSpite.delete(kind)
  }

  /** The platform took what was held: the rest follows. If all of it fits, it is simply pending again. */
  noteAdmitted(queue: DeliveryQueue, kind: ItemKind): void {
    const { quota, workspaceId } = this.#options
    const hold = queue.hold(kind)
    if (!hold) return
    if (this.#fullByCounter.delete(kind)) this.#roomInSpite.add(kind)
    const count = queue.count([kind], ['held'])
    const bytes = queue.sizeBytes([kind], ['held'])
    const pushes = kind === 'envelope' ? Math.max(Math.ceil(count / PUSH_MAX_ENVELOPES), Math.ceil(bytes / PUSH_MAX_BYTES)) + 1 : count
    const view = quota.meters(workspaceId).find(({ meter }) => meter === hold.meter)
    if (count === 0 || fitsAll(view, { bytes, pushes }, this.#hasSession())) {
      queue.liftHold(kind)
      this.#releasing.delete(kind)
      this.#roomInSpite.delete(kind)
    } else this.#releasing.add(kind)
  }

  /** Milliseconds until there may be something to send; null: until somebody says so. */
  restMs(queue: DeliveryQueue): number | null {
    const now = this.#options.clock.now()
    const times: number[] = []
    const possible = itemKind.options.filter((kind) => this.#allowed(queue, kind) > 0)
    const due = queue.nextDue(
      possible.filter((kind) => !this.#troubles.any(kind)),
      now,
      BACK_OFF_CAP_MS,
    )
    if (due !== null) times.push(due)
    // What is due already waits for something else, since it was not selected.
    for (const hold of queue.holds()) {
      if (queue.oldest([hold.kind], ['held', 'waiting']) && !isProbeDue(hold, now)) times.push(Math.min(hold.retryAt, now + PROBE_CAP_MS))
    }
    for (const kind of itemKind.options) if (this.#troubles.any(kind)) times.push(...this.#timesInTrouble(queue, kind, possible.includes(kind), now))
    const head = queue.oldest(['envelope'], ['pending'])
    if (head && !this.#troubles.any('envelope')) times.push(head.createdAt + this.#lingerMs())
    return times.length === 0 ? null : Math.max(1, Math.min(...times) - now)
  }

  #oldest(queue: DeliveryQueue, kinds: readonly ItemKind[]): SelectedBatch | null {
    const now = this.#options.clock.now()
    const candidates = kinds.flatMap((kind) => {
      const count = this.#allowed(queue, kind)
      if (count === 0) return []
      const held = queue.hold(kind) !== null
      return (this.#troubles.any(kind) ? this.#inTrouble(queue, kind, held, count, now) : this.#inOrder(queue, kind, held, count, now)) ?? []
    })
    const first = candidates.sort((left, right) => left.sequence - right.sequence)[0]
    if (!first || first.lingers) return null
    const hold = first.held && !this.#releasing.has(first.kind) ? queue.hold(first.kind) : null
    if (hold) this.#probedAt.set(hold.meter ?? '', now)
    return { kind: first.kind, batch: first.batch(), inSpiteOfHold: first.held }
  }

  /** What comes first by the order of writing, with what may travel along. */
  #inOrder(queue: DeliveryQueue, kind: ItemKind, held: boolean, count: number, now: number): Candidate | null {
    const head = queue.oldest([kind], [held ? 'held' : 'pending'])
    const due = queue.due(kind, now, { count: 1, sizeBytes: this.#maxBytes })
    const dueAt = due.items[0]?.item.sequence ?? due.flawed[0]?.sequence
    const isDue = dueAt !== undefined && (!head || dueAt < head.sequence)
    const sequence = isDue ? dueAt : head?.sequence
    if (sequence === undefined) return null
    const limits = { count, sizeBytes: this.#maxBytes }
    return {
      kind,
      sequence,
      held,
      lingers: kind === 'envelope' && !held && !isDue && this.#lingers(queue, now),
      batch: () => (isDue ? queue.due(kind, now, limits) : queue.ready(kind, held ? 'held' : 'pending', limits)),
    }
  }

  /** As far as the routes of this kind are in trouble one write alone is tried; on its other routes all goes on. */
  #inTrouble(queue: DeliveryQueue, kind: ItemKind, held: boolean, count: number, now: number): Candidate | null {
    const alone = (ready: ReadyItem): Candidate => ({
      kind,
      sequence: ready.item.sequence,
      held,
      lingers: false,
      batch: () => ({ items: [ready], flawed: [] }),
    })
    const candidates = routesOf(kind).flatMap((route) => {
      const trouble = this.#troubles.get(route)
      if (trouble?.blocked) {
        const probe = now >= trouble.nextAt ? this.#probe(queue, kind, route, held) : null
        return probe ? [alone(probe)] : []
      }
      const suspect = trouble?.storedLast ? this.#suspect(queue, route, trouble) : null
      if (suspect) return [alone(suspect)]
      // The only route of its kind: the ordinary flow goes on.
      if (kind !== 'setting') return this.#inOrder(queue, kind, held, count, now) ?? []
      const next = this.#waitingOn(queue, kind, route, held).find(({ item }) => item.state !== 'waiting' || (item.nextAt ?? 0) <= now)
      return next ? [alone(next)] : []
    })
    return candidates.sort((left, right) => left.sequence - right.sequence)[0] ?? null
  }

  #probe(queue: DeliveryQueue, kind: ItemKind, route: DeliveryRoute, held: boolean): ReadyItem | null {
    const waiting = this.#waitingOn(queue, kind, route, held)
    const sequence = this.#troubles.probe(
      route,
      waiting.map(({ item }) => item.sequence),
    )
    return waiting.find(({ item }) => item.sequence === sequence) ?? null
  }

  /** What was refused alone before something was stored beside it is tried once more, alone. */
  #suspect(queue: DeliveryQueue, route: DeliveryRoute, { refusedAlone }: Trouble): ReadyItem | null {
    const suspects = [...refusedAlone]
    if (suspects.length === 0 || suspects.length > MOST_ALONE) return null
    const ready = queue.readyAmong(suspects).items
    const gone = suspects.filter((sequence) => !ready.some(({ item }) => item.sequence === sequence))
    if (gone.length > 0) this.#troubles.forget(route, gone)
    return ready[0] ?? null
  }

  /** Oldest first; heads of their lanes, whether their time has come or not. */
  #waitingOn(queue: DeliveryQueue, kind: ItemKind, route: DeliveryRoute, held: boolean): ReadyItem[] {
    const tried = this.#troubles.get(route)?.tried.size ?? 0
    const limits = { count: Math.min(MOST_LOOKED_AT, tried + (kind === 'setting' ? MOST_EDITS : 1)), sizeBytes: ANY_SIZE }
    return [held ? ('held' as const) : ('pending' as const), 'waiting' as const]
      .flatMap((state) => queue.ready(kind, state, limits).items)
      .filter(({ item }) => routeOf(item) === route)
      .sort((left, right) => left.item.sequence - right.item.sequence)
  }

  #timesInTrouble(queue: DeliveryQueue, kind: ItemKind, isAllowed: boolean, now: number): number[] {
    const held = queue.hold(kind) !== null
    return routesOf(kind).flatMap((route) => {
      const waiting = this.#waitingOn(queue, kind, route, held)
      const trouble = this.#troubles.get(route)
      if (waiting.length === 0) {
        // Nothing is left of what was in trouble.
        this.#troubles.over(route)
        return []
      }
      if (!isAllowed) return []
      if (!trouble?.blocked) return waiting.flatMap(({ item }) => (item.nextAt !== null && item.nextAt > now ? [item.nextAt] : []))
      if (trouble.allTried && waiting.some(({ item }) => !trouble.tried.has(item.sequence))) this.#troubles.probeBy(route, now + PROBE_FIRST_MS)
      return [this.#troubles.get(route)?.nextAt ?? now]
    })
  }

  /** A person wants to see it pass: alone, whatever there is to wait for. */
  #askedFor(queue: DeliveryQueue): SelectedBatch | null {
    if (this.#asked === null) return null
    const [ready] = queue.readyAmong([this.#asked]).items
    this.#asked = null
    if (ready) return { kind: ready.item.kind, batch: { items: [ready], flawed: [] }, inSpiteOfHold: queue.hold(ready.item.kind) !== null }
    // It is held: the oldest of its kind asks for all of them.
    const now = this.#options.clock.now()
    const kinds = queue.holds().flatMap((hold) => (isProbeDue(hold, now) ? [hold.kind] : []))
    return kinds.length === 0 ? null : this.#oldest(queue, kinds)
  }

  /** How many items of this kind may be sent in one request now; 0: none, the platform has no room. */
  #allowed(queue: DeliveryQueue, kind: ItemKind): number {
    const { quota, workspaceId, clock } = this.#options
    const most = kind === 'envelope' ? PUSH_MAX_ENVELOPES : 1
    const hold = queue.hold(kind)
    if (!hold) return most
    const head = queue.oldest([kind], ['held', 'waiting'])
    if (!head) return 0
    const view = quota.meters(workspaceId).find(({ meter }) => meter === hold.meter)
    const isFull = view !== undefined && !hasRoom(view, head.sizeBytes, 1, this.#hasSession())
    if (this.#releasing.has(kind)) {
      if (!isFull || this.#roomInSpite.has(kind)) return most
      // Full again, as far as the counters tell. The oldest alone asks once more: its refusal ends the release, and what stays
      // is held with the platform's words and numbers of now, not with those from before the release.
      this.#fullByCounter.add(kind)
      return 1
    }
    if (!isProbeDue(hold, clock.now())) return 0
    if (isFull) this.#fullByCounter.add(kind)
    return isLastPush(view, this.#hasSession()) ? most : 1
  }

  /** A lone new envelope waits a moment for others to share its push. */
  #lingers(queue: DeliveryQueue, now: number): boolean {
    const head = queue.oldest(['envelope'], ['pending'])
    if (!head || queue.count(['envelope'], ['pending']) >= PUSH_MAX_ENVELOPES) return false
    const age = now - head.createdAt
    return age >= 0 && age < this.#lingerMs()
  }

  #lingerMs(): number {
    return this.#options.lingerMs ?? 150
  }

  #hasSession(): boolean {
    return this.#options.sessions.current(this.#options.workspaceId) !== null
  }
}
