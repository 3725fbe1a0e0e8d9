import type { Database } from '../../store/database.ts'

export type AttemptRow = { at: number; outcome: number; status: number | null; code: string | null; message: string | null }

/** What came of the tries of items, with the words of each answer kept once, however many items it was about. */
export class Attempts {
  readonly #database: Database
  #made: ReturnType<typeof statementsOf> | null = null

  constructor(database: Database) {
    this.#database = database
  }

  /** Adds one to each of the items (a JSON list of sequences). Belongs inside a transaction of the writer. */
  add(sequences: string, { at, outcome, status, code, message }: AttemptRow): void {
    const { addWords, findWords, insert } = this.#statements()
    if (message !== null) addWords.run(message)
    insert.run(at, outcome, status, code, message === null ? null : (findWords.get(message) ?? null), sequences)
  }

  /** Oldest first. */
  of(sequence: number): AttemptRow[] {
    return this.#statements().list.all(sequence)
  }

  /** Drops the words that no attempt says any more. Belongs inside a transaction of the writer. */
  dropUnsaid(): void {
    this.#statements().dropUnsaid.run()
  }

  /** Prepared when they are first needed: a queue that is only written to needs none of them. */
  #statements(): ReturnType<typeof statementsOf> {
    this.#made ??= statementsOf(this.#database)
    return this.#made
  }
}

function statementsOf(database: Database) {
  return {
    addWords: database.prepare<[string]>('INSERT OR IGNORE INTO words (text) VALUES (?)'),
    findWords: database.prepare<[string], number>('SELECT no FROM words WHERE text = ?').pluck(),
    insert: database.prepare<[number, number, number | null, string | null, number | null, string]>(
      `INSERT INTO attempt (sequence, number, at, outcome, status, code, words)
       SELECT value, (SELECT ifnull(max(number), 0) + 1 FROM attempt WHERE attempt.sequence = value), ?, ?, ?, ?, ? FROM json_each(?)`,
    ),
    list: database.prepare<[number], AttemptRow>(
      'SELECT at, outcome, status, code, text AS message FROM attempt LEFT JOIN words ON words.no = attempt.words WHERE sequence = ? ORDER BY number',
    ),
    dropUnsaid: database.prepare<[]>('DELETE FROM words WHERE NOT EXISTS (SELECT 1 FROM attempt WHERE attempt.words = words.no)'),
  }
}
