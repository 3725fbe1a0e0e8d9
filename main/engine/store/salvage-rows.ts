import BetterSqlite3 from 'better-sqlite3'
import type { Database } from './database.ts'

export type CopiedTable = { table: string; rows: number; complete: boolean }
type Value = string | number | bigint | Buffer | null
type Row = Value[]

/** Row numbers between the two readable ends of a table that are tried one by one. */
const MAX_GAP = 500_000
const COMMIT_ROWS = 2_000

export type CopyOptions = {
  /** Names of the tables that are copied; all when not given. */
  only?: ReadonlySet<string>
  /** What becomes of a row whose key is there already. */
  present?: 'replaced' | 'kept'
}

/**
 * Copies every row that can be read into the tables of the same name. Damage is met on the way: a table is read from
 * its beginning and from its end, and what lies between is asked for row by row.
 */
export function copyRows(sourcePath: string, target: Database, { only, present = 'replaced' }: CopyOptions = {}): CopiedTable[] {
  let source: Database
  try {
    source = new BetterSqlite3(sourcePath)
    source.pragma('query_only = ON')
    // Fails when the header or the schema cannot be read; then there is nothing to copy.
    source.prepare('SELECT count(*) FROM sqlite_schema').get()
  } catch {
    return []
  }
  target.pragma('foreign_keys = OFF')
  try {
    const tables = target
      .prepare<[], { name: string; sql: string }>("SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
      .all()
      .filter(({ name }) => only?.has(name) ?? true)
    return tables.map(({ name, sql }) => copyTable(source, target, { table: name, hasRowid: !/WITHOUT\s+ROWID/i.test(sql), present }))
  } finally {
    source.close()
    target.pragma('foreign_keys = ON')
  }
}

function copyTable(
  source: Database,
  target: Database,
  { table, hasRowid, present }: { table: string; hasRowid: boolean; present: 'replaced' | 'kept' },
): CopiedTable {
  const columns = sharedColumns(source, target, table)
  if (columns.length === 0) return { table, rows: 0, complete: false }
  const list = columns.map(quote).join(', ')
  const rowNumber = hasRowid ? 'rowid' : 'NULL'
  // REPLACE: a migration may have put a row there already (a single row of settings, say); the file's own one counts.
  const insert = target.prepare(
    `INSERT OR ${present === 'replaced' ? 'REPLACE' : 'IGNORE'} INTO ${quote(table)} (${list}) VALUES (${columns.map(() => '?').join(', ')})`,
  )
  const sink = new Sink(target, (row) => insert.run(...row).changes)
  const read = (order: string): { complete: boolean; last: number | null } =>
    readRun(source, `SELECT ${rowNumber}, ${list} FROM ${quote(table)} ${order}`, sink)
  const order = hasRowid ? 'rowid' : primaryKey(source, table).map(quote).join(', ')
  const forwards = read(order === '' ? '' : `ORDER BY ${order}`)
  let complete = forwards.complete
  if (!complete && order !== '') {
    const backwards = read(
      `ORDER BY ${order
        .split(', ')
        .map((column) => `${column} DESC`)
        .join(', ')}`,
    )
    if (hasRowid && backwards.last !== null) readGap(source, table, list, { from: forwards.last ?? 0, to: backwards.last }, sink)
    complete = false
  }
  sink.flush()
  return {
    table,
    // A migration may have put a row there: without one of the file's own, nothing was read.
    rows: present === 'replaced' && sink.inserted > 0 ? sink.count(table) : sink.inserted,
    complete,
  }
}

/** Reads until the end, or until the damage. */
function readRun(source: Database, sql: string, sink: Sink): { complete: boolean; last: number | null } {
  let last: number | null = null
  try {
    const rows = source.prepare<[], Row>(sql).raw().iterate()
    for (const [rowNumber, ...values] of rows) {
      if (typeof rowNumber === 'number') last = rowNumber
      sink.put(values)
    }
    return { complete: true, last }
  } catch {
    return { complete: false, last }
  }
}

function readGap(source: Database, table: string, list: string, gap: { from: number; to: number }, sink: Sink): void {
  if (gap.to - gap.from > MAX_GAP) return
  for (let rowNumber = gap.from + 1; rowNumber < gap.to; rowNumber += 1) {
    try {
      const row = source
        .prepare<[number], Row>(`SELECT ${list} FROM ${quote(table)} WHERE rowid = ?`)
        .raw()
        .get(rowNumber)
      if (row) sink.put(row)
    } catch {
      // This one is on the damaged page.
    }
  }
}

/** Writes rows in transactions of some thousands; a row that the table does not accept is damage too, and is left out. */
class Sink {
  readonly #target: Database
  readonly #insert: (row: Row) => number
  #rows: Row[] = []
  /** Rows that the table took. */
  inserted = 0

  constructor(target: Database, insert: (row: Row) => number) {
    this.#target = target
    this.#insert = insert
  }

  put(row: Row): void {
    this.#rows.push(row)
    if (this.#rows.length >= COMMIT_ROWS) this.flush()
  }

  flush(): void {
    const rows = this.#rows
    this.#rows = []
    this.#target.transaction(() => {
      for (const row of rows) {
        try {
          this.inserted += this.#insert(row)
        } catch (error) {
          if (!(error instanceof BetterSqlite3.SqliteError) || !/^SQLITE_(CONSTRAINT|MISMATCH)/.test(error.code)) throw error
        }
      }
    })()
  }

  count(table: string): number {
    return (
      this.#target
        .prepare<[], number>(`SELECT count(*) FROM ${quote(table)}`)
        .pluck()
        .get() ?? 0
    )
  }
}

function sharedColumns(source: Database, target: Database, table: string): string[] {
  try {
    const there = new Set(columnsOf(source, table).map(({ name }) => name))
    return columnsOf(target, table)
      .map(({ name }) => name)
      .filter((name) => there.has(name))
  } catch {
    return []
  }
}

function primaryKey(database: Database, table: string): string[] {
  return columnsOf(database, table)
    .filter(({ pk }) => pk > 0)
    .sort((left, right) => left.pk - right.pk)
    .map(({ name }) => name)
}

function columnsOf(database: Database, table: string): { name: string; pk: number }[] {
  return database.prepare<[string], { name: string; pk: number }>('SELECT name, pk FROM pragma_table_info(?)').all(table)
}

function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
