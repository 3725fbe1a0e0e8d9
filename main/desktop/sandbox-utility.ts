import { createInterface } from 'node:readline'
import { utilityProcess } from 'electron'
import type { SandboxChild } from '../bridge/sandbox-process.ts'

/** Electron's own way to start a Node process: the plain fork needs the `RunAsNode` fuse, which is off. It ends with the application. */
export function forkSandboxUtility(entry: string, args: string[]): SandboxChild {
  const child = utilityProcess.fork(entry, args, { stdio: 'pipe', serviceName: 'Tidemark sandbox' })
  // Not piped: a pipe ends with its reader, and the child would then wait for ever to be read.
  child.stderr?.on('data', (chunk: Buffer) => process.stderr.write(chunk))
  const listeners = new Set<(line: string) => void>()
  if (child.stdout !== null) {
    createInterface({ input: child.stdout }).on('line', (line) => {
      for (const listener of listeners) listener(line)
    })
  }
  return {
    onLine: (listener) => void listeners.add(listener),
    exited: new Promise((resolve) => child.once('exit', (code) => resolve(code))),
    // It knows one way to end a child; the sandbox's database survives it.
    kill: () => void child.kill(),
  }
}
