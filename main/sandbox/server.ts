import { randomInt } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { createPolar } from '@polar-sh/sdk/2026-10'
import { makeApp } from './app.ts'
import { BalanceWatch } from './alerts/balance-watch.ts'
import { tellOfPlan } from './alerts/plan-watch.ts'
import { AlertWatch } from './alerts/watch.ts'
import { preparePasts } from './audit/past.ts'
import { expireEntries } from './audit/retention.ts'
import type { Catalog } from '../../shared/billing/catalog.ts'
import { Catalogs, shippedCatalogs } from './catalogs.ts'
import { type Clock, type Random, systemClock } from './clock.ts'
import { DEMO_CARD, type DemoAccount, demoAccounts, demoSubscriptions, prepareDemo } from './demo/demo.ts'
import { type DemoWorkspace, demoMemberId, demoToken, demoWorkspaces } from './demo/demo-workspaces.ts'
import { listen } from './http/listen.ts'
import { AgreedInvoiceClock } from './invoices/agreed-invoices.ts'
import { InvoiceClock } from './invoices/write-invoices.ts'
import { EventHub } from './http/event-hub.ts'
import { History } from './history/history.ts'
import { historyParts } from './history/parts.ts'
import { type ImportUsage, importFile, type PreviewUsage, previewFile } from './import/import-file.ts'
import { Idempotency } from './http/idempotency.ts'
import { RequestMeter } from './meter/request-meter.ts'
import { hashSecret } from './http/sign-in.ts'
import { EnvelopeRows } from './meter/envelopes/envelope-rows.ts'
import { sendDue } from './mail/mailer.ts'
import { mailboxTransport } from './mail/transport.ts'
import { publishDirtyDays } from './costs/day-publishers.ts'
import { passTime } from './meter/pass-time.ts'
import { NO_REAL_MONEY } from './pages/page.ts'
import type { Platform } from './platform.ts'
import type { DeliveryMode } from './polar/embedded/delivery.ts'
import { EmbeddedPolar, type EmbeddedPolarOptions } from './polar/embedded/polar.ts'
import type { PastSubscription } from './polar/embedded/past.ts'
import { unitsByPeriod } from './overage/billable-units.ts'
import { OverageHandOver } from './overage/hand-over.ts'
import { writePastUnits } from './history/overage.ts'
import { Payments } from './polar/payments.ts'
import { portalDoor, type PortalAction } from './polar/portal-rights.ts'
import { Products } from './polar/products.ts'
import { CustomerRefresh } from './polar/refresh.ts'
import { Store } from './store/store.ts'
import { Traffic } from './traffic/traffic.ts'
import { passWalletTime } from './wallet/open-circle.ts'

export type SandboxOptions = {
  /** Wanted port; the next free one is taken where it is in use. 0: any. */
  port: number
  dataDir: string
  /** Demo members, their tokens and ids are made from it. */
  seed?: number
  /** Instead of the catalogs that the program brings. */
  catalogs?: readonly Catalog[]
  /** Instead of the demo's workspaces; the first is the one that a console opens with. */
  demo?: readonly DemoWorkspace[]
  clock?: Clock
  random?: Random
  polar?: {
    /** Whether the embedded Polar's webhooks are delivered: once, twice each, or never. */
    deliverWebhooks?: DeliveryMode
    /** How long a payment stays `confirmed` before the money is there. */
    settleMs?: number
  }
  /** The real Polar in the place of the embedded one. */
  realPolar?: RealPolar
  /** Makes the past of the demo's workspaces, in the background. */
  history?: boolean
  /** Uses things in the demo's workspaces, at a human pace, once their past is made. */
  traffic?: boolean
  /** How often time is looked at: leases, periods, open checkouts, retries. */
  tickMs?: number
  report?: (error: unknown) => void
}

export type RealPolar = {
  accessToken: string
  environment: 'sandbox' | 'production'
  webhookSecret: string
  /** What the organisation's portal settings at Polar let whoever opens it do about plans. */
  portalAllows: readonly PortalAction[]
}

export type Sandbox = {
  port: number
  /** `http://127.0.0.1:PORT`. */
  url: string
  /** Lets everything happen that the clock has made due, and waits until it has. For tests that step a clock. */
  tick(): Promise<void>
  /** Resolves when the demo's past is made; at once where none is. */
  pastMade(): Promise<void>
  /** Loads usage events from a CSV file or JSON lines. @param into a workspace, by its name or catalog. @throws when there is none, or no file */
  importUsage: ImportUsage
  previewUsage: PreviewUsage
  /** Ends what a token may do, as an administrator of a platform would. */
  revokeToken(token: string): Promise<void>
  expireToken(token: string, atMs: number): Promise<void>
  stop(): Promise<void>
}

