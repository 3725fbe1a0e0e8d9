import { fork } from 'node:child_process'
import { createInterface } from 'node:readline'
import { childEnvironment } from '../bridge/child-environment.ts'
import type { SandboxChild } from '../bridge/sandbox-process.ts'

/**
 * Starts the sandbox in a process group of its own: Ctrl+C in the terminal reaches this program only, which stops the engine first, so that the
 * engine's last words still find the platform. The open channel is what ties the child to us: it ends when the channel closes, however we died.
 */
export function forkSandbox(entry: string, args: string[]): SandboxChild {
  const child = fork(entry, args, { detached: true, stdio: ['ignore', 'pipe', 'inherit', 'ipc'], execArgv: [], env: childEnvironment() })
  const listeners = new Set<(line: string) => void>()
  if (child.stdout !== null) {
    createInterface({ input: child.stdout }).on('line', (line) => {
      for (const listener of listeners) listener(line)
    })
  }
  return {
    onLine: (listener) => void listeners.add(listener),
    exited: new Promise((resolve) => {
      child.once('exit', (code) => resolve(code))
      child.once('error', () => resolve(null))
    }),
    kill: (force) => void child.kill(force ? 'SIGKILL' : 'SIGTERM'),
  }
}
