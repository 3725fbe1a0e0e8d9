import { itemKind, type RouteTrouble } from '../../../../shared/contract/console.ts'
import { asStoreError, DiskFullError } from '../../store/errors.ts'
import type { DeliveryQueue, MarkedItems, PauseReason } from '../queue/delivery-port.ts'
import { BatchSelector, type SelectedBatch } from './batch-selector.ts'
import { type DrainEvent, type DrainState, INITIAL_DRAIN_STATE, transition } from './drain-state.ts'
import type { WorkspaceDrainOptions } from './drainer-options.ts'
import { type InFlightBatch, type PreparedBatch, PushSender, type PushReply, type SentBatch, yieldToEventLoop } from './push-sender.ts'
import { type PushOutcome, PushSettler } from './push-settler.ts'
import { type PushEnvelope, readBatch } from './requests.ts'
import { RetryState } from './retry-state.ts'
import { RouteTroubles } from './route-troubles.ts'

type State = DrainState<PreparedBatch, InFlightBatch, SentBatch>
type Event = DrainEvent<PreparedBatch, InFlightBatch, SentBatch>
type InPhase<Phase extends State['phase']> = Extract<State, { phase: Phase }>

/** A disk that is full, a LanceDB that cannot be read, a session that was lost: tried again after this. */
const TROUBLE_MS = 1_000
const STOP_GRACE_MS = 1_500
/** What cannot be read waits so long: meanwhile its store is mended, and what can be read goes on. */
const UNREADABLE_RETRY_MS = 15_000
const UNREADABLE_WORDS = 'Its ciphertext cannot be read just now. It waits until the stores of this computer are mended; nothing has to be done.'

/**
 * Sends one workspace's queue: one request at a time, the next one prepared meanwhile. What comes after what, drain-state.ts
 * decides; here is what is done in each phase.
 */
export class WorkspaceDrain {
  readonly #options: WorkspaceDrainOptions
  readonly #selector: BatchSelector
  readonly #retryState: RetryState
  readonly #troubles: RouteTroubles
  readonly #sender: PushSender
  readonly #settler: PushSettler
  #state: State = INITIAL_DRAIN_STATE
  #ended: Promise<void> | null = null
  #wakeSleeper: (() => void) | null = null
  /** A person asked since the last answer. */
  #asked = false
  /** Of the push whose answer is there, until its results are written. */
  #answer: { reply: PushReply; outcome: PushOutcome } | null = null

