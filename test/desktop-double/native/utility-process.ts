import { type ChildProcess, fork } from 'node:child_process'
import type { Readable } from 'node:stream'
import type { ForkOptions, UtilityProcess as ElectronUtilityProcess } from 'electron'
import { refuseUnknown, Surface } from '../surface.ts'

/** A plain Node process in the place of Chromium's: no messages, which nobody here sends. */
class UtilityProcess extends Surface implements Pick<ElectronUtilityProcess, 'kill' | 'pid' | 'stderr' | 'stdout'> {
  readonly #child: ChildProcess
  readonly stdout: Readable | null
  readonly stderr: Readable | null

  constructor(path: string, args: string[], { stdio, env, cwd }: ForkOptions) {
    super()
    const output = stdio === 'pipe' || stdio === 'ignore' ? stdio : 'inherit'
    this.#child = fork(path, args, { env: { ...(env ?? process.env) }, cwd, stdio: ['ignore', output, output, 'ipc'], execArgv: [] })
    this.stdout = this.#child.stdout
    this.stderr = this.#child.stderr
    this.#child.once('spawn', () => this.emit('spawn'))
    this.#child.once('exit', (code) => this.emit('exit', code ?? 1))
    process.once('exit', () => this.#child.kill('SIGKILL'))
  }
  get pid(): number | undefined {
    return this.#child.pid
  }
  kill(): boolean {
    return this.#child.kill()
  }
}

export const utilityProcess = refuseUnknown('utilityProcess', {
  fork: (path: string, args: string[] = [], options: ForkOptions = {}) => new UtilityProcess(path, args, options),
})
