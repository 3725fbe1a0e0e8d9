import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { MAX_INSTANCES } from '../../../../shared/contract/platform.ts'
import type { Database } from '../../store/database.ts'

/**
 * The starts of the console in this data folder. A copy of the folder shares those before it was made and no other: by them the platform
 * tells the same folder after a crash, or after starts without a network, from another one that runs as the same device.
 */
export class Instances {
  readonly current: string
  /** The newest first. */
  readonly earlier: readonly string[]

  /** Each start is one more, on disk before anything is sent. */
  constructor(database: Database, newId: () => string = randomUUID) {
    const rows = database.prepare<[], unknown>('SELECT id FROM instance ORDER BY no DESC').pluck().all()
    this.earlier = rows
      .filter((id) => z.uuid().safeParse(id).success)
      .map(String)
      .slice(0, MAX_INSTANCES)
    this.current = newId()
    database.prepare<[string]>('INSERT INTO instance (id) VALUES (?)').run(this.current)
    database.prepare<[number]>('DELETE FROM instance WHERE no <= (SELECT max(no) FROM instance) - ?').run(MAX_INSTANCES)
  }
}
