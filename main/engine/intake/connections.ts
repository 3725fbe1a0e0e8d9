import type { Socket } from 'node:net'

/** One that was quiet for less than this may be about to speak. */
const GRACE_MS = 250

type Connection = { admitted: boolean; hasSpoken: boolean; requests: number; quietSince: number }

/**
 * Who is at the door. When it is full, whoever has been silent the longest is shown out for the one who comes, those first
 * that never asked anything; and where all are at work, the request of one too many is answered instead of reset.
 */
export class Connections {
  readonly #most: number
  readonly #refusal: string
  readonly #connections = new Map<Socket, Connection>()
  #admittedCount = 0

  /** @param refusal what a silent connection that is ended is told, as a whole HTTP answer */
  constructor(most: number, refusal: string) {
    this.#most = most
    this.#refusal = refusal
  }

  arrived(socket: Socket): void {
    const connection: Connection = { admitted: false, hasSpoken: false, requests: 0, quietSince: performance.now() }
    this.#connections.set(socket, connection)
    socket.once('close', () => this.#forget(socket))
    if (this.#admit(connection)) return
    // As many again are let wait with their request to be told that there is no room; a flood of silent ones ends itself.
    if (this.#connections.size <= 2 * this.#most) return
    const quietest = this.#quietest(({ admitted }) => !admitted)
    if (quietest !== null) this.#end(quietest)
  }

  /** A request came. False: there is no room for it. */
  began(socket: Socket): boolean {
    const connection = this.#connections.get(socket)
    if (connection === undefined) return false
    connection.hasSpoken = true
    connection.requests += 1
    return connection.admitted || this.#admit(connection)
  }

  /** Its answer is out. */
  ended(socket: Socket): void {
    const connection = this.#connections.get(socket)
    if (connection === undefined) return
    connection.requests -= 1
    connection.quietSince = performance.now()
  }

  #admit(connection: Connection): boolean {
    if (this.#admittedCount >= this.#most) {
      const before = performance.now() - GRACE_MS
      const quietest = this.#quietest(({ admitted, quietSince }) => admitted && quietSince <= before)
      if (quietest === null) return false
      this.#end(quietest)
    }
    connection.admitted = true
    this.#admittedCount += 1
    return true
  }

  #quietest(isMeant: (connection: Connection) => boolean): Socket | null {
    let found: [Socket, Connection] | null = null
    for (const [socket, connection] of this.#connections) {
      if (connection.requests > 0 || !isMeant(connection)) continue
      if (found === null || goesBefore(connection, found[1])) found = [socket, connection]
    }
    return found?.[0] ?? null
  }

  #end(socket: Socket): void {
    const hasSpoken = this.#connections.get(socket)?.hasSpoken === true
    this.#forget(socket)
    // A client that has had its answers does not expect another one.
    if (!hasSpoken) socket.write(this.#refusal)
    socket.destroySoon()
  }

  #forget(socket: Socket): void {
    if (this.#connections.get(socket)?.admitted === true) this.#admittedCount -= 1
    this.#connections.delete(socket)
  }
}

function goesBefore(left: Connection, right: Connection): boolean {
  return left.hasSpoken === right.hasSpoken ? left.quietSince < right.quietSince : !left.hasSpoken
}
