import type { Catalog, Plan } from '../../../shared/billing/catalog.ts'
import { planInForce } from '../meter/accounts/account.ts'
import type { Store, Unit } from '../store/store.ts'
import { makeShape, type Shape } from '../demo/shape.ts'

/** A workspace whose past is made. */
export type HistoryWorkspace = {
  readonly id: string
  /** Names it within the seed. */
  readonly key: string
  readonly name: string
  readonly circle: string | null
  readonly catalog: Catalog
  readonly plan: Plan
  readonly members: readonly { readonly id: string; readonly name: string; readonly role: string }[]
  /** Epoch ms; half-open. What happens at and after `untilMs` is no past any more. */
  readonly fromMs: number
  readonly untilMs: number
  /** The UTC days of the past, since 1970; the last one may be begun only (see `untilMs`). */
  readonly firstDay: number
  readonly lastDay: number
  /** Where its periods are counted from, epoch ms. */
  readonly periodAnchor: number
  readonly shape: Shape
}

/** Writes one piece of the past, some tens of milliseconds of work, in the transaction of `unit`. */
export type HistorySlice = (unit: Unit) => void | Promise<void>

/**
 * One kind of past. `slices` gives its pieces in their order and always the same ones: after a restart those that are written
 * are passed over, not run. What goes on from piece to piece (a balance, a hash) is read back from the database by the next one.
 */
export type HistoryPart = { readonly name: string; slices(workspace: HistoryWorkspace): Iterable<HistorySlice> }

export type HistoryOptions = {
  store: Store
  seed: number
  parts: readonly HistoryPart[]
  /** The workspaces of the demo, in the order in which their past is made. */
  workspaces: readonly { id: string; key: string; name: string; circle: string | null; members: HistoryWorkspace['members'] }[]
  report: (error: unknown) => void
}

const PAST_MONTHS = 15
const DAY_MS = 86_400_000

/** The demo's past, made in the background: between two pieces everybody who waits is answered. */
export class History {
  readonly #options: HistoryOptions
  #stopped = false
  #running: Promise<void> | null = null

  constructor(options: HistoryOptions) {
    this.#options = options
  }

  /** The workspaces whose past is still to be made, or is under way. */
  async begun(): Promise<HistoryWorkspace[]> {
    const workspaces: HistoryWorkspace[] = []
    for (const { id, ...facts } of this.#options.workspaces) {
      const untilMs = await this.#begin(id)
      if (untilMs !== null) workspaces.push(await this.#describe(id, facts, untilMs))
    }
    return workspaces
  }

  /** Begins, or goes on where an earlier start was cut off. Resolves when everything is there; failures are reported, not thrown. */
  start(): Promise<void> {
    this.#running ??= this.#run().catch(this.#options.report)
    return this.#running
  }

  async stop(): Promise<void> {
    this.#stopped = true
    await this.#running
  }

  async #run(): Promise<void> {
    for (const workspace of await this.begun()) {
      for (const part of this.#options.parts) {
        await this.#make(workspace, part)
        if (this.#stopped) return
      }
    }
  }

  /** The instant at which the past of a workspace ends: that of the first try, so that every later one goes on with the same. */
  async #begin(workspaceId: string): Promise<number | null> {
    return await this.#options.store.write(async ({ tx, now }) => {
      const rows = await tx.selectFrom('history_progress').selectAll().where('workspace_id', '=', workspaceId).execute()
      const untilMs = rows[0]?.until_ms ?? now
      const missing = this.#options.parts.filter(({ name }) => rows.every(({ part }) => part !== name))
      for (const { name } of missing) await tx.insertInto('history_progress').values({ workspace_id: workspaceId, part: name, until_ms: untilMs }).execute()
      return missing.length > 0 || rows.some(({ complete }) => complete === 0) ? untilMs : null
    })
  }

  async #describe(id: string, facts: Pick<HistoryWorkspace, 'key' | 'name' | 'circle' | 'members'>, untilMs: number): Promise<HistoryWorkspace> {
    const { store, seed } = this.#options
    const { catalog, plan, periodAnchor } = await store.write(async (unit) => {
      const row = await unit.tx.selectFrom('workspaces').select(['catalog', 'plan_id', 'period_anchor']).where('id', '=', id).executeTakeFirstOrThrow()
      const own = unit.catalogs.named(row.catalog)
      return { catalog: own, plan: planInForce(own, row.plan_id), periodAnchor: row.period_anchor }
    })
    const from = new Date(untilMs)
    const fromMs = Date.UTC(from.getUTCFullYear(), from.getUTCMonth() - PAST_MONTHS, 1)
    const range = { firstDay: fromMs / DAY_MS, lastDay: Math.floor(untilMs / DAY_MS) }
    return { id, ...facts, catalog, plan, fromMs, untilMs, ...range, periodAnchor, shape: makeShape(seed, facts.key, range) }
  }

  async #make(workspace: HistoryWorkspace, part: HistoryPart): Promise<void> {
    const { store } = this.#options
    const own = (unit: Unit) => unit.tx.updateTable('history_progress').where('workspace_id', '=', workspace.id).where('part', '=', part.name)
    const progress = await store.read
      .selectFrom('history_progress')
      .select(['done', 'complete'])
      .where('workspace_id', '=', workspace.id)
      .where('part', '=', part.name)
      .executeTakeFirstOrThrow()
    if (progress.complete === 1) return
    let index = 0
    for (const slice of part.slices(workspace)) {
      if (this.#stopped) return
      index += 1
      if (index <= progress.done) continue
      const done = index
      await store.write(async (unit) => {
        await slice(unit)
        await own(unit).set({ done }).execute()
      })
      // Requests that came meanwhile are read and answered before the next piece.
      await new Promise((resolve) => setImmediate(resolve))
    }
    await store.write((unit) => own(unit).set({ complete: 1 }).execute())
  }
}
