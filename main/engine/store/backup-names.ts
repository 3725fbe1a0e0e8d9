import { timeStamp } from './files.ts'

/**
 * `outbox-000042-20260102T030405006Z.db`: a number that rises with each copy, and the time for people. The number gives the order,
 * because a clock may have been wrong once: then a copy of today would be older than one of that time for ever.
 */
export type BackupName = {
  name: string
  /** 0: by a version that had no numbers; older than all that have one. */
  number: number
  at: number
}

const NAME = /^([a-z]+)-(?:(\d{6,15})-)?(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})(\d{3})Z\.db$/

/** Null: no name of a copy of this database. */
export function readBackupName(name: string, stem = 'outbox'): BackupName | null {
  const match = NAME.exec(name)
  if (match === null || match[1] !== stem) return null
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0, millisecond = 0] = match.slice(3).map(Number)
  return { name, number: Number(match[2] ?? 0), at: Date.UTC(year, month - 1, day, hour, minute, second, millisecond) }
}

export function nextBackupName(existing: readonly BackupName[], nowMs: number): string {
  const number = existing.reduce((highest, one) => Math.max(highest, one.number), 0) + 1
  return `outbox-${String(number).padStart(6, '0')}-${timeStamp(nowMs)}.db`
}

export function newestFirst(left: BackupName, right: BackupName): number {
  return right.number - left.number || right.at - left.at
}