  constructor(options: WorkspaceDrainOptions) {
    this.#options = options
    this.#troubles = new RouteTroubles(options)
    this.#selector = new BatchSelector(options, this.#troubles)
    this.#retryState = new RetryState(options)
    this.#sender = new PushSender(options)
    const parts = { options, selector: this.#selector, retryState: this.#retryState, troubles: this.#troubles }
    this.#settler = new PushSettler(parts, TROUBLE_MS)
  }

  get paused(): PauseReason | null {
    return this.#state.pausedBy
  }

  start(): void {
    this.#ended = this.#run().catch((error: unknown) => this.#options.onFault(this.#options.workspaceId, error))
  }

  get troubles(): RouteTrouble[] {
    return this.#troubles.shown()
  }

  /** A person wants this item tried now: one push leaves at once, whatever was to be waited for, and its answer counts. */
  ask(sequence: number): void {
    // Where nothing keeps it back it leaves with the others.
    if (this.#retryState.blockedMs > 0 || this.#troubles.shown().length > 0 || this.#queue()?.holds().length) this.#selector.ask(sequence)
    this.#retryState.askNow()
    this.#asked = true
    this.wake(false)
  }

  /** `impatient`: the network is back or a person asks, so back-offs end, and meters are asked whether they have room. */
  wake(impatient: boolean): void {
    const queue = this.#queue()
    if (impatient) this.#selector.askSoon()
    if (impatient && queue !== null && this.#retryState.endBackOff()) queue.endBackOffs(this.#options.clock.now())
    this.#happened({ event: 'woken' })
    this.#wakeSleeper?.()
  }

  pause(why: PauseReason): void {
    this.#happened({ event: 'paused', why })
    this.#options.progress.finish()
    this.#options.changed()
  }

  resume(): void {
    this.#happened({ event: 'resumed' })
    this.wake(true)
  }

  /** Items that the drain in hand has still to deliver. */
  left(): number {
    const queue = this.#queue()
    if (queue === null) return 0
    return queue.count(itemKind.options, ['pending', 'sending', 'waiting']) + queue.count(this.#selector.releasing, ['held'])
  }

  /** Resolves when nothing more is written. A request that does not end in time is broken off; its items are sent again later. */
  async stop(): Promise<void> {
    this.#happened({ event: 'stop' })
    this.#wakeSleeper?.()
    const cancel = this.#options.clock.after(this.#options.stopGraceMs ?? STOP_GRACE_MS, () => this.#sender.breakOff())
    await this.#ended
    cancel()
  }

  #happened(event: Event): void {
    this.#state = transition(this.#state, event)
  }

  async #run(): Promise<void> {
    for (let state = this.#state; state.phase !== 'stopped'; state = this.#state) this.#happened(await this.#perform(state))
  }

  /** Does what belongs to a phase, and answers the event that ends it. */
  #perform(state: Exclude<State, { phase: 'stopped' }>): Promise<Event> {
    switch (state.phase) {
      case 'selecting':
        return this.#select()
      case 'resting':
        return this.#rest(state)
      case 'starting':
        return this.#startWith(state)
      case 'in_flight':
        return this.#awaitAnswer(state)
      case 'recording':
        return this.#record(state)
    }
  }

  async #select(): Promise<Event> {
    const queue = this.#queue()
    const mayWork = queue !== null && this.#state.pausedBy === null && this.#retryState.blockedMs === 0
    if (mayWork) this.#hearNews(queue)
    return { event: 'selected', batch: mayWork ? await this.#read(queue, this.#selector.next(queue)) : null }
  }

  /** On a full disk it is heard later. */
  #hearNews(queue: DeliveryQueue): void {
    try {
      this.#selector.hearNews(queue)
    } catch (error) {
      if (!(asStoreError(error) instanceof DiskFullError)) throw error
    }
  }

  async #rest({ until }: InPhase<'resting'>): Promise<Event> {
    const queue = this.#queue()
    if (queue !== null) this.#finishProgress(queue)
    // Whoever hears of the end of a drain may have woken or stopped this one.
    if (until !== 'now' && this.#state.phase === 'resting') {
      if (until === 'woken' || queue === null) await this.#sleep(null)
      else await this.#sleep(this.#retryState.blockedMs || this.#selector.restMs(queue))
    }
    return { event: 'rested' }
  }

  async #startWith({ batch }: InPhase<'starting'>): Promise<Event> {
    const queue = this.#queue()
    const marked = queue === null ? null : await this.#write(() => inFlight(batch, queue.markInFlight(batch)))
    return { event: 'started', current: marked === null || marked.items.length === 0 ? null : await this.#sender.leave(marked) }
  }

