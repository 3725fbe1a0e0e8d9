import { randomUUID } from 'node:crypto'
import type { Connection } from '../../../../shared/contract/console.ts'
import type { Clock, Random } from '../../base/clock.ts'
import type { Announcer } from './announcer.ts'
import { connectDelayMs, pollDelayMs } from '../client/backoff.ts'
import { Bell } from './bell.ts'
import type { Documents } from '../documents/documents.ts'
import type { HistoryComparison } from './history-comparison.ts'
import { listenToEvents } from './event-stream.ts'
import type { HttpPlatformClient } from '../client/http-platform-client.ts'
import { type Pulled, pullChanges, readDirectly } from './puller.ts'
import { QuestionPace } from './question-pace.ts'
import { isAnotherPlatform } from '../accounts/accounts.ts'
import type { Instances } from '../accounts/instances.ts'
import { SessionLease } from '../accounts/session-lease.ts'
import { sleep } from '../../base/sleep.ts'
import { type Trouble, troubleOf } from '../client/trouble.ts'
import type { WorkspaceRecord, WorkspaceRegistry } from '../accounts/workspace-registry.ts'

export type WorkspaceSyncParts = {
  workspaceId: string
  client: HttpPlatformClient
  registry: WorkspaceRegistry
  documents: Documents
  /** Who this computer is to this platform. */
  deviceId(): string
  announcer: Announcer
  /** This start of the console, and those before it. */
  instances: Pick<Instances, 'current' | 'earlier'>
  /** Another data folder has run as this device: after it, `deviceId` is another one. */
  onForked(): void
  /** Compares what was delivered with what the platform has. */
  histories: HistoryComparison
  clock: Clock
  random: Random
  /** Counters are in the cache, new ones or those of the last visit. */
  onCounters(): void
  /** Connected and read up to date: what waits may leave. */
  onOnline(): void
  /** Documents of these topics changed. */
  onChanged(topics: ReadonlySet<string>): void
  /** Name, role or capabilities are others than before. */
  onFacts(): void
  /** A file of this computer could not be read or written. */
  onFault(error: unknown): void
}

type Reason = 'kick' | 'poke' | 'stream' | 'session' | 'suspend' | 'resume' | 'stop'

/** A burst of pokes (one a push) makes one question. */
const DEBOUNCE_MS = 30
const MIN_GAP_MS = 250
/** Pokes that lead to nothing: without progress at most two questions a second (shared/contract/README.md, "Answers that may be wrong"). */
const IDLE_GAP_MS = 500
/** A stream may be alive and deaf: however live it is, the feed itself is asked this often (shared/contract/README.md, "Streams and heartbeats"). */
const ASK_AT_LEAST_MS = 300_000
/** Without a feed there is nothing to be poked about. */
const DIRECT_POLL_MS = 60_000
/** A platform that has no event stream is asked again, but not often. */
const NO_STREAM_RETRY_MS = 300_000
const STREAM_RETRY_CAP_MS = 60_000
/** A stream that lived this long was a good one: its end starts the back-off anew. */
const STREAM_PROVEN_MS = 10_000

/**
 * Keeps one workspace up to date, by itself and for ever: connect, read the changes, then listen and read again at each
 * poke, or poll while the stream is down. Each workspace has its own loop, so that a slow or refused one delays no other.
 */
export class WorkspaceSync {
  readonly #parts: WorkspaceSyncParts
  readonly #bell: Bell<Reason>
  readonly #session: SessionLease
  readonly #pace: QuestionPace
  #abort = new AbortController()
  #running: Promise<void> | null = null
  #stopped = false
  #suspended = false
  /** Everything is read anew, because the platform went back: what is shown is of a history that is no more. */
  #isAnew = false
  /** Whether the last reading changed anything here. */
  #broughtNews = false
  #state: Pick<Connection, 'state' | 'detail' | 'live' | 'retryAt'> = { state: 'connecting', detail: null, live: 'off', retryAt: null }

