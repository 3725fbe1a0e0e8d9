import { createInterface } from 'node:readline'
import { utilityProcess } from 'electron'
import { childEnvironment } from '../bridge/child-environment.ts'
import type { SandboxChild } from '../bridge/sandbox-process.ts'
import { sayLine } from '../bridge/standard-streams.ts'

/** Of its last words, which say what it died of. */
const keptLines = 20

/** Electron's own way to start a Node process: the plain fork needs the `RunAsNode` fuse, which is off. It ends with the application. */
export function forkSandboxUtility(entry: string, args: string[], report: (line: string) => void): SandboxChild {
  const env = Object.fromEntries(Object.entries(childEnvironment()).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])))
  const child = utilityProcess.fork(entry, args, { stdio: 'pipe', serviceName: 'Tidemark sandbox', env })
  const lastLines: string[] = []
  // Not piped: a pipe ends with its reader, and the child would then wait for ever to be read.
  if (child.stderr !== null) {
    createInterface({ input: child.stderr }).on('line', (line) => {
      lastLines.push(line)
      if (lastLines.length > keptLines) lastLines.shift()
      sayLine(line, process.stderr)
    })
  }
  const listeners = new Set<(line: string) => void>()
  if (child.stdout !== null) {
    createInterface({ input: child.stdout }).on('line', (line) => {
      for (const listener of listeners) listener(line)
    })
  }
  // Out of memory, for one. Its end follows, and with it the next start; without a listener the event would throw and end the whole console
  // (electron: shell/browser/api/electron_api_utility_process.cc, OnV8FatalError).
  child.on('error', (type, location) => report(`The sandbox failed: ${type}, ${location}. ${fatalWords(lastLines)}`))
  return {
    onLine: (listener) => void listeners.add(listener),
    exited: new Promise((resolve) => child.once('exit', (code) => resolve(code))),
    // It knows one way to end a child; the sandbox's database survives it.
    kill: () => void child.kill(),
  }
}

/** V8's own line, which holds no content: a stack or a heap dump may. */
function fatalWords(lines: readonly string[]): string {
  return lines.find((line) => line.startsWith('FATAL ERROR:'))?.slice(0, 200) ?? ''
}
