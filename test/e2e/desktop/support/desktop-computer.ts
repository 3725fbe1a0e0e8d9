import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Worker } from 'node:worker_threads'
import { type ElectronApplication, expect, type Page } from '@playwright/test'
import { type CallInput, type CallName, type CallOutput, calls } from '../../../../shared/contract/console.ts'
import type { ElectronDouble } from '../../../desktop-double/electron.ts'
import type { Machine } from '../../../desktop-double/machine.ts'
import { environment, launchDesktop } from '../../../desktop-double/runtime.ts'
import { type Agent, agentWith } from '../../support/agent.ts'

const root = join(import.meta.dirname, '../../../..')
const endsWithinMs = 20_000

declare global {
  /** In the main process: kept by `started-workers.cjs`. */
  var startedWorkers: Worker[]
  /** In the main process of the stand-in. */
  var electronDouble: ElectronDouble
  /** In the main process: what would have been opened in the system's browser. */
  var openedExternally: string[]
}

/** A computer with the desktop console on it: one data folder, and the unmodified application that runs or does not. */
export class DesktopComputer {
  readonly dataDir: string
  readonly configFolder: string
  /** What the application printed, at every start. */
  readonly lines: string[] = []
  readonly #args: string[]
  readonly #env: Record<string, string | undefined>
  #app: ElectronApplication | null = null
  #process: ChildProcess | null = null
  #page: Page | null = null
  #intakeUrl = ''

  /**
   * @param platform null: the embedded sandbox
   * @param machine what is different about this computer, on the stand-in
   */
  constructor(dataDir: string, platform: { url: string; token: string } | null, machine: Partial<Machine> = {}) {
    this.dataDir = dataDir
    this.configFolder = join(dataDir, 'of-the-desktop')
    this.#args = ['.', `--data=${dataDir}`, ...(platform === null ? [] : [`--platform=${platform.url}`])]
    // What a desktop keeps for the person who is signed in stays away from whoever runs the specs.
    this.#env = { TIDEMARK_TOKEN: platform?.token, XDG_CONFIG_HOME: this.configFolder, ELECTRON_DOUBLE_MACHINE: JSON.stringify(machine) }
  }

  get app(): ElectronApplication {
    if (this.#app === null) throw new Error('The console of this computer does not run')
    return this.#app
  }
  get page(): Page {
    if (this.#page === null) throw new Error('The console of this computer has no window')
    return this.#page
  }

  /** Starts the application and waits until its window shows the console. */
  async start(...args: string[]): Promise<Page> {
    const app = await launchDesktop({ cwd: root, args: ['-r', join(import.meta.dirname, 'started-workers.cjs'), ...this.#args, ...args], env: this.#env })
    this.#app = app
    this.#process = app.process()
    for (const stream of [app.process().stdout, app.process().stderr]) {
      if (stream !== null) createInterface({ input: stream }).on('line', (line) => this.lines.push(line))
    }
    // No spec may open pages on the computer of whoever runs it.
    await app.evaluate(({ shell }) => {
      globalThis.openedExternally = []
      shell.openExternal = async (url) => void globalThis.openedExternally.push(url)
    })
    const page = await app.firstWindow()
    page.setDefaultTimeout(20_000)
    this.#page = page
    await expect(page.getByRole('navigation', { name: 'Main' })).toBeVisible()
    return page
  }

  /** As a second click on the icon does, or a link that the system hands over. @returns its exit code */
  async startAgain(...args: string[]): Promise<number | null> {
    const second = spawn(this.app.process().spawnfile, [...this.#args, ...args], { cwd: root, env: environment(this.#env), stdio: 'ignore' })
    const tooLate = setTimeout(() => second.kill('SIGKILL'), endsWithinMs)
    const [code] = (await once(second, 'exit')) as [number | null]
    clearTimeout(tooLate)
    return code
  }

  /** From the next start on. */
  setEnvironment(name: string, value: string | undefined): void {
    this.#env[name] = value
  }
  /** Changes what this computer is like while the application runs on it. */
  async becomes(machine: Partial<Machine>): Promise<void> {
    await this.app.evaluate((_electron, changes) => void Object.assign(globalThis.electronDouble.machine, changes), machine)
  }

  openedExternally(): Promise<string[]> {
    return this.app.evaluate(() => globalThis.openedExternally)
  }
  /** Ends the engine's thread as a crash does. */
  async crashEngine(): Promise<void> {
    await this.#firstCopyIsMade()
    await this.app.evaluate(async () => void (await globalThis.startedWorkers.at(-1)?.terminate()))
  }

  /**
   * The copy of outbox.db is made by a thread of the engine's: Node ends the whole process where such a thread is cut off in the some
   * 20 ms in which it loads SQLite. These specs are about what the rest does when the engine dies.
   */
  async #firstCopyIsMade(): Promise<void> {
    const folder = join(this.dataDir, 'backups')
    const deadline = performance.now() + 10_000
    while (performance.now() < deadline) {
      if (existsSync(folder) && readdirSync(folder).some((name) => name.endsWith('.db'))) return
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }

  /** A call over the bridge of the page, for what a spec needs done and does not look at. @throws with the code of a refusal */
  async call<N extends CallName>(name: N, input: CallInput<N>): Promise<CallOutput<N>> {
    const result = await this.page.evaluate(([call, given]) => window.tidemark?.call(call, given as never), [name, input] as const)
    if (result === undefined) throw new Error('The page has no bridge')
    if (!result.ok) throw new Error(`${name} was refused: ${result.error.code}: ${result.error.message}`)
    // The schema of this very call; the map's key and its output belong together by type.
    return calls[name].output.parse(result.value) as CallOutput<N>
  }
  /** The one workspace of this computer, once it is known. */
  async workspaceId(): Promise<string> {
    let id: string | undefined
    await expect.poll(async () => (id = (await this.call('workspaces.list', {}))[0]?.id)).toBeDefined()
    return id ?? ''
  }
  /** A new agent with a sub-key of its own. Needs the platform. */
  async agent(name: string): Promise<Agent> {
    const { secret, subKey } = await this.call('subKeys.create', { workspaceId: await this.workspaceId(), name })
    await this.findIntake()
    return agentWith(() => this.#intakeUrl, secret, subKey.id)
  }
  /** Waits for the engine. The agents' door has another port after each of its starts. */
  async findIntake(): Promise<void> {
    await expect(async () => {
      const { intakeUrl } = await this.call('app.info', {})
      expect(intakeUrl).not.toBeNull()
      this.#intakeUrl = intakeUrl ?? ''
    }).toPass({ timeout: 20_000 })
  }

  /** Resolves with the exit code when the application has ended by itself. */
  async ended(): Promise<number | null> {
    const child = this.#process
    if (child === null || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null
    const tooLate = setTimeout(() => child.kill('SIGKILL'), endsWithinMs)
    const [code] = (await once(child, 'exit')) as [number | null]
    clearTimeout(tooLate)
    return code
  }
  /** Quits in order. @returns the exit code */
  async quit(): Promise<number | null> {
    const app = this.#app
    const ended = this.ended()
    this.#app = null
    this.#page = null
    // Playwright asks the application to quit, unless it has.
    await app?.close().catch(() => {})
    return await ended
  }
}
