/** Opens the built console in Electron, as a child of this process, and ends when it ends. */
import { spawn } from 'node:child_process'
import { childEnvironment } from '../main/bridge/child-environment.ts'
import { root } from './sources.ts'

/** A signal that comes once more so soon is the same one on another way: from the terminal, and from the process before us. */
const sameSignalMs = 1_000

export function startDesktop(binary: string, options: readonly string[]): void {
  // In a session of its own: what a terminal sends to everybody in it would reach Electron beside what is passed on here, and a second signal
  // of a kind kills it in the middle of its orderly end (electron: shell/browser/electron_browser_main_parts_posix.cc, GracefulShutdownHandler).
  const child = spawn(binary, [root, ...options], { stdio: 'inherit', env: childEnvironment(), detached: process.platform !== 'win32' })
  const passedAt = new Map<NodeJS.Signals, number>()
  const pass = (signal: NodeJS.Signals): void => {
    const before = passedAt.get(signal)
    if (before === undefined) child.kill(signal)
    // A person who presses Ctrl+C once more does not wait any longer.
    else if (signal === 'SIGINT' && performance.now() - before > sameSignalMs) child.kill('SIGKILL')
    if (before === undefined) passedAt.set(signal, performance.now())
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => pass(signal))
  process.on('disconnect', () => pass('SIGTERM'))
  child.once('error', (error) => {
    console.error(`The desktop did not start: ${error.message}`)
    process.exitCode = 1
  })
  child.once('exit', (code) => process.exit(code ?? 1))
}