export const DEFAULT_SEED = 1
const TICK_MS = 1_000
const POLAR_DOMAIN = 'polar.sh'

/** Starts the embedded platform on loopback, in this process. What was opened is closed again when it cannot start. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  mkdirSync(options.dataDir, { recursive: true, mode: 0o700 })
  const closers: (() => Promise<void>)[] = []
  const closeAll = async (): Promise<void> => {
    for (const close of closers.reverse()) await close()
  }
  try {
    return await start(options, closers, closeAll)
  } catch (error) {
    await closeAll()
    throw error
  }
}

async function start(options: SandboxOptions, closers: (() => Promise<void>)[], closeAll: () => Promise<void>): Promise<Sandbox> {
  const { dataDir, seed = DEFAULT_SEED, clock = systemClock, random = systemRandom, tickMs = TICK_MS } = options
  let stopping = false
  // What is cut off by the stop is no failure.
  const report = (error: unknown): void => (stopping ? undefined : options.report?.(error))
  const { catalogs = shippedCatalogs.all, demo = demoWorkspaces } = options
  const store = new Store(join(dataDir, 'platform.db'), clock, new Catalogs(catalogs))
  closers.push(() => store.close())
  await prepareDemo(store, { seed, subscribed: options.realPolar === undefined, workspaces: demo, walletPast: options.history === true })
  const withPast =
    options.history === true
      ? demoAccounts(
          seed,
          demo.filter(({ withoutHistory }) => withoutHistory !== true),
        )
      : []
  await preparePasts(
    store,
    withPast.map(({ id }) => id),
  )
  const alerts = new AlertWatch()
  store.addReaction(alerts.react)
  store.addReaction(new BalanceWatch().react)
  store.addReaction(tellOfPlan)
  const server = await listen(options.port)
  closers.push(() => server.close())
  const origin = `http://127.0.0.1:${server.port}`
  const embedded = options.realPolar === undefined ? embedPolar(options, { clock, random, origin, catalogs, report }) : null
  if (embedded !== null) closers.push(() => embedded.stop())

  const polar = createPolar(embedded === null ? realOptions(options.realPolar) : { accessToken: embedded.accessToken, baseUrl: embedded.baseUrl })
  const products = new Products(polar)
  const refresh = new CustomerRefresh({ store, clock, polar, products, report })
  closers.push(() => refresh.settled())
  const payments = new Payments({
    store,
    polar,
    products,
    refresh,
    origin,
    mayOpen: (url) => isOwnPage(url, origin, embedded !== null),
    portalAllows: options.realPolar?.portalAllows ?? null,
  })
  if (embedded !== null) embedded.door = portalDoor(store)
  const requests = new RequestMeter(store, clock)
  const platform: Platform = {
    origin,
    store,
    clock,
    envelopeRows: new EnvelopeRows(store.file),
    events: new EventHub(store),
    idempotency: new Idempotency(store),
    payments,
    requests,
    moneyNote: options.realPolar?.environment === 'production' ? 'Payments by Polar' : NO_REAL_MONEY,
    report,
  }
  const past = new History({ store, seed, parts: historyParts, workspaces: withPast, report })
  closers.push(() => past.stop())
  // Before anybody is answered: a look that found no customer would take the demo's plans away, and an order is never changed once it was seen.
  if (embedded !== null) {
    for (const workspace of await past.begun()) await store.write(async (unit) => writePastUnits(unit, workspace))
    await embedded.start(await pastSubscriptions(store, seed, demo))
  }
  const webhookSecret = embedded?.webhookSecret ?? options.realPolar?.webhookSecret ?? ''
  server.answerWith(
    makeApp({ platform, refresh, alerts, webhookSecret, embedded, port: server.port, seed, demo, defaultToken: defaultTokenOf(seed, demo) }).fetch,
  )

  const invoiceClock = new InvoiceClock(store)
  const agreedClock = new AgreedInvoiceClock(store)
  const overage = new OverageHandOver(store, polar)
  const tick = async (): Promise<void> => {
    await requests.flush()
    // Before the payment provider lets time pass: what was used until a cycle is on its order.
    await overage.tick().catch(report)
    await passTime(store)
    await publishDirtyDays(store)
    await passWalletTime(store)
    await expireEntries(store)
    await agreedClock.tick()
    await invoiceClock.tick()
    await sendDue(store, mailboxTransport)
    await embedded?.tick()
    await refresh.tick()
  }
  // What was counted and not written yet.
  closers.push(() => requests.flush())
  // Closed before what answers its requests is.
  closers.push(() => server.close())
  const ticker = new Ticker(clock, tickMs, tick, report)
  closers.push(() => ticker.stop())

  const traffic = new Traffic({ store, clock, random, workspaces: demoAccounts(seed, demo), report })
  closers.push(() => traffic.stop())
  void past.start().then(() => (options.traffic === true ? traffic.start() : undefined))

  const changeToken = async (token: string, change: { revoked_at?: number; expires_at?: number }): Promise<void> => {
    await store.read.updateTable('tokens').set(change).where('token_hash', '=', hashSecret(token)).execute()
    platform.events.wakeAll()
  }
  let stopped: Promise<void> | null = null
  return {
    port: server.port,
    url: origin,
    async tick() {
      await ticker.now()
      await embedded?.settled()
      await refresh.settled()
    },
    pastMade: () => past.start(),
    importUsage(path, into, onProgress) {
      const workspaceId = demoNamed(demoAccounts(seed, demo), into)
      return importFile({ store, workspaceId, ...(onProgress === undefined ? {} : { onProgress }) }, path)
    },
    previewUsage: async (path, into) => await previewFile({ store, workspaceId: demoNamed(demoAccounts(seed, demo), into) }, path),
    revokeToken: (token) => changeToken(token, { revoked_at: clock.now() }),
    expireToken: (token, atMs) => changeToken(token, { expires_at: atMs }),
    stop() {
      stopping = true
      stopped ??= closeAll()
      return stopped
    },
  }
}

/** The token of the first member of the workspace that answers requests without one. */
function defaultTokenOf(seed: number, demo: readonly DemoWorkspace[]): string | null {
  const workspace = demo.find(({ answersAnybody }) => answersAnybody === true)
  const member = workspace?.members[0]
  return workspace === undefined || member === undefined ? null : demoToken(seed, demoMemberId(seed, workspace.key, member.role))
}

