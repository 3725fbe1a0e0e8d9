import { Kysely, SqliteDialect, type Transaction } from 'kysely'
import { type Catalogs, shippedCatalogs } from '../catalogs.ts'
import type { Clock } from '../clock.ts'
import { ChangeBook } from './changes.ts'
import { beginEra } from './eras.ts'
import { openSqlite, type SqliteFile, withKeptStatements } from './open.ts'
import type { Schema } from './schema.ts'

/** One transaction: what is read and written in it, the instant it stands for, and the changes that it makes known. */
export type Unit = {
  tx: Transaction<Schema>
  /** Epoch ms, read once: every row of a transaction bears the same time. */
  now: number
  changes: ChangeBook
  /** The same connection for prepared statements that come by the thousand; what they do is part of this transaction. */
  file: SqliteFile
  /** What the accounts' catalogs say. */
  catalogs: Catalogs
}

/** Runs at the end of a transaction and inside it, for what follows from its changes; prepared statements only. */
export type Reaction = (unit: Unit) => void

/** Told after the commit, never before: which topics of which workspace moved. */
export type ChangeListener = (workspaceId: string, topics: ReadonlySet<string>) => void

/**
 * The platform's database. Everything goes through Kysely, which lets one transaction at a time use the one
 * connection. `file` is the same connection for prepared statements, to be used inside a transaction only (the push
 * path does, for the rows of its envelopes: building a query for each of 500 rows would cost more than storing them).
 */
export class Store {
  readonly file: SqliteFile
  /** Which platform this is, wherever it is reached; kept in every copy of its database. */
  readonly platformId: string
  readonly #kysely: Kysely<Schema>
  readonly #clock: Clock
  readonly catalogs: Catalogs
  readonly #listeners = new Set<ChangeListener>()
  readonly #reactions: Reaction[] = []

  constructor(path: string, clock: Clock, catalogs = shippedCatalogs) {
    this.file = openSqlite(path, 'platform')
    beginEra(this.file)
    this.platformId = String(this.file.prepare('SELECT id FROM platform_identity').pluck().get())
    this.#kysely = new Kysely<Schema>({ dialect: new SqliteDialect({ database: withKeptStatements(this.file) }) })
    this.#clock = clock
    this.catalogs = catalogs
  }

  /** Reads and writes in one transaction. Never wait for the network in it: everybody else waits for its end. */
  async write<T>(work: (unit: Unit) => Promise<T>): Promise<T> {
    const changes = new ChangeBook()
    const value = await this.#kysely.transaction().execute(async (tx) => {
      const unit: Unit = { tx, now: this.#clock.now(), changes, file: this.file, catalogs: this.catalogs }
      const result = await work(unit)
      for (const react of this.#reactions) react(unit)
      changes.flush(this.file, unit.now)
      return result
    })
    for (const [workspaceId, topics] of changes.moved) for (const listener of this.#listeners) listener(workspaceId, topics)
    return value
  }

  now(): number {
    return this.#clock.now()
  }

  /** A read that needs no transaction of its own: one query. */
  get read(): Kysely<Schema> {
    return this.#kysely
  }

  addReaction(reaction: Reaction): void {
    this.#reactions.push(reaction)
  }

  onChange(listener: ChangeListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  async close(): Promise<void> {
    await this.#kysely.destroy()
    if (this.file.open) this.file.close()
  }
}
