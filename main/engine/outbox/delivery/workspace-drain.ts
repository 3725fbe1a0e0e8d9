import { asStoreError, DiskFullError } from '../../store/errors.ts'
import type { Answer } from '../../sync/client/answer.ts'
import { BatchSelector, type SelectedBatch } from './batch-selector.ts'
import { KINDS } from '../queue/rows/codes.ts'
import type { WorkspaceDrainOptions } from './drainer-options.ts'
import { RetryState } from './retry-state.ts'
import type { Decision, PauseReason } from './policy.ts'
import { counterSnapshot, slowRetryAt } from './hold-release.ts'
import { decideResults, decideWhole, type PushEnvelope, readBatch } from './requests.ts'
import { type InFlightBatch, nextTurn, type Reply, PushSender, type PreparedBatch } from './push-sender.ts'
import type { SettledItem } from '../queue/item-transitions.ts'
import { halves } from './batch-splitting.ts'

/** `smooth`: the platform took it, and the next one may follow at once. `unanswered`: it may have taken it, and nobody knows. */
type Outcome = { settled: SettledItem[]; smooth: boolean; unanswered?: boolean }

/** A disk that is full, a LanceDB that cannot be read, a session that was lost: tried again after this. */
const TROUBLE_MS = 1_000
/** A session cannot be lost more often in a row; then the platform means something else. */
const MAX_LOST_SESSIONS = 3
const STOP_GRACE_MS = 1_500
const SESSION_LOST: ReadonlySet<string> = new Set(['session_expired', 'session_unknown', 'session_closed', 'session_not_found'])

/** Sends one workspace's queue: one request at a time, the next one prepared meanwhile. */
export class WorkspaceDrain {
  readonly #parts: WorkspaceDrainOptions
  readonly #choosing: BatchSelector
  readonly #failures: RetryState
  readonly #sending: PushSender
  #paused: PauseReason | null = null
  #stopping = false
  #ended: Promise<void> | null = null
  #wake: (() => void) | null = null
  #wakeWanted = false
  #lastPushNo = 0
  #lostSessions = 0

  constructor(parts: WorkspaceDrainOptions) {
    this.#parts = parts
    this.#choosing = new BatchSelector(parts)
    this.#failures = new RetryState(parts)
    this.#sending = new PushSender(parts)
  }

  get paused(): PauseReason | null {
    return this.#paused
  }

  start(): void {
    this.#ended = this.#run().catch((error: unknown) => this.#parts.onFault(error, this.#parts.workspaceId))
  }

