import type { Database } from '../../../store/database.ts'

/** Long texts that many rows share, by number. Kept in memory: there are as many as workspaces, agents and meters. */
export class InternedNames {
  readonly #numbers = new Map<string, number>()
  readonly #texts = new Map<number, string>()
  /** Added in the transaction that is open; forgotten if it is rolled back. */
  #added: string[] = []
  readonly #insert

  constructor(database: Database) {
    this.#insert = database.prepare<[string]>('INSERT INTO name (text) VALUES (?)')
    for (const { no, text } of database.prepare<[], { no: number; text: string }>('SELECT no, text FROM name').all()) this.#remember(no, text)
  }

  /** The number of a text; a new one is written, so this is for inside a transaction. */
  number(text: string): number {
    const known = this.#numbers.get(text)
    if (known !== undefined) return known
    const no = Number(this.#insert.run(text).lastInsertRowid)
    this.#remember(no, text)
    this.#added.push(text)
    return no
  }

  find(text: string): number | null {
    return this.#numbers.get(text) ?? null
  }

  text(no: number): string {
    const text = this.#texts.get(no)
    if (text === undefined) throw new Error(`name ${no} is not in outbox.db`)
    return text
  }

  textOrNull(no: number | null): string | null {
    return no === null ? null : this.text(no)
  }

  committed(): void {
    this.#added = []
  }

  rolledBack(): void {
    for (const text of this.#added) {
      const no = this.#numbers.get(text)
      this.#numbers.delete(text)
      if (no !== undefined) this.#texts.delete(no)
    }
    this.#added = []
  }

  #remember(no: number, text: string): void {
    this.#numbers.set(text, no)
    this.#texts.set(no, text)
  }
}
