import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../../main/engine/base/clock.ts'
import { type Engine, startEngine } from '../../main/engine/engine.ts'
import { type CallInput, type CallOutput, calls, type ConsoleError, type ConsoleEvent, type EngineCallName } from '../../shared/contract/console.ts'
import { memorySecrets } from './memory-secrets.ts'

export type WholeEngine = {
  dataDir: string
  engine: Engine
  /** What a page was told, the oldest first. */
  events: ConsoleEvent[]
  /** As a page calls: the answer must have the shape of the contract. */
  call<N extends EngineCallName>(name: N, input: CallInput<N>): Promise<CallOutput<N>>
  /** What the console says in the place of an answer. */
  refusal<N extends EngineCallName>(name: N, input: CallInput<N>): Promise<ConsoleError>
  /** Stops it and removes its files. */
  close(): Promise<void>
}

/** An engine with all its parts on a fresh data folder, that may open the pages of a platform on loopback. */
export async function openWholeEngine(platformUrl: string): Promise<WholeEngine> {
  const dataDir = mkdtempSync(join(tmpdir(), 'tidemark-engine-'))
  const events: ConsoleEvent[] = []
  const engine = await startEngine({
    options: {
      dataDir,
      host: 'web',
      version: '0.0.0',
      firstWorkspaces: [],
      trustedLoopbackOrigins: [platformUrl],
      secretsProtectedBy: 'this test',
      intakePort: 0,
    },
    secrets: memorySecrets(),
    clock: systemClock,
    random: Math.random,
    emit: (event) => events.push(event),
    report: () => undefined,
  })
  return {
    dataDir,
    engine,
    events,
    async call(name, input) {
      const result = await engine.call(name, calls[name].input.parse(input))
      if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`)
      return calls[name].output.parse(result.value) as CallOutput<typeof name>
    },
    async refusal(name, input) {
      const result = await engine.call(name, calls[name].input.parse(input))
      if (result.ok) throw new Error(`${name} was not refused`)
      return result.error
    },
    async close() {
      await engine.stop()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}