  constructor(parts: WorkspaceSyncParts) {
    this.#parts = parts
    this.#bell = new Bell(parts.clock)
    this.#pace = new QuestionPace(parts.clock)
    this.#session = new SessionLease({ ...parts, becomeAnotherDevice: (signal) => this.#becomeAnotherDevice(signal) })
  }

  get connection(): Connection {
    const { documents, client, workspaceId } = this.#parts
    return {
      ...this.#state,
      detail: this.#state.detail ?? this.#session.refusal?.message ?? null,
      asOf: documents.asOf(workspaceId),
      isAgeUnknown: documents.asOfInFuture(workspaceId) !== null,
      clockOffsetMs: client.clockOffsetMs(workspaceId),
    }
  }

  get session(): SessionLease {
    return this.#session
  }

  start(): void {
    this.#running ??= this.#run()
  }

  /** Tries again at once, or reads the changes at once. */
  kick(): void {
    this.#bell.ring('kick')
  }

  sessionLost(): void {
    this.#session.noteLost()
    this.#bell.ring('session')
  }

  /** Counters came from beside the feed. */
  countersMoved(): void {
    if (this.#session.refusal === null) return
    this.#session.reconsider()
    this.#bell.ring('session')
  }

  /** The computer goes to sleep: nothing is asked until `resume`. */
  suspend(): void {
    this.#suspended = true
    this.#bell.ring('suspend')
    this.#abort.abort()
  }

  resume(): void {
    this.#suspended = false
    this.#bell.ring('resume')
  }

  /** Ends the loop and gives the session free. Resolves within some two seconds, whatever the platform does. */
  async stop(): Promise<void> {
    if (this.#stopped) return
    this.#stopped = true
    this.#bell.ring('stop')
    this.#abort.abort()
    await this.#running
    await this.#session.close()
    this.#parts.announcer.stop()
  }

  async #run(): Promise<void> {
    let failures = 0
    while (!this.#stopped) {
      if (this.#suspended) {
        this.#publish({ state: 'offline', detail: 'This computer sleeps.', live: 'off', retryAt: null })
        await this.#bell.wait(null, ['resume', 'stop'])
        failures = 0
        continue
      }
      this.#abort = new AbortController()
      const trouble = await this.#visit(this.#abort.signal, () => {
        failures = 0
      }).catch((error: unknown) => this.#storeTrouble(error))
      // What still runs in the background of this visit ends with it.
      this.#abort.abort()
      if (this.#stopped || this.#suspended || trouble === null) continue
      const { clock, random } = this.#parts
      const waitMs = trouble.retry === null ? null : connectDelayMs(failures, trouble.retry.afterMs, random)
      failures += 1
      this.#publish({ state: trouble.state, detail: trouble.detail, live: 'off', retryAt: waitMs === null ? null : clock.now() + waitMs })
      const heard = await this.#bell.wait(waitMs, ['kick', 'suspend', 'stop'])
      if (heard.has('kick')) {
        failures = 0
        // What only a person can mend stays on the screen until it is: a form that vanishes for a moment loses what was typed into it.
        if (trouble.retry !== null) this.#publish({ state: 'connecting', detail: null, live: 'off', retryAt: null })
      }
    }
  }

  /** What the platform said could not be kept: the disk is full, or a file is damaged. It is asked again later, and the loop goes on. */
  #storeTrouble(error: unknown): Trouble {
    this.#parts.onFault(error)
    return { state: 'problem', detail: 'What the platform answered could not be stored on this computer.', retry: { afterMs: null } }
  }

