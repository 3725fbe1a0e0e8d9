/**
 * The engine as a process of its own, to be killed or traced. Bundled by `engine-child.ts`; started by fork, it takes its options as JSON in
 * its first argument and speaks with its parent by messages.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { startEngine } from '../../main/engine/engine.ts'
import { openSecretFile } from '../../main/web/secret-file.ts'
import type { EngineCallName } from '../../shared/contract/console.ts'
import { flowingClock } from './flowing-clock.ts'
import { seeded } from './seeded.ts'

/** `compaction` is read by `eager-compaction.ts`, where it stands in for the engine's policy. */
export type ProcessOptions = { dataDir: string; sandboxUrl: string; speed: number; seed: number; compaction?: 'eager' | 'at rest' }
export type ToProcess = { type: 'call'; id: number; name: EngineCallName; input: unknown } | { type: 'stop' }
export type FromProcess =
  | { type: 'ready'; intakePort: number }
  | { type: 'answer'; id: number; result: Awaited<ReturnType<Awaited<ReturnType<typeof startEngine>>['call']>> }
  | { type: 'report'; line: string }
  | { type: 'stopped' }

const options: ProcessOptions = JSON.parse(process.argv[2] ?? '{}')
const send = (message: FromProcess): void => void process.send?.(message)
mkdirSync(options.dataDir, { recursive: true })

try {
  const engine = await startEngine({
    options: {
      dataDir: options.dataDir,
      host: 'web',
      version: '0.0.0-test',
      firstWorkspaces: [],
      trustedLoopbackOrigins: [options.sandboxUrl],
      secretsProtectedBy: 'a file of the test',
      intakePort: 0,
    },
    secrets: openSecretFile(join(options.dataDir, 'secrets.json'), () => undefined),
    clock: flowingClock(options.speed),
    random: seeded(options.seed),
    emit: () => undefined,
    report: (line) => send({ type: 'report', line }),
  })
  process.on('message', (message: ToProcess) => {
    if (message.type === 'stop') void engine.stop().then(() => process.send?.({ type: 'stopped' } satisfies FromProcess, () => process.exit(0)))
    else void engine.call(message.name, message.input).then((result) => send({ type: 'answer', id: message.id, result }))
  })
  // Nobody is left to talk to: the test has gone, however it went.
  process.once('disconnect', () => process.exit(0))
  send({ type: 'ready', intakePort: engine.intakePort })
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : 'the engine did not start'}\n`)
  process.exit(1)
}
