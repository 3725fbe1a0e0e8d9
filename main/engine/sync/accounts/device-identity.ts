import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { Clock } from '../../base/clock.ts'
import type { Database } from '../../store/database.ts'

/** Who this computer is to a platform: a random id, made once for a data folder. The names of devices never leave it. */
export class DeviceIdentity {
  readonly id: string
  readonly #database: Database
  readonly #hostName: string

  constructor(database: Database, clock: Clock, hostName: string) {
    this.#database = database
    this.#hostName = hostName.trim().slice(0, 80) || 'This computer'
    this.id = readOrMake(database, clock)
  }

  /** This device's name: what the person called it, else the name of the computer. */
  get name(): string {
    return this.nameOf(this.id)
  }

  /** @param own this computer's id where the name is shown; a platform that revoked it knows it under another one. */
  nameOf(deviceId: string, own: string = this.id): string {
    const found = z.object({ name: z.string() }).safeParse(this.#database.prepare('SELECT name FROM device_names WHERE device_id = ?').get(deviceId))
    if (found.success) return found.data.name
    return deviceId === own ? this.#hostName : `Device ${deviceId.slice(0, 8)}`
  }

  /** @param name 1 to 80 characters. */
  rename(deviceId: string, name: string): void {
    this.#database
      .prepare('INSERT INTO device_names (device_id, name) VALUES (?, ?) ON CONFLICT (device_id) DO UPDATE SET name = excluded.name')
      .run(deviceId, name.trim().slice(0, 80))
  }
}

function readOrMake(database: Database, clock: Clock): string {
  const found = z.object({ id: z.uuid() }).safeParse(database.prepare('SELECT id FROM device_identity').get())
  if (found.success) return found.data.id
  const id = randomUUID()
  // OR REPLACE: a row that is not a uuid cannot be sent anywhere, so it is of no use.
  database.prepare('INSERT OR REPLACE INTO device_identity (only_row, id, created_at) VALUES (1, ?, ?)').run(id, clock.now())
  return id
}