  /** From connecting to the first trouble; null when it was ended from outside. */
  async #visit(signal: AbortSignal, onConnected: () => void): Promise<Trouble | null> {
    const connected = await this.#connect(signal)
    if ('trouble' in connected) return connected.trouble
    const { workspace } = connected
    const first = await this.#read(workspace, signal, true)
    if (first !== null) return first
    onConnected()
    const follows = hasFeed(workspace)
    this.#publish({ state: 'online', detail: null, live: 'polling', retryAt: null })
    this.#parts.onOnline()
    if (follows) void this.#followStream(signal).catch((error: unknown) => this.#parts.onFault(error))
    return await this.#stay(workspace, signal, follows ? null : DIRECT_POLL_MS)
  }

  async #connect(signal: AbortSignal): Promise<{ trouble: Trouble } | { workspace: WorkspaceRecord }> {
    const { client, registry, workspaceId } = this.#parts
    const known = registry.find(workspaceId)
    if (known === null) return { trouble: { state: 'problem', detail: 'This workspace was removed.', retry: null } }
    const answer = await client.send(workspaceId, 'readWorkspace', { signal })
    if (answer.kind !== 'ok') return { trouble: troubleOf(answer) }
    const stranger = strangerIn(known, answer.value)
    if (stranger !== null) return { trouble: stranger }
    // Removed while the question was under way: saving would bring it back.
    if (registry.find(workspaceId) === null) return { trouble: { state: 'problem', detail: 'This workspace was removed.', retry: null } }
    const workspace = registry.save(known.url, answer.value)
    if (factsOf(workspace) !== factsOf(known)) this.#parts.onFacts()
    if (workspace.capabilities.includes('devices') && workspace.deviceRegisteredAt === null) {
      const trouble = await this.#registerDevice(signal)
      if (trouble !== null) return { trouble }
    }
    if (workspace.capabilities.includes('sync')) {
      const trouble = await this.#session.keep(signal)
      if (trouble !== null) return { trouble }
    }
    return { workspace }
  }

  async #becomeAnotherDevice(signal: AbortSignal): Promise<Trouble | null> {
    this.#parts.onForked()
    return this.#parts.registry.find(this.#parts.workspaceId)?.capabilities.includes('devices') === true ? await this.#registerDevice(signal) : null
  }

  async #registerDevice(signal: AbortSignal): Promise<Trouble | null> {
    const { client, registry, deviceId, workspaceId, clock } = this.#parts
    // A key of its own for each try: the device's id makes a repeat harmless, and a remembered "yes" would hide a later "no".
    const answer = await client.send(workspaceId, 'createDevice', { body: { id: deviceId() }, idempotencyKey: randomUUID(), signal })
    if (answer.kind !== 'ok' && !(answer.kind === 'error' && answer.status === 409)) return troubleOf(answer)
    registry.setDeviceRegistered(workspaceId, clock.now())
    return null
  }

  /** @param first at the start of a visit the outbox is told in any case: release is level-triggered. */
  async #read(workspace: WorkspaceRecord, signal: AbortSignal, first: boolean): Promise<Trouble | null> {
    const { documents, workspaceId } = this.#parts
    const follows = hasFeed(workspace)
    if (follows) {
      const onWentBack = (wentBackTo: number | null): Promise<Trouble | null> => this.#noteWentBack(wentBackTo, signal)
      const pulled = await pullChanges({ ...this.#parts, pace: this.#pace, onWentBack }, workspaceId, signal)
      this.#broughtNews = pulled.changed.size > 0
      this.#tell(pulled, first)
      if (pulled.trouble !== null) return pulled.trouble
      const trouble = await this.#compareHistories(workspace, signal, first)
      if (trouble !== null) return trouble
    }
    if (workspace.deployment === 'self-hosted' || !workspace.capabilities.includes('billing') || (follows && !first)) return null
    const direct = await readDirectly(
      this.#parts,
      workspaceId,
      {
        plans: !follows || documents.read(workspaceId, 'plans') === null,
        plan: !follows || documents.read(workspaceId, 'plan') === null,
        counters: !follows || documents.list(workspaceId, 'counter').length === 0,
      },
      signal,
    )
    this.#tell(direct, first && !follows)
    return direct.trouble
  }

  /**
   * What is shown is of a history that is no more, and is not said to be fresh until everything was read anew. First it is asked who
   * answers there: another platform at the same address knows no history of ours either.
   */
  async #noteWentBack(wentBackTo: number | null, signal: AbortSignal): Promise<Trouble | null> {
    const { client, registry, workspaceId, histories } = this.#parts
    const known = registry.find(workspaceId)
    const answer = await client.send(workspaceId, 'readWorkspace', { signal })
    if (answer.kind !== 'ok') return troubleOf(answer)
    const stranger = known === null ? null : strangerIn(known, answer.value)
    if (stranger !== null) return stranger
    this.#isAnew = true
    histories.noteWentBack(workspaceId, wentBackTo)
    this.#publish({ ...this.#state, state: 'connecting', detail: 'The platform went back to an earlier state; everything is read anew.' })
    return null
  }

  async #compareHistories(workspace: WorkspaceRecord, signal: AbortSignal, first: boolean): Promise<Trouble | null> {
    const { histories, workspaceId } = this.#parts
    if (signal.aborted || (!first && !this.#isAnew && !histories.isOwed(workspaceId))) return null
    const trouble = await histories.run(workspaceId, workspace.capabilities.includes('sync'), signal)
    if (trouble === null && this.#isAnew) {
      this.#isAnew = false
      // What was read in a visit that goes on is fresh again; at its start the visit says so itself.
      if (!first) this.#publish({ ...this.#state, state: 'online', detail: null })
    }
    return trouble
  }

  #tell({ changed }: Pulled, always: boolean): void {
    if (changed.size > 0) {
      this.#parts.announcer.cacheChanged(changed)
      this.#parts.onChanged(changed)
    }
    if (changed.has('workspace')) this.#adoptFacts()
    if (changed.has('device') && this.#isRevoked()) this.sessionLost()
    if (changed.has('counter')) this.#session.reconsider()
    // Another plan may have room, whatever its counters say yet.
    if (changed.has('counter') || changed.has('plan') || always) this.#parts.onCounters()
  }

  /** The feed says that this device may not sync any more; the platform says it in its own words when a session is asked for. */
  #isRevoked(): boolean {
    const { documents, workspaceId, deviceId } = this.#parts
    return (documents.read(workspaceId, 'device', deviceId())?.revoked_at ?? null) !== null
  }

  /** The feed says that name, role or capabilities changed. */
  #adoptFacts(): void {
    const { documents, registry, workspaceId } = this.#parts
    const known = registry.find(workspaceId)
    const body = documents.read(workspaceId, 'workspace') ?? documents.list(workspaceId, 'workspace')[0]
    if (known === null || !body || body.id !== known.platformId) return
    if (factsOf(registry.save(known.url, body)) !== factsOf(known)) this.#parts.onFacts()
  }

  /** @param everyMs a fixed rhythm for platforms without a feed; null: pokes, and polls while the stream is down. */
  async #stay(workspace: WorkspaceRecord, signal: AbortSignal, everyMs: number | null): Promise<Trouble | null> {
    const { clock, random } = this.#parts
    let polls = 0
    let pollAt = clock.monotonic() + (everyMs ?? pollDelayMs(polls, random))
    let readAt: number | null = null
    let lastReadAt = clock.monotonic()
    for (;;) {
      const now = clock.monotonic()
      const polling = everyMs !== null || this.#state.live !== 'stream'
      const dueIn = [readAt === null ? null : readAt - now, polling ? pollAt - now : null, lastReadAt + ASK_AT_LEAST_MS - now, this.#session.dueInMs()]
      const heard = await this.#bell.wait(Math.min(...dueIn.filter((due) => due !== null)), ['kick', 'poke', 'stream', 'session', 'suspend', 'stop'])
      if (this.#stopped || this.#suspended) return null
      const at = clock.monotonic()
      if (heard.has('kick') || heard.has('stream')) readAt = at
      else if (heard.has('poke')) readAt ??= Math.max(at + DEBOUNCE_MS, lastReadAt + (this.#broughtNews ? MIN_GAP_MS : IDLE_GAP_MS))
      if ((polling && at >= pollAt) || at >= lastReadAt + ASK_AT_LEAST_MS) readAt = at
      if (this.#state.live === 'stream') polls = 0
      const sessionDue = this.#session.dueInMs()
      if (sessionDue !== null && sessionDue <= 0) {
        const had = this.#session.current
        const trouble = await this.#session.keep(signal)
        if (trouble !== null) return trouble
        this.#publish(this.#state)
        if (this.#session.current !== null && had === null) this.#parts.onOnline()
      }
      if (readAt === null || clock.monotonic() < readAt) continue
      readAt = null
      lastReadAt = clock.monotonic()
      const trouble = await this.#read(workspace, signal, false)
      if (trouble !== null) return trouble
      pollAt = clock.monotonic() + (everyMs ?? pollDelayMs(polls, random))
      polls += 1
      this.#publish(this.#state)
    }
  }

  /** Holds the event stream open and opens it again when it breaks, until the visit ends. */
  async #followStream(signal: AbortSignal): Promise<void> {
    const { client, clock, random, documents, workspaceId } = this.#parts
    let failures = 0
    while (!signal.aborted) {
      const openedAt = clock.monotonic()
      const answer = await listenToEvents(
        { client, clock },
        workspaceId,
        {
          onOpen: () => {
            this.#publish({ ...this.#state, live: 'stream' })
            // What moved between the last reading and this moment was told to nobody.
            this.#bell.ring('poke')
          },
          onPoke: () => this.#bell.ring('poke'),
          onHeartbeat: (cursor) => {
            if (documents.confirm(workspaceId, cursor, clock.now())) this.#publish(this.#state)
            // There is something that no poke has told, or that no reading has brought.
            else this.#bell.ring('poke')
          },
        },
        signal,
      )
      if (signal.aborted) return
      this.#publish({ ...this.#state, live: 'polling' })
      // Reading at once tells whether it was the stream alone, the network, or the sign-in.
      this.#bell.ring('stream')
      if (answer.kind === 'ok' && clock.monotonic() - openedAt >= STREAM_PROVEN_MS) failures = 0
      const missing = answer.kind === 'error' && (answer.status === 404 || answer.status === 405 || answer.status === 501)
      const delayMs = missing
        ? NO_STREAM_RETRY_MS
        : Math.min(STREAM_RETRY_CAP_MS, connectDelayMs(failures, answer.kind === 'error' ? answer.retryAfterMs : null, random))
      failures += 1
      await sleep(clock, delayMs, signal)
    }
  }

  #publish(state: Pick<Connection, 'state' | 'detail' | 'live' | 'retryAt'>): void {
    this.#state = state
    if (!this.#stopped) this.#parts.announcer.connectionChanged(this.connection)
  }
}

/** Delivering what was written for one account to another would be worse than not delivering it. */
function strangerIn(known: WorkspaceRecord, answer: Parameters<WorkspaceRegistry['save']>[1]): Trouble | null {
  const who =
    answer.id !== known.platformId
      ? `The platform answers as another workspace (“${answer.name}”).`
      : isAnotherPlatform(known, answer)
        ? 'Another platform answers at this address than before.'
        : null
  return who === null ? null : { state: 'problem', detail: `${who} Nothing is exchanged with it.`, retry: { afterMs: null } }
}

/** Envelopes, and with them sessions and devices, are one thing that a platform may offer; the feed of billing documents is another. */
function hasFeed({ capabilities }: WorkspaceRecord): boolean {
  return capabilities.includes('changes') || capabilities.includes('sync')
}

function factsOf({ name, catalog, deployment, memberId, memberName, role, capabilities, maxEnvelopeBytes }: WorkspaceRecord): string {
  return JSON.stringify([name, catalog, deployment, memberId, memberName, role, capabilities, maxEnvelopeBytes])
}
