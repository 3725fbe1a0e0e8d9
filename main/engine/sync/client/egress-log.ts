import { z } from 'zod'
import type { EgressRow } from '../../../../shared/contract/console/honesty.ts'
import type { Clock } from '../../base/clock.ts'
import type { Database } from '../../store/database.ts'

/** What is about to leave. Names of fields only: no value of a field, no token, no query. */
export type EgressEntry = {
  /** Null: a first sign-in, or a request of no workspace (the updater's). */
  workspaceId: string | null
  method: string
  host: string
  /** Without query. */
  path: string
  /** As the contract writes it, e.g. `/v1/sync/envelopes/{id}`: after 30 days requests are summed up under it. */
  route: string
  purpose: string
  fields: readonly string[]
  requestBytes: number
}

export type EgressPage = { rows: EgressRow[]; next: number | null; total: number; totalBytes: number }

const DAY_MS = 86_400_000
export const ROLL_UP_AFTER_MS = 30 * DAY_MS

const storedRow = z
  .object({
    id: z.int().positive(),
    at: z.int(),
    workspace_id: z.string().nullable(),
    method: z.string(),
    host: z.string(),
    path: z.string(),
    purpose: z.string(),
    fields: z.string().transform((text) => z.array(z.string()).parse(JSON.parse(text))),
    request_bytes: z.int().nonnegative(),
    status: z.int().nullable(),
    duration_ms: z.int().nonnegative().nullable(),
    requests: z.int().positive(),
  })
  .transform(
    (row): EgressRow => ({
      id: row.id,
      at: row.at,
      workspaceId: row.workspace_id,
      method: row.method,
      path: row.path,
      host: row.host,
      purpose: row.purpose,
      fields: row.fields,
      requestBytes: row.request_bytes,
      status: row.status,
      durationMs: row.duration_ms,
      requests: row.requests,
    }),
  )

const OLDEST_OF_ITS_OWN = 'SELECT min(at) AS at FROM requests WHERE rolled_up = 0'
const oldestAt = z.object({ at: z.int().nullable() })
const daySum = z.object({ keep: z.int(), bytes: z.int(), requests: z.int() })

/** Every request that left this computer (seed: layer-a, Honesty Ledger), in egress.db. */
export class EgressLog {
  readonly #clock: Clock
  readonly #begin: (entry: EgressEntry, at: number) => number
  readonly #complete: (id: number, status: number | null, durationMs: number | null) => void
  readonly #database: Database

  constructor(database: Database, clock: Clock) {
    this.#database = database
    this.#clock = clock
    const insert = database.prepare(
      `INSERT INTO requests (at, workspace_id, method, host, path, route, purpose, fields, request_bytes)
       VALUES (@at, @workspaceId, @method, @host, @path, @route, @purpose, @fields, @requestBytes)`,
    )
    const addUp = database.prepare(
      `INSERT INTO totals (workspace_id, requests, request_bytes) VALUES (?, 1, ?)
       ON CONFLICT (workspace_id) DO UPDATE SET requests = requests + 1, request_bytes = request_bytes + excluded.request_bytes`,
    )
    this.#begin = database.transaction((entry: EgressEntry, at: number) => {
      const { lastInsertRowid } = insert.run({ ...entry, fields: JSON.stringify(entry.fields), at })
      addUp.run(entry.workspaceId ?? '', entry.requestBytes)
      return Number(lastInsertRowid)
    })
    const update = database.prepare('UPDATE requests SET status = ?, duration_ms = ? WHERE id = ?')
    this.#complete = (id, status, durationMs) => void update.run(status, durationMs, id)
  }

  /** Writes the row; only then may the request be sent. Throws when it cannot be written: then nothing may leave. */
  begin(entry: EgressEntry): number {
    return this.#begin(entry, this.#clock.now())
  }

  /** @param status null when no answer came. @param durationMs null while a stream is still open. */
  complete(id: number, status: number | null, durationMs: number | null): void {
    this.#complete(id, status, durationMs === null ? null : Math.max(0, Math.round(durationMs)))
  }

  /** Newest first; `before` is the id of the last row of the page before. `total` counts requests, also those that share a row. */
  page({ workspaceId, before, limit }: { workspaceId: string | null; before: number | null; limit: number }): EgressPage {
    const from = before ?? Number.MAX_SAFE_INTEGER
    const raw =
      workspaceId === null
        ? this.#database.prepare('SELECT * FROM requests WHERE id < ? ORDER BY id DESC LIMIT ?').all(from, limit)
        : this.#database.prepare('SELECT * FROM requests WHERE workspace_id = ? AND id < ? ORDER BY id DESC LIMIT ?').all(workspaceId, from, limit)
    const rows = raw.map((row) => storedRow.parse(row))
    const last = rows.at(-1)
    return { rows, next: last !== undefined && rows.length === limit ? last.id : null, ...this.#totals(workspaceId) }
  }

  /**
   * Sums up the requests of one workspace, route and result of each whole day that is older than 30 days, the
   * oldest days first. A day's row keeps the id of its newest request, so that pages by id stay in order.
   * @returns how many requests were summed up; 0 when there is nothing left to do.
   */
  rollUp(maxDays = 10): number {
    const horizon = Math.floor((this.#clock.now() - ROLL_UP_AFTER_MS) / DAY_MS) * DAY_MS
    let gone = 0
    for (let day = 0; day < maxDays; day += 1) {
      const oldest = oldestAt.parse(this.#database.prepare(OLDEST_OF_ITS_OWN).get()).at
      if (oldest === null || oldest >= horizon) return gone
      gone += this.#rollUpDay(Math.floor(oldest / DAY_MS) * DAY_MS)
    }
    return gone
  }

  #rollUpDay(dayStart: number): number {
    const range = [dayStart, dayStart + DAY_MS] as const
    return this.#database.transaction(() => {
      const days = z.array(daySum).parse(
        this.#database
          .prepare(
            `SELECT max(id) AS keep, sum(request_bytes) AS bytes, count(*) AS requests FROM requests
             WHERE rolled_up = 0 AND at >= ? AND at < ? GROUP BY workspace_id, method, host, route, purpose, fields, status`,
          )
          .all(...range),
      )
      const keep = this.#database.prepare(
        'UPDATE requests SET at = ?, path = route, request_bytes = ?, requests = ?, duration_ms = NULL, rolled_up = 1 WHERE id = ?',
      )
      for (const day of days) keep.run(dayStart, day.bytes, day.requests, day.keep)
      this.#database.prepare('DELETE FROM requests WHERE rolled_up = 0 AND at >= ? AND at < ?').run(...range)
      return days.reduce((sum, day) => sum + day.requests, 0)
    })()
  }

  #totals(workspaceId: string | null): { total: number; totalBytes: number } {
    const raw =
      workspaceId === null
        ? this.#database.prepare('SELECT coalesce(sum(requests), 0) AS total, coalesce(sum(request_bytes), 0) AS totalBytes FROM totals').get()
        : this.#database
            .prepare('SELECT coalesce(sum(requests), 0) AS total, coalesce(sum(request_bytes), 0) AS totalBytes FROM totals WHERE workspace_id = ?')
            .get(workspaceId)
    return z.object({ total: z.int(), totalBytes: z.int() }).parse(raw)
  }
}
