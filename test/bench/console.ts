/** The engine in its thread, hosted by this process as the web host does it. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CallInput, CallName, CallOutput, ConsoleEvent } from '../../shared/contract/console.ts'
import { startEngineWorker } from '../../main/bridge/engine-worker.ts'
import { createRouter } from '../../main/bridge/router.ts'
import { openSecretFile } from '../../main/web/secret-file.ts'
import type { Platform } from './platform.ts'

export type Console = {
  intakeUrl: string
  call<N extends CallName>(name: N, input: CallInput<N>): Promise<CallOutput<N>>
  subscribe(listener: (event: ConsoleEvent) => void): void
  /** While it sleeps it asks the platform nothing. */
  power(state: 'suspend' | 'resume'): void
  stop(): Promise<void>
}

export async function startConsole(dataDir: string, platform: Pick<Platform, 'url' | 'token'> | null): Promise<Console> {
  const listeners = new Set<(event: ConsoleEvent) => void>()
  const secrets = openSecretFile(join(dataDir, 'secrets.json'), () => undefined)
  let check = (event: ConsoleEvent): ConsoleEvent | null => event
  const engine = await startEngineWorker({
    workerPath: join(import.meta.dirname, 'engine.js'),
    options: {
      dataDir,
      host: 'web',
      version: '0.0.0',
      firstWorkspaces: platform === null ? [] : [{ url: platform.url, token: platform.token }],
      trustedLoopbackOrigins: platform === null ? [] : [platform.url],
      secretsProtectedBy: secrets.protectedBy,
      intakePort: 0,
    },
    secrets,
    onEvent: (event) => {
      if (check(event) !== null) for (const listener of listeners) listener(event)
    },
  })
  const router = createRouter({ call: engine.call, report: (line) => console.warn(line) })
  check = router.checkEvent
  return {
    intakeUrl: `http://127.0.0.1:${engine.intakePort}`,
    async call(name, input) {
      const result = await router.handle(name, input)
      if (!result.ok) throw new Error(`${name}: ${result.error.code} ${result.error.message}`)
      return result.value as CallOutput<typeof name>
    },
    subscribe: (listener) => void listeners.add(listener),
    power: engine.power,
    stop: () => engine.stop(30_000),
  }
}

/** The first workspace, as soon as the platform has answered who is signed in. */
export async function firstWorkspace(console: Console): Promise<string> {
  for (;;) {
    const [workspace] = await console.call('workspaces.list', {})
    if (workspace !== undefined && workspace.connection.state === 'online') return workspace.id
    await pause(20)
  }
}

/** Asks seldom: each question is work for the thread that is being measured, and the rates are read from the platform’s own times. */
export async function untilTally(console: Console, workspaceId: string, holds: (tally: CallOutput<'outbox.tally'>['tally']) => boolean): Promise<void> {
  while (!holds((await console.call('outbox.tally', { workspaceId })).tally)) await pause(50)
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

/** Bytes of this process that lie in memory, from /proc: engine, host and this benchmark together. */
export function residentBytes(): number {
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]
  return kib === undefined ? process.memoryUsage.rss() : Number(kib) * 1024
}
