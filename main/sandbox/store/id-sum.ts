import { hash } from 'node:crypto'
import { addToIdSum, EMPTY_ID_SUM } from '../../../shared/contract/id-sum.ts'
import type { SqliteFile } from './open.ts'

export function idHash(id: string): string {
  return hash('sha256', id)
}

/** For the migration that counts what was stored before anybody counted. */
export function provideIdSum(file: SqliteFile): void {
  file.aggregate<string>('id_sum', { start: EMPTY_ID_SUM, step: (sum, id: string) => addToIdSum(sum, [idHash(id)]) })
}
