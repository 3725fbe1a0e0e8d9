import { hash } from 'node:crypto'
import { addToIdSum, EMPTY_ID_SUM } from '../../../shared/contract/id-sum.ts'
import type { Database } from 'better-sqlite3'

export function idHash(id: string): string {
  return hash('sha256', id)
}

/** For the migration that counts what was stored before anybody counted. */
export function provideIdSum(file: Database): void {
  file.aggregate<string>('id_sum', { start: EMPTY_ID_SUM, step: (sum, id: string) => addToIdSum(sum, [idHash(id)]) })
}
