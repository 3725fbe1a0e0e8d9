/** What the pages of a console say of a workspace: the product's own reads over the feed of a running platform, each in the words of its page. */
import BetterSqlite3 from 'better-sqlite3'
import { CostDays } from '../../../main/engine/billing/costs/cost-days.ts'
import { budgetValues } from '../../../main/engine/billing/statement/budget-values.ts'
import { costStatement } from '../../../main/engine/billing/statement/cost-statement.ts'
import { currencyOf } from '../../../main/engine/billing/statement/workspace-statement.ts'
import { spendView } from '../../../main/engine/billing/statement/spend-view.ts'
import { createWorkspaceViews } from '../../../main/engine/billing/workspace-view.ts'
import { costCalls } from '../../../main/engine/calls/cost-calls.ts'
import { type Database, migrate } from '../../../main/engine/store/database.ts'
import { migrations } from '../../../main/engine/store/migrations.ts'
import type { WorkspaceRecord } from '../../../main/engine/sync/accounts/workspace-registry.ts'
import { Documents } from '../../../main/engine/sync/documents/documents.ts'
import type { Period } from '../../../shared/billing/period.ts'
import * as contract from '../../../shared/contract/platform.ts'
import type { SandboxFixture, SteppedClock } from '../sandbox/fixture.ts'

const WORKSPACE = 'w'

export class ReadingConsole {
  readonly #fixture: SandboxFixture
  readonly #clock: SteppedClock
  readonly #token: string
  readonly #database: Database
  readonly #parts: { documents: Documents; costDays: CostDays }
  readonly #view: ReturnType<typeof createWorkspaceViews>['view']
  readonly #costs: ReturnType<typeof costCalls>

  constructor(fixture: SandboxFixture, clock: SteppedClock, token: string) {
    this.#fixture = fixture
    this.#clock = clock
    this.#token = token
    this.#database = new BetterSqlite3(':memory:')
    migrate(this.#database, migrations.cache)
    const costDays = new CostDays(this.#database)
    const documents = new Documents(this.#database, clock, [costDays.topicTable()])
    this.#parts = { documents, costDays }
    // Of a record, these reads ask for its id and the role of whoever is signed in.
    const record = { id: WORKSPACE, platformId: WORKSPACE, name: 'Pippin Farm', role: 'platform_admin' } as WorkspaceRecord
    this.#view = createWorkspaceViews({ registry: { find: () => record }, documents, clock, clockOffsetMs: () => 0 }).view
    this.#costs = costCalls({ view: this.#view, documents, costDays, clock })
  }

  close(): void {
    this.#database.close()
  }

  /** Reads what the feed has that is new. */
  async sync(): Promise<void> {
    const { documents } = this.#parts
    for (;;) {
      const cursor = documents.cursor(WORKSPACE)
      const since = cursor === null ? '' : `&since=${encodeURIComponent(cursor)}`
      const response = await fetch(`${this.#fixture.sandbox.url}/v1/sync/changes?limit=1000${since}`, { headers: { Authorization: `Bearer ${this.#token}` } })
      const page = contract.changesResponse.parse(await response.json())
      documents.apply(WORKSPACE, page, this.#clock.now())
      if (!page.more) break
    }
    const left = documents.setAside.told(WORKSPACE)
    if (left !== null) throw new Error(`Left out: ${JSON.stringify(left)}`)
  }

  plan() {
    return this.#view(WORKSPACE).plan
  }

  invoices() {
    return this.#parts.documents.list(WORKSPACE, 'invoice')
  }

  overview() {
    const view = this.#view(WORKSPACE)
    const currency = currencyOf(view)
    return view.period === null || currency === null ? null : spendView(this.#parts, view, view.period, currency)
  }

  budgets() {
    const value = budgetValues(this.#parts, this.#view(WORKSPACE))
    return { invoiced: value('invoiced', null), cost: value('cost', null) }
  }

  costsOf(period: Period) {
    return costStatement(this.#parts, this.#view(WORKSPACE), period)
  }

  /** The Costs page as it opens. */
  async costs() {
    return await this.#costs['costs.read']({ workspaceId: WORKSPACE, period: null, by: 'service' })
  }
}
