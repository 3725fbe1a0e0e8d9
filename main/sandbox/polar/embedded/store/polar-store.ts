import { Kysely, SqliteDialect, type Transaction } from 'kysely'
import type { Clock } from '../../../clock.ts'
import { openSqlite, withKeptStatements } from '../../../store/open.ts'
import type { PolarSchema } from './schema.ts'

/** One transaction. `webhooks` counts those that it wrote, so that deliveries are looked at when there is something new. */
export type PolarUnit = { tx: Transaction<PolarSchema>; now: number; webhooks: number }

/** The embedded Polar's own database. */
export class PolarStore {
  readonly #kysely: Kysely<PolarSchema>
  readonly #clock: Clock
  #onWebhooks: () => void = () => undefined

  constructor(path: string, clock: Clock) {
    this.#kysely = new Kysely<PolarSchema>({ dialect: new SqliteDialect({ database: withKeptStatements(openSqlite(path, 'polar')) }) })
    this.#clock = clock
  }

  async write<T>(work: (unit: PolarUnit) => Promise<T>): Promise<T> {
    let written = 0
    const value = await this.#kysely.transaction().execute(async (tx) => {
      const unit: PolarUnit = { tx, now: this.#clock.now(), webhooks: 0 }
      const result = await work(unit)
      written = unit.webhooks
      return result
    })
    if (written > 0) this.#onWebhooks()
    return value
  }

  /** Called after every commit that wrote webhooks. */
  onWebhooks(listener: () => void): void {
    this.#onWebhooks = listener
  }

  async close(): Promise<void> {
    await this.#kysely.destroy()
  }
}