  /** `impatient`: the network is back or a person asks, so back-offs end. */
  wake(impatient: boolean): void {
    const workspace = this.#workspace()
    if (impatient && workspace !== null && this.#failures.forgive()) this.#parts.outbox.parts.readyItems.dueNow(workspace, this.#parts.clock.now())
    this.#wakeWanted = true
    this.#wake?.()
  }

  pause(why: PauseReason): void {
    this.#paused = why
    this.#parts.progress.finish()
    this.#parts.changed()
  }

  resume(): void {
    this.#paused = null
    this.wake(true)
  }

  /** Items that the drain in hand has still to deliver. */
  left(): number {
    const workspace = this.#workspace()
    if (workspace === null) return 0
    const { readyItems } = this.#parts.outbox.parts
    return readyItems.count(workspace, KINDS, ['pending', 'sending', 'waiting']) + readyItems.count(workspace, this.#choosing.releasing, ['held'])
  }

  /** Resolves when nothing more is written. A request that does not end in time is broken off; its items are sent again later. */
  async stop(): Promise<void> {
    this.#stopping = true
    this.#wake?.()
    const cancel = this.#parts.clock.after(this.#parts.stopGraceMs ?? STOP_GRACE_MS, () => this.#sending.breakOff())
    await this.#ended
    cancel()
  }

  async #run(): Promise<void> {
    while (!this.#stopping) {
      this.#wakeWanted = false
      const workspace = this.#workspace()
      const mayWork = workspace !== null && this.#paused === null && this.#failures.blockedMs === 0
      const work = mayWork ? await this.#prepare(this.#choosing.next(workspace)) : null
      if (work) await this.#drainFrom(work)
      else await this.#rest()
    }
  }

  /**
   * Sends `first`, and then what was prepared and marked meanwhile, for as long as the platform takes everything. The
   * next one leaves before the results of the last one are written: the platform works while this disk does. A crash in
   * between loses results only, and the repeat of a push finds them again as duplicates.
   */
  async #drainFrom(first: PreparedBatch): Promise<void> {
    let going = await this.#write(() => this.#markSending(first))
    let next: InFlightBatch | null = null
    let sent = going === null || going.work.taken.length === 0 ? null : await this.#sending.leave(going)
    while (going !== null && sent !== null) {
      this.#parts.progress.begin(going.work.kind, going.work.held)
      const preparing = this.#prepareMeanwhile(going.work, next)
      // Its error ends the drain below, when the answer is there; until then nobody listens to it.
      preparing.catch(() => undefined)
      const answered = await sent.reply
      const outcome = this.#decide(going, answered)
      const prepared = await preparing
      const leaves = prepared.next !== null && outcome.smooth && !this.#stopping && this.#paused === null
      sent = leaves && prepared.next !== null ? await this.#sending.leave(prepared.next) : null
      // News that were true before the next one arrived, so it counts them as known when it left.
      this.#tellCounters(answered)
      if (leaves && prepared.next !== null) prepared.next.meters = this.#sending.metersNow()
      const done = going
      const marked = await this.#write(() => {
        this.#settle(done, outcome, leaves ? null : prepared.next)
        return leaves && prepared.after !== null ? this.#markSending(prepared.after) : null
      })
      this.#afterwards(done.work, outcome)
      going = leaves ? prepared.next : null
      next = marked !== null && marked.work.taken.length > 0 ? marked : null
    }
  }

  /**
   * While `current` is on its way: `next` is marked and can leave when the answer comes; `after` is read, and is marked
   * together with the results of `current`, since each transaction waits for the disk.
   */
  async #prepareMeanwhile(current: PreparedBatch, next: InFlightBatch | null): Promise<{ next: InFlightBatch | null; after: PreparedBatch | null }> {
    // Results were just written: whoever else waits for this thread comes first.
    await nextTurn()
    const marked = next ?? this.#markAhead(await this.#prepareNext(current))
    if (marked !== null) this.#sending.writeDown(marked)
    return { next: marked, after: marked === null ? null : await this.#prepareNext(current) }
  }

  #markAhead(work: PreparedBatch | null): InFlightBatch | null {
    if (work === null) return null
    try {
      const going = this.#parts.outbox.parts.writer.write(() => this.#markSending(work))
      return going.work.taken.length > 0 ? going : null
    } catch (error) {
      if (asStoreError(error) instanceof DiskFullError) return null
      throw error
    }
  }

  async #prepareNext(current: PreparedBatch): Promise<PreparedBatch | null> {
    const workspace = this.#workspace()
    if (workspace === null || this.#stopping) return null
    const work = await this.#prepare(this.#choosing.nextPush(workspace, current.kind, current.held))
    // What failed together is tried together, and would not be if it came back untried.
    return work?.taken.some(({ item }) => item.state === 'waiting') ? null : work
  }

  async #prepare(chosen: SelectedBatch | null): Promise<PreparedBatch | null> {
    if (!chosen) return null
    const { kind, picked, held } = chosen
    try {
      const { envelopes, unreadable } =
        kind === 'envelope' ? await readBatch(picked.taken, this.#parts.reader) : { envelopes: new Map<number, PushEnvelope>(), unreadable: [] }
      this.#setAside([
        ...picked.flawed.map(({ sequence, flaw }) => ({ sequence, reason: `This row of outbox.db is damaged: ${flaw}.` })),
        ...unreadable.map(({ taken, reason }) => ({ sequence: taken.item.sequence, reason })),
      ])
      const taken = kind === 'envelope' ? picked.taken.filter(({ item }) => envelopes.has(item.sequence)) : picked.taken
      return taken.length > 0 ? { kind, taken, envelopes, held } : null
    } catch {
      // The ciphertext cannot be read just now (LanceDB is being repaired, say), or the disk is full. Nothing was sent.
      this.#failures.block(TROUBLE_MS)
      return null
    }
  }

  #setAside(bad: readonly { sequence: number; reason: string }[]): void {
    if (bad.length === 0) return
    const { writer, transitions } = this.#parts.outbox.parts
    writer.write(() => {
      for (const { sequence, reason } of bad) transitions.setAside(sequence, reason, this.#parts.clock.now())
    })
    this.#wakeWanted = true
    this.#parts.changed()
  }

  #markSending(work: PreparedBatch): InFlightBatch {
    const pushNo = this.#newNumber()
    const taken = this.#parts.outbox.parts.transitions.sending(work.taken, pushNo, work.held)
    return { work: { ...work, taken }, pushNo, meters: [], written: null }
  }

  /** Rises with time, so that numbers of an earlier run of the engine are not used again. */
  #newNumber(): number {
    this.#lastPushNo = Math.max(this.#lastPushNo + 1, this.#parts.clock.now())
    return this.#lastPushNo
  }

  #tellCounters(reply: Reply): void {
    const { onCounters, workspaceId } = this.#parts
    if ('push' in reply) {
      if (reply.push.kind === 'ok') onCounters(workspaceId, reply.push.value.counters, reply.push.value.device ?? null)
    } else if (reply.single.kind === 'ok' && reply.single.value.counters) onCounters(workspaceId, reply.single.value.counters, null)
  }

  #decide({ work, pushNo }: InFlightBatch, reply: Reply): Outcome {
    const { clock, random } = this.#parts
    const now = clock.now()
    const answer: Answer<unknown> = 'push' in reply ? reply.push : reply.single
    const unanswered = answer.kind === 'unreachable' || (answer.kind === 'error' && (answer.status >= 500 || answer.status === 408))
    if (answer.kind === 'unreachable' && answer.reason === 'aborted' && this.#stopping) return { ...all(work, { next: 'again' }), unanswered }
    if (this.#isSessionLost(answer)) return all(work, { next: 'again' })
    if ('push' in reply && reply.push.kind === 'ok') {
      const settled = decideResults(work.taken, reply.push, now, random)
      this.#failures.succeeded(work.taken)
      return { settled, smooth: settled.every(({ decision }) => decision.next === 'delivered' || decision.next === 'rejected') }
    }
    const decision = decideWhole(work.taken, answer, now, random)
    if (decision.next === 'paused') return all(work, decision)
    if (decision.next === 'waiting')
      return { settled: this.#failures.failed(work.taken, decision, pushNo, now, () => this.#newNumber()), smooth: false, unanswered }
    this.#failures.succeeded(work.taken)
    if (decision.next === 'rejected' && work.taken.length > 1) {
      if (decision.status === 413) this.#choosing.tooLarge(work.taken.reduce((sum, { item }) => sum + item.sizeBytes, 0))
      this.#choosing.cut(halves(work.taken).map((half) => half.map(({ item }) => item.sequence)))
      return all(work, { next: 'again' })
    }
    return { ...all(work, decision), smooth: decision.next === 'delivered' }
  }

  #isSessionLost(answer: Answer<unknown>): boolean {
    if (answer.kind !== 'error' || !SESSION_LOST.has(answer.error?.code ?? '')) {
      this.#lostSessions = 0
      return false
    }
    this.#lostSessions += 1
    if (this.#lostSessions > MAX_LOST_SESSIONS) return false
    this.#parts.sessions.noteLost(this.#parts.workspaceId)
    this.#failures.block(TROUBLE_MS)
    return true
  }

  /** `stays`: what was marked to go next, and does not. */
  #settle({ work, pushNo, meters }: InFlightBatch, outcome: Outcome, stays: InFlightBatch | null): void {
    const { outbox, clock, quota, random, workspaceId } = this.#parts
    const { transitions, holds, pushLog } = outbox.parts
    const workspace = this.#workspace()
    if (workspace === null) return
    const now = clock.now()
    transitions.settle(outcome.settled, now)
    // Before a meter is closed: that takes along whatever is pending then.
    if (stays) transitions.notSent(stays.work.taken, now)
    if (work.kind === 'envelope') {
      for (const no of storingPushes(outcome.settled, pushNo)) pushLog.record(workspace, now, no)
      if (outcome.unanswered) pushLog.recordUnanswered(workspace, now, pushNo)
    }
    const refused = outcome.settled.find(({ decision }) => decision.next === 'held')?.decision
    if (refused?.next !== 'held') return
    const { refusal } = refused
    holds.close(workspace, work.kind, refusal, now, counterSnapshot(meters, refusal.meter), slowRetryAt(quota.meters(workspaceId), refusal.meter, now, random))
  }

  /** While the disk is full nothing is sent, and what is known is written as soon as there is room: no result is forgotten. */
  async #write<T>(work: () => T): Promise<T | null> {
    for (;;) {
      try {
        return this.#parts.outbox.parts.writer.write(work)
      } catch (error) {
        if (!(asStoreError(error) instanceof DiskFullError)) throw error
        if (this.#stopping) return null
        await this.#sleep(TROUBLE_MS)
      }
    }
  }

  #afterwards(work: PreparedBatch, { settled, smooth }: Outcome): void {
    const { outbox, workspaceId, progress, onPaused } = this.#parts
    const workspace = this.#workspace()
    progress.add(work.kind, settled.filter(({ decision }) => decision.next === 'delivered').length)
    const decisions = new Set(settled.map(({ decision }) => decision))
    if ([...decisions].some(({ next }) => next === 'held')) this.#choosing.refused(work.kind)
    else if (smooth && work.held && workspace !== null) this.#choosing.admitted(workspace, work.kind)
    outbox.parts.announce(workspaceId, 'drained')
    const paused = [...decisions].find((decision) => decision.next === 'paused')
    if (paused?.next !== 'paused') return
    this.pause(paused.why)
    onPaused(workspaceId, paused.why)
  }

  async #rest(): Promise<void> {
    const workspace = this.#workspace()
    if (workspace !== null) this.#finishProgress(workspace)
    if (this.#wakeWanted || this.#stopping) return
    if (workspace === null || this.#paused !== null) await this.#sleep(null)
    else await this.#sleep(this.#failures.blockedMs || this.#choosing.restMs(workspace))
  }

  /** Nothing is left to send, but for what waits after a failure of its own. */
  #finishProgress(workspace: number): void {
    const { progress, outbox, emit, workspaceId, changed } = this.#parts
    const { readyItems, holds } = outbox.parts
    const stuck = this.#failures.inRow > 0 ? readyItems.count(workspace, KINDS, ['waiting']) : 0
    if (!progress.active || readyItems.count(workspace, KINDS, ['pending']) + stuck > 0) return
    const releasing = progress.releasing
    progress.finish()
    changed()
    if (!releasing || progress.released === 0) return
    const heldAgainCount = readyItems.count(workspace, KINDS, ['held'])
    const heldBy = heldAgainCount > 0 ? ((holds.find(workspace, 'envelope') ?? holds.of(workspace)[0])?.meter ?? null) : null
    emit({ event: 'release.finished', payload: { workspaceId, deliveredCount: progress.released, heldAgainCount, heldBy } })
  }

  /** Null: until somebody wakes it. */
  async #sleep(ms: number | null): Promise<void> {
    await new Promise<void>((resolve) => {
      const cancel = ms === null ? null : this.#parts.clock.after(ms, () => this.#wake?.())
      this.#wake = () => {
        this.#wake = null
        cancel?.()
        resolve()
      }
    })
  }

  #workspace(): number | null {
    return this.#parts.outbox.parts.workspaceNo(this.#parts.workspaceId)
  }
}

function all(work: PreparedBatch, decision: Decision): Outcome {
  return { settled: work.taken.map((taken) => ({ taken, decision })), smooth: false }
}

/** A duplicate was stored by an earlier push whose answer was lost: that one was the sync operation. */
function storingPushes(settled: readonly SettledItem[], pushNo: number): Set<number> {
  const numbers = new Set<number>()
  for (const { taken, decision } of settled) {
    if (decision.next !== 'delivered') continue
    const storedBy = decision.duplicate ? taken.pushNoBefore : pushNo
    if (storedBy != null) numbers.add(storedBy)
  }
  return numbers
}
