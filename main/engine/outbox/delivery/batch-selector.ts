import { meterDraws } from '../../../../shared/billing/meter-draws.ts'
import type { ItemKind } from '../../../../shared/contract/console.ts'
import { PUSH_MAX_BYTES, PUSH_MAX_ENVELOPES } from '../../../../shared/contract/platform.ts'
import { KINDS } from '../queue/rows/codes.ts'
import type { WorkspaceDrainOptions } from './drainer-options.ts'
import type { ReadyBatch } from '../queue/ready-items.ts'
import { BACK_OFF_CAP_MS } from './policy.ts'
import { fitsAll, hasRoom, mayProbe } from './hold-release.ts'

export type SelectedBatch = {
  kind: ItemKind
  picked: ReadyBatch
  /** In spite of a hold: the platform is asked whether it has room again. */
  held: boolean
}

/** The first push after a refusal is a small one, unless pushes themselves are what is short. */
const PROBE_ENVELOPES = 25
const SMALLEST_LIMIT_BYTES = 64 * 1024

/** Chooses what one workspace sends next, and knows when there is nothing to choose. */
export class BatchSelector {
  readonly #parts: WorkspaceDrainOptions
  /** Pieces of a batch that the platform refused as a whole, to be sent next. */
  #pieces: number[][] = []
  /** Kinds of which held items are being sent, since the platform took a probe. */
  readonly #releasing = new Set<ItemKind>()
  /** Ciphertext of one push; less after a platform found that too large. */
  #maxBytes = PUSH_MAX_BYTES

  constructor(parts: WorkspaceDrainOptions) {
    this.#parts = parts
  }

  get releasing(): readonly ItemKind[] {
    return [...this.#releasing]
  }

  /** While a push is on its way only more envelopes can be prepared: what is held asks first, and the others go one by one. */
  nextPush(workspace: number, current: SelectedBatch['kind'], held: boolean): SelectedBatch | null {
    if (current !== 'envelope' || (held && !this.#releasing.has('envelope')) || this.#pieces.length > 0) return null
    return this.#oldest(workspace, ['envelope'])
  }

  next(workspace: number): SelectedBatch | null {
    while (this.#pieces.length > 0) {
      const picked = this.#parts.outbox.parts.readyItems.chosen(workspace, this.#pieces.shift() ?? [])
      if (picked.taken.length + picked.flawed.length > 0) return { kind: 'envelope', picked, held: false }
    }
    return this.#oldest(workspace, KINDS)
  }

  /** The batch was refused as a whole: its halves are sent next, until the item at fault is found. */
  cut(pieces: readonly (readonly number[])[]): void {
    this.#pieces = [...pieces.map((piece) => [...piece]), ...this.#pieces]
  }

  tooLarge(bytes: number): void {
    this.#maxBytes = Math.max(SMALLEST_LIMIT_BYTES, Math.floor(bytes / 2))
  }

  refused(kind: ItemKind): void {
    this.#releasing.delete(kind)
  }

  /** The platform took what was held: the rest follows. If all of it fits, it is simply pending again. */
  admitted(workspace: number, kind: ItemKind): void {
    const { outbox, quota, workspaceId } = this.#parts
    const { holds, readyItems } = outbox.parts
    const hold = holds.find(workspace, kind)
    if (!hold) return
    const count = readyItems.count(workspace, [kind], ['held'])
    const bytes = readyItems.bytes(workspace, [kind], ['held'])
    const pushes = kind === 'envelope' ? Math.max(Math.ceil(count / PUSH_MAX_ENVELOPES), Math.ceil(bytes / PUSH_MAX_BYTES)) + 1 : count
    const view = quota.meters(workspaceId).find(({ meter }) => meter === hold.meter)
    if (count === 0 || fitsAll(view, { bytes, pushes }, this.#hasSession())) {
      holds.open(workspace, kind)
      this.#releasing.delete(kind)
    } else this.#releasing.add(kind)
  }

  /** Milliseconds until there may be something to send; null: until somebody says so. */
  restMs(workspace: number): number | null {
    const { readyItems, holds } = this.#parts.outbox.parts
    const now = this.#parts.clock.now()
    const times: number[] = []
    const possible = KINDS.filter((kind) => this.#allowed(workspace, kind) > 0)
    const due = readyItems.nextDue(workspace, possible, now, BACK_OFF_CAP_MS)
    if (due !== null) times.push(due)
    for (const hold of holds.of(workspace)) if (hold.retryAt !== null && readyItems.head(workspace, [hold.kind], ['held', 'waiting'])) times.push(hold.retryAt)
    const head = readyItems.head(workspace, ['envelope'], ['pending'])
    if (head) times.push(head.createdAt + this.#lingerMs())
    return times.length === 0 ? null : Math.max(1, Math.min(...times) - now)
  }

  #oldest(workspace: number, kinds: readonly ItemKind[]): SelectedBatch | null {
    const { readyItems, holds } = this.#parts.outbox.parts
    const now = this.#parts.clock.now()
    const candidates = kinds.flatMap((kind) => {
      const count = this.#allowed(workspace, kind)
      if (count === 0) return []
      const held = holds.find(workspace, kind) !== null
      const head = readyItems.head(workspace, [kind], [held ? 'held' : 'pending'])
      const due = readyItems.due(workspace, kind, now, 1, this.#maxBytes)
      const dueAt = due.taken[0]?.item.sequence ?? due.flawed[0]?.sequence
      const isDue = dueAt !== undefined && (!head || dueAt < head.sequence)
      const sequence = isDue ? dueAt : head?.sequence
      return sequence === undefined ? [] : [{ kind, count, held, isDue, sequence }]
    })
    const first = candidates.sort((left, right) => left.sequence - right.sequence)[0]
    if (!first || (first.kind === 'envelope' && !first.held && !first.isDue && this.#lingers(workspace, now))) return null
    const { kind, count, held } = first
    const picked = first.isDue
      ? readyItems.due(workspace, kind, now, count, this.#maxBytes)
      : readyItems.ready(workspace, kind, [held ? 'held' : 'pending'], count, this.#maxBytes)
    return { kind, picked, held }
  }

  /** How many items of this kind may be sent in one request now; 0: none, the platform has no room. */
  #allowed(workspace: number, kind: ItemKind): number {
    const { outbox, quota, workspaceId, clock } = this.#parts
    const { readyItems, holds } = outbox.parts
    const most = kind === 'envelope' ? PUSH_MAX_ENVELOPES : 1
    const hold = holds.find(workspace, kind)
    if (!hold) return most
    const head = readyItems.head(workspace, [kind], ['held', 'waiting'])
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
  #lingers(workspace: number, now: number): boolean {
    const { readyItems } = this.#parts.outbox.parts
    const head = readyItems.head(workspace, ['envelope'], ['pending'])
    if (!head || readyItems.count(workspace, ['envelope'], ['pending']) >= PUSH_MAX_ENVELOPES) return false
    const age = now - head.createdAt
    return age >= 0 && age < this.#lingerMs()
  }

  #lingerMs(): number {
    return this.#parts.lingerMs ?? 150
  }

  #hasSession(): boolean {
    return this.#parts.sessions.current(this.#parts.workspaceId) !== null
  }
}
