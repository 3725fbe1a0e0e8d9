import { hash } from 'node:crypto'
import type { Database } from 'better-sqlite3'
import { addToIdSum, EMPTY_ID_SUM } from '../../../shared/contract/id-sum.ts'

export function idHash(id: string): string {
  return hash('sha256', id)
}

/** For the migration that counts what was delivered before anybody counted. */
export function provideIdSum(database: Database): void {
  database.aggregate<string>('id_sum', { start: EMPTY_ID_SUM, step: (sum, id: string) => addToIdSum(sum, [idHash(id)]) })
}
