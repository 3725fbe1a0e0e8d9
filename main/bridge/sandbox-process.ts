import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { sandboxMembersResponse } from '../../shared/contract/platform.ts'
import { replaceFile } from './atomic-file.ts'
import { restartDelayMs, steadyAfterMs } from './restart-delay.ts'

/** The embedded platform as its host sees it: an origin that answers HTTP, in a process of its own that is started again when it dies. */
export type SandboxProcess = {
  readonly origin: string
  /** One token for each of its workspaces, in their order: that of the first member, whatever roles its catalog has. */
  firstWorkspaces(): Promise<{ url: string; token: string }[]>
  stop(): Promise<void>
}

/** A started child process, whatever started it: Node's fork, or Electron's utility process. */
export type SandboxChild = {
  /** Calls back with each line that it prints. */
  onLine(listener: (line: string) => void): void
  readonly exited: Promise<number | null>
  /** Asks it to stop; `force` leaves it no choice. */
  kill(force: boolean): void
}

export type SandboxProcessInput = {
  fork: (args: string[]) => SandboxChild
  /** Folder of the sandbox's own files. */
  dataDir: string
  /** What else its command line says. */
  options?: readonly string[]
  report: (line: string) => void
}

const firstPort = 8787
const startWithinMs = 30_000
const stopWithinMs = 5_000

/** @throws when it does not listen within half a minute at its first start */
export async function startSandbox({ fork, dataDir, options = [], report }: SandboxProcessInput): Promise<SandboxProcess> {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const portFile = join(dataDir, 'port')
  const remembered = readPort(portFile)
  let port = remembered ?? firstPort
  let stopping = false
  let failures = 0
  let restartTimer: NodeJS.Timeout | undefined
  let child: SandboxChild | null = null

  const start = async (): Promise<number> => {
    const started = fork(['--port', String(port), '--data', dataDir, ...options])
    child = started
    const taken = await listening(started)
    const listensSince = performance.now()
    void started.exited.then((code) => {
      if (performance.now() - listensSince > steadyAfterMs) failures = 0
      if (!stopping) startAgainLater(`The sandbox stopped (code ${code ?? 'none'})`)
    })
    return taken
  }

  const startAgainLater = (why: string): void => {
    const delayMs = restartDelayMs(failures)
    failures += 1
    report(`${why} and starts again in ${delayMs / 1000} s`)
    restartTimer = setTimeout(() => {
      start().then(
        (taken) => {
          if (taken !== port) report(`The sandbox is now on port ${taken}, where the console does not look for it; start Tidemark again`)
        },
        (error: unknown) => {
          if (!stopping) startAgainLater(error instanceof Error ? error.message : 'The sandbox did not start')
        },
      )
    }, delayMs)
  }

  const stop = async (): Promise<void> => {
    stopping = true
    clearTimeout(restartTimer)
    const last = child
    if (last === null) return
    last.kill(false)
    const cutOff = setTimeout(() => last.kill(true), stopWithinMs)
    await last.exited
    clearTimeout(cutOff)
  }

  try {
    const taken = await start()
    if (remembered !== null && taken !== remembered) report(`Port ${remembered}, where the sandbox was, is in use; it takes ${taken}`)
    // Its port is part of the addresses that the console remembers, so it stays the same from start to start while it can.
    if (taken !== remembered) replaceFile(portFile, `${taken}\n`)
    port = taken
  } catch (error) {
    await stop()
    throw error
  }
  const origin = `http://127.0.0.1:${port}`
  return { origin, firstWorkspaces: () => firstWorkspaces(origin), stop }
}

function readPort(path: string): number | null {
  try {
    const port = Number(readFileSync(path, 'utf8').trim())
    return Number.isInteger(port) && port > 0 && port < 65_536 ? port : null
  } catch {
    return null
  }
}

/** It prints a line with its address when it listens: the port that it was given, or the next free one. */
function listening(child: SandboxChild): Promise<number> {
  return new Promise((resolve, reject) => {
    const said: string[] = []
    const tooLate = setTimeout(() => reject(new Error(`The sandbox did not listen within ${startWithinMs / 1000} s`)), startWithinMs)
    child.onLine((line) => {
      if (said.length < 20) said.push(line)
      const port = /listens on http:\/\/127\.0\.0\.1:(\d+)/.exec(line)?.[1]
      if (port === undefined) return
      clearTimeout(tooLate)
      resolve(Number(port))
    })
    void child.exited.then((code) => {
      clearTimeout(tooLate)
      reject(new Error([`The sandbox ended with code ${code ?? 'none'} before it listened`, ...said].join('\n  ')))
    })
  })
}

async function firstWorkspaces(origin: string): Promise<{ url: string; token: string }[]> {
  const answer = await fetch(`${origin}/sandbox/members`, { signal: AbortSignal.timeout(10_000), redirect: 'error' })
  if (!answer.ok) throw new Error(`The sandbox answered ${answer.status} when asked for its members`)
  const firstOf = new Map<string, string>()
  for (const { workspace, token } of sandboxMembersResponse.parse(await answer.json())) if (!firstOf.has(workspace)) firstOf.set(workspace, token)
  return [...firstOf.values()].map((token) => ({ url: origin, token }))
}
