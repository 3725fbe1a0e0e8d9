/**
 * The port of the agents' door is the same after every start, for each agent is configured with it. It is remembered twice, in
 * a file of its own and in outbox.db, so that damage of either does not move the door.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { replaceFile } from '../../bridge/atomic-file.ts'
import type { Random } from '../base/clock.ts'
import type { LocalSettings } from '../store/local-settings.ts'

export const ADDRESS_FILE_NAME = 'intake-port.json'
const SETTING = 'intake-port'

const portSchema = z.int().min(1).max(65_535)
const fileSchema = z.object({ port: portSchema })

export type AddressMemory = { read(): number | null; write(port: number): void }

export function createAddressMemory(dataDir: string, local: Pick<LocalSettings, 'get' | 'set'>, report: (line: string) => void): AddressMemory {
  const path = join(dataDir, ADDRESS_FILE_NAME)
  const inFile = (): number | null => {
    try {
      return fileSchema.parse(JSON.parse(readFileSync(path, 'utf8'))).port
    } catch {
      return null
    }
  }
  const inSettings = (): number | null => portSchema.safeParse(Number(local.get(SETTING))).data ?? null
  /** A full disk must not close the door: the other place may have kept it, and the next start tries again. */
  const keep = (write: () => void): void => {
    try {
      write()
    } catch (error) {
      report(`The port of the agents' door could not be noted: ${error instanceof Error ? error.message : 'unknown error'}`)
    }
  }
  return {
    // The file first: a copy of outbox.db that was put back may be older.
    read: () => inFile() ?? inSettings(),
    write(port) {
      if (inFile() !== port) keep(() => replaceFile(path, `${JSON.stringify({ port })}\n`))
      if (inSettings() !== port) keep(() => local.set(SETTING, String(port)))
    },
  }
}

/** Below the ports that Linux, macOS and Windows give to outgoing connections: one of those could be in use at the next start. */
const FIRST_PORT = 20_000
const LAST_PORT = 32_767
const RANDOM_TRIES = 20
/** A program that was just ended, ours too, may take a moment to let go of it. */
const WAITS_MS = [100, 300, 600]

export type AddressChoice<Server> = {
  /** What the command line asks for; 0: nothing. */
  wantedPort: number
  rememberedPort: number | null
  random: Random
  /** @throws an error with a code when the port cannot be had */
  open: (port: number, previousPort: number | null) => Promise<Server>
  wait: (ms: number) => Promise<void>
}

/**
 * Opens the door where it is expected, or elsewhere when somebody else is there.
 *
 * @returns `takenPort`: where it should have been; null: it is there.
 * @throws what `open` throws when it has nothing to do with the port
 */
export async function openAtAddress<Server>({
  wantedPort,
  rememberedPort,
  random,
  open,
  wait,
}: AddressChoice<Server>): Promise<{ server: Server; takenPort: number | null }> {
  const expected = [...new Set([wantedPort, rememberedPort ?? 0])].filter((port) => port !== 0)
  const takenPort = expected[0] ?? null
  for (const port of expected) {
    for (const waitMs of [0, ...WAITS_MS]) {
      if (waitMs > 0) await wait(waitMs)
      const server = await unlessTaken(() => open(port, port === takenPort ? null : takenPort))
      if (server !== null) return { server, takenPort: port === takenPort ? null : takenPort }
    }
  }
  for (let tries = 0; tries < RANDOM_TRIES; tries += 1) {
    const port = FIRST_PORT + Math.floor(random() * (LAST_PORT - FIRST_PORT + 1))
    const server = await unlessTaken(() => open(port, takenPort))
    if (server !== null) return { server, takenPort }
  }
  return { server: await open(0, takenPort), takenPort }
}

async function unlessTaken<T>(open: () => Promise<T>): Promise<T | null> {
  try {
    return await open()
  } catch (error) {
    // Windows answers EACCES for ports that it has set aside.
    if (error instanceof Error && 'code' in error && (error.code === 'EADDRINUSE' || error.code === 'EACCES')) return null
    throw error
  }
}

/** For the person: both addresses, and what to do. */
export function movedWords(takenPort: number, port: number): string {
  return `Another program uses port ${takenPort}, the address of the agents' door. Until you change it, agents reach Tidemark at http://127.0.0.1:${port} instead of http://127.0.0.1:${takenPort}: give them the new address, or end the other program and start Tidemark with --intake-port ${takenPort}.`
}
