/** Starts the engine as a process from today's sources, and lets a test call, stop, kill and trace it. */
import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import type { z } from 'zod'
import { sourcesDigest } from '../../build/sources.ts'
import { type CallInput, type EngineCallName, type CallOutput, calls } from '../../shared/contract/console.ts'
import type { FromProcess, ProcessOptions, ToProcess } from './engine-process.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const outputs: { [N in EngineCallName]: { output: z.ZodType<CallOutput<N>> } } = calls

const bundles = join(root, 'node_modules', '.faults')
/** A bundle of other sources may be in use by another run. */
const LONGEST_RUN_MS = 6 * 3_600_000

/**
 * Bundles the engine's process as the product's build does (native packages stay outside), into a folder from which these are found. Once for
 * the sources as they are: bundling takes longer than most of what is tested with it.
 * `eagerCompaction`: with a compaction policy that rewrites the Lance table after every few batches.
 *
 * @returns the path of its entry.
 */
export async function bundleEngineProcess({ eagerCompaction }: { eagerCompaction: boolean }): Promise<string> {
  const own = readdirSync(import.meta.dirname).map((name) => readFileSync(join(import.meta.dirname, name)))
  const digest = own.reduce((hash, bytes) => hash.update(bytes), createHash('sha256').update(sourcesDigest())).digest('hex')
  const folder = join(bundles, `${digest.slice(0, 32)}-${eagerCompaction ? 'eager' : 'plain'}`)
  if (!existsSync(folder)) {
    const outDir = join(bundles, `unfinished-${process.pid}`)
    await bundle(outDir, eagerCompaction)
    for (const name of readdirSync(bundles)) {
      const other = join(bundles, name)
      if (other !== outDir && Date.now() - statSync(other).mtimeMs > LONGEST_RUN_MS) rmSync(other, { recursive: true, force: true })
    }
    renameSync(outDir, folder)
  }
  return join(folder, 'engine-process.mjs')
}

async function bundle(outDir: string, eagerCompaction: boolean): Promise<void> {
  mkdirSync(outDir, { recursive: true })
  const eager = fileURLToPath(new URL('./eager-compaction.ts', import.meta.url))
  await build({
    configFile: false,
    root,
    logLevel: 'error',
    plugins: eagerCompaction ? [{ name: 'eager-compaction', enforce: 'pre', resolveId: (id) => (id.endsWith('/compaction-policy.ts') ? eager : null) }] : [],
    ssr: { noExternal: true, external: ['better-sqlite3', '@lancedb/lancedb', 'apache-arrow'] },
    build: {
      ssr: true,
      outDir,
      emptyOutDir: true,
      minify: false,
      target: 'node24',
      rolldownOptions: {
        input: {
          'engine-process': fileURLToPath(new URL('./engine-process.ts', import.meta.url)),
          'answer-thread': join(root, 'main/engine/sync/client/big-answers/answer-thread.ts'),
        },
        output: { entryFileNames: ({ name }) => (name === 'engine-process' ? 'engine-process.mjs' : '[name].js'), chunkFileNames: '[name]-[hash].js' },
      },
    },
  })
}

export type EngineChild = {
  readonly intakePort: number
  /** Lines of the engine's log so far. */
  readonly reports: readonly string[]
  call<N extends EngineCallName>(name: N, input: CallInput<N>): Promise<CallOutput<N>>
  /** `kill -9`; resolves when the process is gone. */
  kill(): Promise<void>
  /** Resolves when the process has gone by itself after its last write. */
  stop(): Promise<void>
  readonly ended: Promise<void>
}

/** `wrapper`: a command that starts the process, as `strace` does. @throws when the engine does not start. */
export async function startEngineChild(bundlePath: string, options: ProcessOptions, wrapper: readonly string[] = []): Promise<EngineChild> {
  return await launchEngineChild(bundlePath, options, wrapper).ready
}

/** The same for who does not wait until it is ready, as when it is to be killed while it starts: `ready` is rejected then. */
export function launchEngineChild(
  bundlePath: string,
  options: ProcessOptions,
  wrapper: readonly string[] = [],
): { ready: Promise<EngineChild>; kill(): Promise<void> } {
  const [command = process.execPath, ...before] = [...wrapper, process.execPath]
  const child = spawn(command, [...before, '--disable-warning=ExperimentalWarning', bundlePath, JSON.stringify(options)], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
  })
  const reports: string[] = []
  const waiting = new Map<number, (message: Extract<FromProcess, { type: 'answer' }>) => void>()
  const ready = Promise.withResolvers<number>()
  const ended = endOf(child)
  let lastId = 0
  let stderr = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr += chunk.toString()
  })
  child.on('message', (message: FromProcess) => {
    if (message.type === 'ready') ready.resolve(message.intakePort)
    else if (message.type === 'answer') waiting.get(message.id)?.(message)
    else if (message.type === 'report') reports.push(message.line)
  })
  void ended.then(() => ready.reject(new Error(`the engine did not start: ${stderr.trim()}`)))
  const say = (message: ToProcess): void => void (child.connected && child.send(message))
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL')
    await ended
  }
  const of = (intakePort: number): EngineChild => ({
    intakePort,
    reports,
    ended,
    async call(name, input) {
      lastId += 1
      const id = lastId
      const { promise, resolve } = Promise.withResolvers<Extract<FromProcess, { type: 'answer' }>>()
      waiting.set(id, resolve)
      say({ type: 'call', id, name, input })
      const { result } = await promise
      if (!result.ok) throw new Error(`${name}: ${result.error.code} ${result.error.message}`)
      return outputs[name].output.parse(result.value)
    },
    kill,
    async stop() {
      say({ type: 'stop' })
      await ended
    },
  })
  return { ready: ready.promise.then(of), kill }
}

function endOf(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once('exit', () => resolve())
    child.once('error', () => resolve())
  })
}
