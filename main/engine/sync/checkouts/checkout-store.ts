import { z } from 'zod'
import { type Checkout, checkout } from '../../../../shared/contract/console.ts'
import type { Database } from '../../store/database.ts'

const row = z
  .object({
    id: z.string(),
    plan_id: z.string(),
    plan_name: z.string(),
    url: z.string(),
    amount_cents: z.int(),
    currency: z.string(),
    state: z.string(),
    detail: z.string().nullable(),
    created_at: z.int(),
  })
  .transform((read) => ({
    id: read.id,
    planId: read.plan_id === '' ? null : read.plan_id,
    planName: read.plan_name,
    url: read.url,
    amountCents: read.amount_cents,
    currency: read.currency,
    state: read.state,
    detail: read.detail,
    createdAt: read.created_at,
  }))
  .pipe(checkout)

/** The checkout in flight of each workspace, in outbox.db: a restart goes on waiting for it. */
export class CheckoutStore {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  read(workspaceId: string): Checkout | null {
    const parsed = row.safeParse(this.#database.prepare('SELECT * FROM checkouts WHERE workspace_id = ?').get(workspaceId))
    return parsed.success ? parsed.data : null
  }

  write(workspaceId: string, value: Checkout): void {
    this.#database
      .prepare(
        `INSERT OR REPLACE INTO checkouts (workspace_id, id, plan_id, plan_name, url, amount_cents, currency, state, detail, created_at)
         VALUES (@workspaceId, @id, @planId, @planName, @url, @amountCents, @currency, @state, @detail, @createdAt)`,
      )
      // The column is older than what else can be bought.
      .run({ workspaceId, ...value, planId: value.planId ?? '' })
  }

  remove(workspaceId: string): void {
    this.#database.prepare('DELETE FROM checkouts WHERE workspace_id = ?').run(workspaceId)
  }
}
