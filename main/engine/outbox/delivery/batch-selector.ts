import { meterDraws } from '../../../../shared/billing/meter-draws.ts'
import { type ItemKind, itemKind } from '../../../../shared/contract/console.ts'
import { PUSH_MAX_BYTES, PUSH_MAX_ENVELOPES } from '../../../../shared/contract/platform.ts'
import type { DeliveryQueue, ReadyBatch } from '../queue/delivery-port.ts'
import type { WorkspaceDrainOptions } from './drainer-options.ts'
import { fitsAll, hasRoom, mayProbe } from './hold-release.ts'
import { BACK_OFF_CAP_MS } from './policy.ts'

export type SelectedBatch = {
  kind: ItemKind
  batch: ReadyBatch
  /** In spite of a hold: the platform is asked whether it has room again. */
  inSpiteOfHold: boolean
}

/** The first push after a refusal is a small one, unless pushes themselves are what is short. */
const PROBE_ENVELOPES = 25
const SMALLEST_LIMIT_BYTES = 64 * 1024

/** Selects what one workspace sends next, and knows when there is nothing to select. */
export class BatchSelector {
  readonly #options: WorkspaceDrainOptions
  /** Pieces of a batch that the platform refused as a whole, to be sent next. */
  #pieces: number[][] = []
  /** Kinds of which held items are being sent, since the platform took a probe. */
  readonly #releasing = new Set<ItemKind>()
  /** Ciphertext of one push; less after a platform found that too large. */
  #maxBytes = PUSH_MAX_BYTES

  constructor(options: WorkspaceDrainOptions) {
    this.#options = options
  }

  get releasing(): readonly ItemKind[] {
    return [...this.#releasing]
  }

  /** While a push is on its way only more envelopes can be prepared: what is held asks first, and the others go one by one. */
  nextPush(queue: DeliveryQueue, current: { kind: ItemKind; inSpiteOfHold: boolean }): SelectedBatch | null {
    if (current.kind !== 'envelope' || (current.inSpiteOfHold && !this.#releasing.has('envelope')) || this.#pieces.length > 0) return null
    return this.#oldest(queue, ['envelope'])
  }

  next(queue: DeliveryQueue): SelectedBatch | null {
    while (this.#pieces.length > 0) {
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
  }

  /** The platform took what was held: the rest follows. If all of it fits, it is simply pending again. */
  noteAdmitted(queue: DeliveryQueue, kind: ItemKind): void {
    const { quota, workspaceId } = this.#options
    const hold = queue.hold(kind)
    if (!hold) return
    const count = queue.count([kind], ['held'])
    const bytes = queue.sizeBytes([kind], ['held'])
    const pushes = kind === 'envelope' ? Math.max(Math.ceil(count / PUSH_MAX_ENVELOPES), Math.ceil(bytes / PUSH_MAX_BYTES)) + 1 : count
    const view = quota.meters(workspaceId).find(({ meter }) => meter === hold.meter)
    if (count === 0 || fitsAll(view, { bytes, pushes }, this.#hasSession())) {
      queue.liftHold(kind)
      this.#releasing.delete(kind)
    } else this.#releasing.add(kind)
  }

  /** Milliseconds until there may be something to send; null: until somebody says so. */
  restMs(queue: DeliveryQueue): number | null {
    const now = this.#options.clock.now()
    const times: number[] = []
    const possible = itemKind.options.filter((kind) => this.#allowed(queue, kind) > 0)
    const due = queue.nextDue(possible, now, BACK_OFF_CAP_MS)
    if (due !== null) times.push(due)
    for (const hold of queue.holds()) if (hold.retryAt !== null && queue.oldest([hold.kind], ['held', 'waiting'])) times.push(hold.retryAt)
    const head = queue.oldest(['envelope'], ['pending'])
    if (head) times.push(head.createdAt + this.#lingerMs())
    return times.length === 0 ? null : Math.max(1, Math.min(...times) - now)
  }

  #oldest(queue: DeliveryQueue, kinds: readonly ItemKind[]): SelectedBatch | null {
    const now = this.#options.clock.now()
    const candidates = kinds.flatMap((kind) => {
      const count = this.#allowed(queue, kind)
      if (count === 0) return []
      const held = queue.hold(kind) !== null
      const head = queue.oldest([kind], [held ? 'held' : 'pending'])
      const due = queue.due(kind, now, { count: 1, sizeBytes: this.#maxBytes })
      const dueAt = due.items[0]?.item.sequence ?? due.flawed[0]?.sequence
      const isDue = dueAt !== undefined && (!head || dueAt < head.sequence)
      const sequence = isDue ? dueAt : head?.sequence
      return sequence === undefined ? [] : [{ kind, count, held, isDue, sequence }]
    })
    const first = candidates.sort((left, right) => left.sequence - right.sequence)[0]
    if (!first || (first.kind === 'envelope' && !first.held && !first.isDue && this.#lingers(queue, now))) return null
    const { kind, count, held } = first
    const limits = { count, sizeBytes: this.#maxBytes }
    const batch = first.isDue ? queue.due(kind, now, limits) : queue.ready(kind, held ? 'held' : 'pending', limits)
    return { kind, batch, inSpiteOfHold: held }
  }

  /** How many items of this kind may be sent in one request now; 0: none, the platform has no room. */
  #allowed(queue: DeliveryQueue, kind: ItemKind): number {
    const { quota, workspaceId, clock } = this.#options
    const most = kind === 'envelope' ? PUSH_MAX_ENVELOPES : 1
    const hold = queue.hold(kind)
    if (!hold) return most
    const head = queue.oldest([kind], ['held', 'waiting'])
    if (!head) return 0
    const meters = quota.meters(workspaceId)
    const view = meters.find(({ meter }) => meter === hold.meter)
    if (this.#releasing.has(kind)) {
      // Full again, as far as the counters tell. The oldest alone asks once more: its refusal ends the release, and what stays
      // is held with the platform's words and numbers of now, not with those from before the release.
      return !view || hasRoom(view, head.sizeBytes, 1, this.#hasSession()) ? most : 1
    }
    if (!mayProbe(hold, head, meters, this.#hasSession(), clock.now())) return 0
    const isProbeDear = view !== undefined && meterDraws[view.draws].countsPushes && !hasRoom(view, 0, PROBE_ENVELOPES, this.#hasSession())
    return isProbeDear ? most : Math.min(most, PROBE_ENVELOPES)
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
