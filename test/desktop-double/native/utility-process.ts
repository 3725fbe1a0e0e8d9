import { type ChildProcess, spawn } from 'node:child_process'
import { PassThrough, type Readable } from 'node:stream'
import { pathToFileURL } from 'node:url'
import type { ForkOptions, UtilityProcess as ElectronUtilityProcess } from 'electron'
import { app } from '../application.ts'
import { refuseUnknown, Surface } from '../surface.ts'

/** Those that run. */
export const utilityProcesses: UtilityProcess[] = []

const beside = pathToFileURL(new URL('utility-child.mjs', import.meta.url).pathname).href

/**
 * A plain Node process in the place of Chromium's. It has no channel of Node's (`process.send`), a rejection that nobody hears is only warned of, and
 * it goes when the application goes. Messages, which nobody here sends, are missing.
 */
class UtilityProcess extends Surface implements Pick<ElectronUtilityProcess, 'kill' | 'pid' | 'stderr' | 'stdout'> {
  #child: ChildProcess | null
  readonly stdout: Readable | null
  readonly stderr: Readable | null
  #killed = false
  #lastWords = ''

  constructor(path: string, args: string[], { stdio, env, cwd, execArgv = [] }: ForkOptions) {
    super()
    if (!app.isReady()) throw new TypeError('utilityProcess cannot be created before app is ready.')
    const output = stdio === 'pipe' || stdio === 'ignore' ? stdio : 'inherit'
    // Its fourth descriptor closes with this process, however it dies: the child watches it.
    const child = spawn(process.execPath, ['--unhandled-rejections=warn', ...execArgv, `--import=${beside}`, path, ...args], {
      env: { ...(env ?? process.env) } as NodeJS.ProcessEnv,
      cwd,
      stdio: ['ignore', output, output === 'ignore' ? 'ignore' : 'pipe', 'pipe'],
    })
    this.#child = child
    this.stdout = child.stdout
    this.stderr = output === 'pipe' ? new PassThrough() : null
    child.stderr?.on('data', (chunk: Buffer) => {
      this.#lastWords = `${this.#lastWords}${chunk}`.slice(-4_000)
      if (this.stderr instanceof PassThrough) this.stderr.write(chunk)
      else process.stderr.write(chunk)
    })
    // The child's end of it closes when the child dies.
    child.stdio[3]?.on('error', () => {})
    child.once('spawn', () => this.emit('spawn'))
    child.once('close', (code, signal) => this.#ended(code, signal))
    utilityProcesses.push(this)
  }
  get pid(): number | undefined {
    return this.#child?.pid
  }
  kill(): boolean {
    this.#killed = this.#child?.kill() ?? false
    return this.#killed
  }

  #ended(code: number | null, signal: NodeJS.Signals | null): void {
    utilityProcesses.splice(utilityProcesses.indexOf(this), 1)
    this.#child = null
    if (this.stderr instanceof PassThrough) this.stderr.end()
    const fatal = /^FATAL ERROR: (.*)$/m.exec(this.#lastWords)?.[1]
    // Emitted on a fatal error of V8, and thrown where nobody listens (shell/browser/api/electron_api_utility_process.cc:445, OnV8FatalError).
    try {
      if (fatal !== undefined) this.emit('error', 'FatalError', fatal, '{}')
    } finally {
      // One that was killed by `kill` has ended as it should (HandleTermination, same file).
      this.emit('exit', this.#killed && (signal === 'SIGTERM' || signal === 'SIGKILL') ? 0 : (code ?? signalNumbers[signal ?? ''] ?? 1))
    }
  }
}

const signalNumbers: Record<string, number> = { SIGABRT: 6, SIGKILL: 9, SIGSEGV: 11, SIGTERM: 15 }

export const utilityProcess = refuseUnknown('utilityProcess', {
  fork: (path: string, args: string[] = [], options: ForkOptions = {}) => new UtilityProcess(path, args, options),
})
