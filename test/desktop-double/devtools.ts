import type { Protocol } from '../../node_modules/playwright-core/types/protocol.d.ts'

export type { Protocol }
type Parameters = Protocol.CommandParameters
type Answers = Protocol.CommandReturnValues
type Events = Protocol.Events
type Waiting = { resolve(answer: unknown): void; reject(error: Error): void }
type Message = { id?: number; method?: string; sessionId?: string; params?: unknown; result?: unknown; error?: { message: string } }

export type Command = keyof Parameters & keyof Answers
export type CommandInput<C extends Command> = Parameters[C]
export type CommandAnswer<C extends Command> = Answers[C]

/** A client of Chromium's DevTools protocol. Session '' is the browser itself. */
export class DevTools {
  readonly #socket: WebSocket
  readonly #waiting = new Map<number, Waiting>()
  readonly #listeners = new Map<string, ((params: never) => void)[]>()
  #lastId = 0

  private constructor(socket: WebSocket) {
    this.#socket = socket
    socket.onmessage = ({ data }) => this.#take(JSON.parse(String(data)))
    socket.onclose = () => {
      for (const { reject } of this.#waiting.values()) reject(new Error('Chromium has ended'))
      this.#waiting.clear()
    }
  }

  static async connect(url: string): Promise<DevTools> {
    const socket = new WebSocket(url)
    await new Promise<void>((resolve, reject) => {
      socket.onopen = () => resolve()
      socket.onerror = () => reject(new Error(`Chromium does not answer at ${url}`))
    })
    return new DevTools(socket)
  }

  /** @throws with Chromium's words when it refuses, and when it ends before it answers */
  send<C extends Command>(command: C, input: CommandInput<C>, session = ''): Promise<CommandAnswer<C>> {
    this.#lastId += 1
    const id = this.#lastId
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve: (answer) => resolve(answer as CommandAnswer<C>), reject })
      this.#socket.send(JSON.stringify({ id, method: command, params: input, ...(session === '' ? {} : { sessionId: session }) }))
    })
  }

  on<E extends keyof Events>(session: string, event: E, listener: (params: Events[E]) => void): void {
    const key = `${session} ${event}`
    this.#listeners.set(key, [...(this.#listeners.get(key) ?? []), listener])
  }

  /** Forgets every listener of a session that is over. */
  forget(session: string): void {
    for (const key of this.#listeners.keys()) if (key.startsWith(`${session} `)) this.#listeners.delete(key)
  }

  #take({ id, method, sessionId = '', params, result, error }: Message): void {
    if (id === undefined) {
      for (const listener of this.#listeners.get(`${sessionId} ${method}`) ?? []) listener(params as never)
      return
    }
    const waiting = this.#waiting.get(id)
    this.#waiting.delete(id)
    if (error === undefined) waiting?.resolve(result)
    else waiting?.reject(new Error(error.message))
  }
}
