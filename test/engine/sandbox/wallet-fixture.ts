import type { z } from 'zod'
import * as wallet from '../../../shared/contract/platform/wallet.ts'
import type { SandboxOptions } from '../../../main/sandbox/server.ts'
import { SandboxFixture, SteppedClock } from './fixture.ts'

/** The demo circle. */
export const HOME = 'basalt'
export type Operation = { element: string; operation: string; quantities: Record<string, number> }
type RunOptions = { approval_id?: string; reserve?: boolean; instance_id?: string }

type LedgerLine = z.output<typeof wallet.ledgerLineDocument>

/** A sandbox with a clock that is stepped, and the calls of a wallet's member. Every answer is checked by its schema. */
export class WalletStage {
  readonly fixture: SandboxFixture
  readonly clock: SteppedClock
  readonly token: string
  readonly tokens: ReadonlyMap<string, string>

  private constructor(fixture: SandboxFixture, clock: SteppedClock) {
    this.fixture = fixture
    this.clock = clock
    this.tokens = new Map(fixture.members.filter(({ circle }) => circle === HOME).map(({ role, token }) => [role, token]))
    const token = this.tokens.get('tenant_admin')
    if (token === undefined) throw new Error(`The demo has no tenant_admin in ${HOME}`)
    this.token = token
  }

  static async start(options: Partial<SandboxOptions> = {}): Promise<WalletStage> {
    const clock = new SteppedClock()
    return new WalletStage(await SandboxFixture.start({ clock, ...options }), clock)
  }

  stop(): Promise<void> {
    return this.fixture.stop()
  }

  async wallet(circle = HOME) {
    return (await this.fixture.send(wallet.walletDocument, 'GET', `/api/${circle}/wallet`, { token: this.token })).value
  }

  async balance(circle = HOME): Promise<number> {
    return Number((await this.wallet(circle)).balance_micro_au)
  }

  /** The whole ledger, oldest line first, read page by page. */
  async ledger(circle = HOME) {
    const lines: LedgerLine[] = []
    let before: number | null = null
    do {
      const query: string = before === null ? '' : `&before=${before}`
      const { value } = await this.fixture.send(wallet.ledgerResponse, 'GET', `/api/${circle}/ledger?limit=500${query}`, { token: this.token })
      lines.push(...value.lines)
      before = value.next
    } while (before !== null)
    return lines.reverse()
  }

  async estimate(operation: Operation, circle = HOME) {
    return (await this.fixture.send(wallet.estimateResponse, 'POST', `/api/${circle}/pricing/estimate`, { token: this.token, body: operation })).value
  }

  async run(operation: Operation, options: RunOptions = {}, headers: Record<string, string> = {}) {
    return (await this.fixture.send(wallet.runResponse, 'POST', `/api/${HOME}/runs`, { token: this.token, body: { ...operation, ...options }, headers })).value
  }

  runRefused(operation: Operation, options: RunOptions = {}, token = this.token) {
    return this.fixture.refused('POST', `/api/${HOME}/runs`, { token, body: { ...operation, ...options } })
  }

  async settle(runId: string, quantities: Record<string, number>) {
    return (await this.fixture.send(wallet.runResponse, 'POST', `/api/${HOME}/runs/${runId}/settle`, { token: this.token, body: { quantities } })).value
  }

  async create(element: string, circle = HOME) {
    return (await this.fixture.send(wallet.createInstanceResponse, 'POST', `/api/${circle}/instances`, { token: this.token, body: { element } })).value
  }

  async instances(circle = HOME) {
    return (await this.fixture.send(wallet.instancesResponse, 'GET', `/api/${circle}/instances`, { token: this.token })).value.instances
  }

  /** The documents of the feed by topic and id. */
  documents(token = this.token): Promise<Map<string, unknown>> {
    return this.fixture.documents({ token })
  }

  /** Lets the time go on to the next UTC midnight, and some days more, in one step: the platform was down between. */
  async sleepDays(days: number): Promise<void> {
    const day = 86_400_000
    this.clock.step((Math.floor(this.clock.now() / day) + days) * day - this.clock.now())
    await this.fixture.sandbox.tick()
  }
}