/** The id of a workspace by its name or catalog. Throws a RangeError that names those that there are. */
function demoNamed(accounts: readonly DemoAccount[], name: string): string {
  const wanted = name.toLowerCase()
  const found = accounts.find(({ name: own, catalog }) => own.toLowerCase() === wanted || catalog === wanted)
  if (found === undefined) throw new RangeError(`there is no workspace ${name}; there are ${accounts.map(({ name: own }) => own).join(', ')}`)
  return found.id
}

/** The demo's subscriptions, as the embedded Polar has to know them. */
async function pastSubscriptions(store: Store, seed: number, demo: readonly DemoWorkspace[]): Promise<PastSubscription[]> {
  const subscriptions = await demoSubscriptions(store, seed, demo)
  return await store.write(async (unit) =>
    subscriptions.map(({ workspaceId, ...subscription }) => ({
      ...subscription,
      externalCustomerId: workspaceId,
      card: DEMO_CARD,
      overage: unitsByPeriod(unit, workspaceId),
    })),
  )
}

/** Does something again and again, one after the other. */
class Ticker {
  readonly #work: () => Promise<void>
  #stopped = false
  #cancel: () => void = () => undefined
  #running: Promise<void> = Promise.resolve()

  constructor(clock: Clock, everyMs: number, work: () => Promise<void>, report: (error: unknown) => void) {
    this.#work = () => work().catch(report)
    const schedule = (): void => {
      if (!this.#stopped) this.#cancel = clock.after(everyMs, () => void this.now().finally(schedule))
    }
    schedule()
  }

  /** Does it once more, after what is under way. */
  now(): Promise<void> {
    this.#running = this.#running.then(this.#work)
    return this.#running
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.#cancel()
    await this.#running
  }
}

function embedPolar(
  { dataDir, polar }: SandboxOptions,
  common: Pick<EmbeddedPolarOptions, 'clock' | 'random' | 'origin' | 'catalogs' | 'report'>,
): EmbeddedPolar {
  return new EmbeddedPolar({ ...common, path: join(dataDir, 'polar.db'), deliverWebhooks: polar?.deliverWebhooks ?? 'normal', settleMs: polar?.settleMs ?? 0 })
}

function realOptions(real: RealPolar | undefined): { accessToken: string; environment: 'sandbox' | 'production' } {
  if (real === undefined) throw new Error('No access token for Polar')
  return { accessToken: real.accessToken, environment: real.environment }
}

/** Pages that are handed to a console: this sandbox's own, or the real Polar's. Compared by parts. */
function isOwnPage(page: string, origin: string, isEmbedded: boolean): boolean {
  const url = URL.canParse(page) ? new URL(page) : null
  if (url === null || url.username !== '' || url.password !== '') return false
  if (isEmbedded) return url.origin === origin
  return url.protocol === 'https:' && (url.hostname === POLAR_DOMAIN || url.hostname.endsWith(`.${POLAR_DOMAIN}`))
}

function systemRandom(): number {
  return randomInt(2 ** 40) / 2 ** 40
}
