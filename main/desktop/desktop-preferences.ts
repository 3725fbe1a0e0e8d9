import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { updateChannel } from '../../shared/contract/console/desktop.ts'
import { replaceFile } from '../bridge/atomic-file.ts'

const schema = z.strictObject({
  /** Closing the window leaves the console running. */
  keepRunning: z.boolean().catch(false),
  updateChannel: updateChannel.catch('latest'),
  updateAutomatically: z.boolean().catch(true),
})
export type Preferences = z.infer<typeof schema>

/** What a person set for the program on this computer (not for a workspace). */
export class DesktopPreferences {
  readonly #path: string
  #values: Preferences

  constructor(dataDir: string) {
    this.#path = join(dataDir, 'desktop.json')
    this.#values = read(this.#path)
  }

  get(): Preferences {
    return this.#values
  }

  /** On disk before it is remembered. @throws when it cannot be written */
  set(changes: Partial<Preferences>): void {
    const values = { ...this.#values, ...changes }
    replaceFile(this.#path, `${JSON.stringify(values)}\n`)
    this.#values = values
  }
}

/** Nothing here cannot be set again: what cannot be read counts as not set. */
function read(path: string): Preferences {
  const defaults = schema.parse({})
  try {
    const parsed = schema.safeParse(JSON.parse(readFileSync(path, 'utf8')))
    return parsed.success ? parsed.data : defaults
  } catch {
    return defaults
  }
}
