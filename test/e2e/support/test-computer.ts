import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { WebSocket } from 'ws'
import { z } from 'zod'
import { type CallInput, type CallName, type CallOutput, calls, type ConsoleError } from '../../../shared/contract/console.ts'
import { hostMessage } from '../../../shared/contract/web-socket.ts'
import { bridgePath, launchFragment } from '../../../shared/contract/web-socket-line.ts'
import { type Agent, agentWith } from './agent.ts'
import { type Program, startProgram } from './program.ts'

/** From where the run was started, the repository: benchmarks bundle this file, which then lies elsewhere. */
const entry = join(process.cwd(), 'out/main/web.js')

/** A computer with the console on it: one data folder, and the web host that runs or does not. */
export class TestComputer {
  readonly dataDir: string
  readonly #platformUrl: string
  readonly #env: NodeJS.ProcessEnv
  #program: Program | null = null
  readonly #programs: Program[] = []
  #line: BridgeLine | null = null
  /** Single use: the first page takes it, every later one is handed a new link. */
  #launchLink: string | null = null
  #intakeUrl = ''

  constructor(dataDir: string, platformUrl: string, env: NodeJS.ProcessEnv) {
    this.dataDir = dataDir
    this.#platformUrl = platformUrl
    this.#env = env
  }

  get running(): Program {
    if (this.#program === null) throw new Error('The console of this computer does not run')
    return this.#program
  }

  /** What the console printed, at every start. */
  get lines(): string[] {
    return this.#programs.flatMap(({ lines }) => lines)
  }

  get intakeUrl(): string {
    return this.#intakeUrl
  }

  /** Starts the console and waits until it printed its link. */
  async start(): Promise<void> {
    const program = startProgram(entry, ['--no-open', '--port', '0', '--data', this.dataDir, '--platform', this.#platformUrl], this.#env)
    this.#program = program
    this.#programs.push(program)
    this.#intakeUrl = (await program.line(/^Agents\s+(\S+)/))[1] ?? ''
    this.#launchLink = (await program.line(/^Console\s+(\S+)/))[1] ?? ''
  }

  async stop(): Promise<void> {
    this.#line?.close()
    this.#line = null
    await this.#program?.stop()
    this.#program = null
  }

  async kill(): Promise<void> {
    this.#line?.close()
    this.#line = null
    await this.#program?.kill()
    this.#program = null
  }

  /** A link that nobody has used yet. */
  async launchLink(): Promise<string> {
    const link = this.#launchLink
    this.#launchLink = null
    return link ?? (await this.#askForLink())
  }

  /** A call over a socket of its own, for what a spec needs done and does not look at. @throws with the code of a refusal. */
  async call<N extends CallName>(name: N, input: CallInput<N>): Promise<CallOutput<N>> {
    this.#line ??= await BridgeLine.open(await this.#askForLink())
    return await this.#line.call(name, input)
  }

  /** The one workspace of this computer, once it is known. */
  async workspaceId(): Promise<string> {
    for (;;) {
      const [workspace] = await this.call('workspaces.list', {})
      if (workspace !== undefined) return workspace.id
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }

  /** A new agent with a sub-key of its own. Needs the platform. */
  async agent(name: string): Promise<Agent> {
    const { secret, subKey } = await this.call('subKeys.create', { workspaceId: await this.workspaceId(), name })
    return agentWith(() => this.#intakeUrl, secret, subKey.id)
  }

  async #askForLink(): Promise<string> {
    const { port, controlSecret } = z
      .looseObject({ port: z.int(), controlSecret: z.string() })
      .parse(JSON.parse(await readFile(join(this.dataDir, 'host.json'), 'utf8')))
    const answer = await fetch(`http://127.0.0.1:${port}/control/launch-link`, { method: 'POST', headers: { authorization: `Bearer ${controlSecret}` } })
    if (!answer.ok) throw new Error(`No link: ${answer.status}`)
    return (await answer.text()).trim()
  }
}

/** What the page's own bridge does, from a test. */
class BridgeLine {
  readonly #socket: WebSocket
  readonly #waiting = new Map<number, (result: { ok: true; value?: unknown } | { ok: false; error: ConsoleError }) => void>()
  #lastId = 0

  private constructor(socket: WebSocket) {
    this.#socket = socket
  }

  static async open(link: string): Promise<BridgeLine> {
    const { origin, host, hash } = new URL(link)
    const socket = new WebSocket(`ws://${host}${bridgePath}`, { origin })
    const line = new BridgeLine(socket)
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject)
      socket.once('close', (code) => reject(new Error(`The bridge was closed: ${code}`)))
      socket.once('open', () => socket.send(JSON.stringify({ type: 'hello', launchToken: hash.slice(1 + launchFragment.length) })))
      socket.on('message', (data) => {
        const message = hostMessage.parse(JSON.parse(String(data)))
        if (message.type === 'welcome') resolve()
        if (message.type === 'answer') line.#settle(message.id, message.result)
      })
    })
    return line
  }

  async call<N extends CallName>(name: N, input: CallInput<N>): Promise<CallOutput<N>> {
    this.#lastId += 1
    const id = this.#lastId
    const result = await new Promise<{ ok: true; value?: unknown } | { ok: false; error: ConsoleError }>((resolve) => {
      this.#waiting.set(id, resolve)
      this.#socket.send(JSON.stringify({ type: 'call', id, name, input }))
    })
    if (!result.ok) throw new Error(`${name} was refused: ${result.error.code}: ${result.error.message}`)
    // The schema of this very call; the map's key and its output belong together by type.
    return calls[name].output.parse(result.value) as CallOutput<N>
  }

  close(): void {
    this.#socket.removeAllListeners('close')
    this.#socket.close()
  }

  #settle(id: number, result: { ok: true; value?: unknown } | { ok: false; error: ConsoleError }): void {
    const resolve = this.#waiting.get(id)
    this.#waiting.delete(id)
    resolve?.(result)
  }
}