  async #awaitAnswer({ current: { batch, reply: answered }, ahead }: InPhase<'in_flight'>): Promise<Event> {
    this.#options.progress.begin(batch.kind, batch.inSpiteOfHold)
    const preparing = this.#prepareMeanwhile(batch, ahead)
    // Its error ends the drain below, when the answer is there; until then nobody listens to it.
    preparing.catch(() => undefined)
    const reply = await answered
    const outcome = this.#settler.settle(batch, reply, this.#state.stopping)
    this.#answer = { reply, outcome }
    const prepared = await preparing
    return { event: 'answered', smooth: outcome.smooth, ...prepared }
  }

  /**
   * While `current` is on its way: the next one is marked and can leave when the answer comes; the one after it is read, and is
   * marked together with the results of `current`, since each transaction waits for the disk.
   */
  async #prepareMeanwhile(current: InFlightBatch, known: InFlightBatch | null): Promise<{ ahead: InFlightBatch | null; toMark: PreparedBatch | null }> {
    // Results were just written: whoever else waits for this thread comes first.
    await yieldToEventLoop()
    const ahead = known ?? this.#markAhead(await this.#readNext(current))
    if (ahead !== null) this.#sender.prepare(ahead)
    return { ahead, toMark: ahead === null ? null : await this.#readNext(current) }
  }

  #markAhead(batch: PreparedBatch | null): InFlightBatch | null {
    const queue = this.#queue()
    if (batch === null || queue === null) return null
    try {
      return notEmpty(inFlight(batch, queue.markInFlight(batch)))
    } catch (error) {
      if (asStoreError(error) instanceof DiskFullError) return null
      throw error
    }
  }

  async #readNext(current: InFlightBatch): Promise<PreparedBatch | null> {
    const queue = this.#queue()
    if (queue === null || this.#state.stopping) return null
    const batch = await this.#read(queue, this.#selector.nextPush(queue, current))
    // What failed together is tried together, and would not be if it came back untried.
    return batch?.items.some(({ item }) => item.state === 'waiting') ? null : batch
  }

  async #read(queue: DeliveryQueue, selected: SelectedBatch | null): Promise<PreparedBatch | null> {
    if (!selected) return null
    const { kind, batch, inSpiteOfHold } = selected
    try {
      const { envelopes, unreadable } =
        kind === 'envelope' ? await readBatch(batch.items, this.#options.reader) : { envelopes: new Map<number, PushEnvelope>(), unreadable: [] }
      const mayComeBack = unreadable.length > 0 && (this.#options.reader.mayComeBack?.() ?? false)
      if (mayComeBack) {
        const { clock } = this.#options
        queue.postpone(
          unreadable.map(({ ready }) => ({ sequence: ready.item.sequence, reason: UNREADABLE_WORDS })),
          clock.now() + UNREADABLE_RETRY_MS,
        )
        this.#happened({ event: 'woken' })
        this.#options.changed()
      }
      this.#reject(queue, [
        ...batch.flawed.map(({ sequence, flaw }) => ({ sequence, reason: `This row of outbox.db is damaged: ${flaw}.` })),
        ...(mayComeBack ? [] : unreadable.map(({ ready, reason }) => ({ sequence: ready.item.sequence, reason }))),
      ])
      const items = kind === 'envelope' ? batch.items.filter(({ item }) => envelopes.has(item.sequence)) : batch.items
      return items.length > 0 ? { kind, items, envelopes, inSpiteOfHold } : null
    } catch {
      // The ciphertext cannot be read just now (LanceDB is being repaired, say), or the disk is full. Nothing was sent.
      this.#retryState.block(TROUBLE_MS)
      return null
    }
  }

  #reject(queue: DeliveryQueue, unsendable: readonly { sequence: number; reason: string }[]): void {
    if (unsendable.length === 0) return
    queue.reject(unsendable, this.#options.clock.now())
    this.#happened({ event: 'woken' })
    this.#options.changed()
  }

  /**
   * The next one leaves before the results of the last one are written: the platform works while this disk does. A crash in
   * between loses results only, and the repeat of a push finds them again as duplicates.
   */
  async #record({ answered: { batch }, leaving, notSent, toMark }: InPhase<'recording'>): Promise<Event> {
    const answer = this.#answer
    const queue = this.#queue()
    if (answer === null || queue === null) throw new Error('there is no answer to record')
    this.#answer = null
    const current = leaving === null ? null : await this.#sender.leave(leaving)
    // News that were true before the next one arrived, so it counts them as known when it left.
    this.#tellCounters(answer.reply)
    if (current !== null) current.batch.meters = this.#sender.metersNow()
    const marked = await this.#write(() => this.#writeResults(queue, batch, answer.outcome, notSent, toMark))
    this.#afterwards(queue, batch, answer.outcome)
    return { event: 'recorded', current, ahead: marked === null || toMark === null ? null : notEmpty(inFlight(toMark, marked)) }
  }

  #writeResults(
    queue: DeliveryQueue,
    batch: InFlightBatch,
    outcome: PushOutcome,
    notSent: InFlightBatch | null,
    next: PreparedBatch | null,
  ): MarkedItems | null {
    const now = this.#options.clock.now()
    const { kind, pushNo } = batch
    const { results, unanswered } = outcome
    const hold = this.#settler.holdOf(batch, outcome, queue.hold(kind), now)
    return queue.record({ kind, pushNo, deviceId: batch.push?.deviceId ?? null, results, notSent: notSent?.items ?? [], unanswered, hold, next }, now)
  }

  #tellCounters(reply: PushReply): void {
    const { onCounters, workspaceId } = this.#options
    if ('push' in reply) {
      if (reply.push.kind === 'ok') onCounters(workspaceId, reply.push.value.counters, reply.push.value.device ?? null)
    } else if (reply.single.kind === 'ok' && reply.single.value.counters) onCounters(workspaceId, reply.single.value.counters, null)
  }

  #afterwards(queue: DeliveryQueue, batch: InFlightBatch, { results, smooth, opened }: PushOutcome): void {
    const { workspaceId, progress, onPaused, clock } = this.#options
    const deliveredCount = results.filter(({ decision }) => decision.next === 'delivered').length
    // What a person asked for was taken: the others need not wait either, whatever time was named before.
    if (this.#asked && deliveredCount > 0) queue.endWaits(clock.now())
    else if (opened) queue.endBackOffs(clock.now())
    this.#asked = false
    progress.add(batch.kind, deliveredCount)
    const decisions = new Set(results.map(({ decision }) => decision))
    if ([...decisions].some(({ next }) => next === 'held')) this.#selector.noteRefused(batch.kind)
    else if (smooth && batch.inSpiteOfHold) this.#selector.noteAdmitted(queue, batch.kind)
    queue.announceDrained()
    const paused = [...decisions].find((decision) => decision.next === 'paused')
    if (paused?.next !== 'paused') return
    this.pause(paused.why)
    onPaused(workspaceId, paused.why)
  }

  /** Nothing is left to send, but for what waits after a failure of its own. */
  #finishProgress(queue: DeliveryQueue): void {
    const { progress, emit, workspaceId, changed } = this.#options
    const stuck = this.#retryState.failuresInRow > 0 ? queue.count(itemKind.options, ['waiting']) : 0
    if (!progress.active || queue.count(itemKind.options, ['pending']) + stuck > 0) return
    const releasing = progress.releasing
    progress.finish()
    changed()
    if (!releasing || progress.released === 0) return
    const heldAgainCount = queue.count(itemKind.options, ['held'])
    const heldBy = heldAgainCount > 0 ? ((queue.hold('envelope') ?? queue.holds()[0])?.meter ?? null) : null
    emit({ event: 'release.finished', payload: { workspaceId, deliveredCount: progress.released, heldAgainCount, heldBy } })
  }

  /** While the disk is full nothing is sent, and what is known is written as soon as there is room: no result is forgotten. */
  async #write<T>(work: () => T): Promise<T | null> {
    for (;;) {
      try {
        return work()
      } catch (error) {
        if (!(asStoreError(error) instanceof DiskFullError)) throw error
        if (this.#state.stopping) return null
        await this.#sleep(TROUBLE_MS)
      }
    }
  }

  /** Null: until somebody wakes it. */
  async #sleep(ms: number | null): Promise<void> {
    await new Promise<void>((resolve) => {
      const cancel = ms === null ? null : this.#options.clock.after(ms, () => this.#wakeSleeper?.())
      this.#wakeSleeper = () => {
        this.#wakeSleeper = null
        cancel?.()
        resolve()
      }
    })
  }

  #queue(): DeliveryQueue | null {
    return this.#options.outbox.deliveryQueue(this.#options.workspaceId)
  }
}

function inFlight(batch: PreparedBatch, { items, pushNo }: MarkedItems): InFlightBatch {
  return { ...batch, items, pushNo, meters: [], push: null }
}

function notEmpty(batch: InFlightBatch): InFlightBatch | null {
  return batch.items.length > 0 ? batch : null
}
