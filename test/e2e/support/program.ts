import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

/** One of our built programs as a process of its own, with every line that it printed. */
export type Program = {
  readonly lines: readonly string[]
  readonly pid: number
  /** Resolves with the first line that `pattern` matches. @throws when the program ends before. */
  line(pattern: RegExp): Promise<RegExpExecArray>
  /** Asks it to stop in order and waits until it has. */
  stop(): Promise<void>
  /** As a power cut does: no goodbye. */
  kill(): Promise<void>
}

const STOP_WITHIN_MS = 15_000

export function startProgram(entry: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Program {
  const child = spawn(process.execPath, [entry, ...args], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } })
  const lines: string[] = []
  const ended = once(child, 'exit')
  const watchers = new Set<() => void>()
  const tell = (): void => {
    for (const watch of watchers) watch()
  }
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line)
      tell()
    })
  }
  void ended.then(tell)
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null

  return {
    lines,
    pid: child.pid ?? 0,
    line: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const found = lines.map((line) => pattern.exec(line)).find((match) => match !== null)
          if (found === undefined && !hasEnded()) return
          watchers.delete(look)
          if (found === undefined) reject(new Error(`The program ended and never said ${pattern}:\n${lines.join('\n')}`))
          else resolve(found)
        }
        watchers.add(look)
        look()
      }),
    stop: () => end(child, ended, 'SIGTERM'),
    kill: () => end(child, ended, 'SIGKILL'),
  }
}

async function end(child: ChildProcess, ended: Promise<unknown>, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill(signal)
  const tooLate = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS)
  await ended
  clearTimeout(tooLate)
}
