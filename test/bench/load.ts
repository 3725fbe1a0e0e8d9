/** A client of HTTP/1.1 that costs next to nothing: requests are made beforehand, answers are only counted and their status checked. */
import { connect } from 'node:net'

export type LoadOptions = {
  port: number
  connections: number
  /** Ready-made requests with head and body; taken in order, `total` in all. */
  request(no: number): Buffer
  total: number
  expectedStatus: number
}

/** Seconds from the first request to the last answer. Each connection waits for its answer before it sends the next request. */
export async function load(options: LoadOptions): Promise<number> {
  let next = 0
  const started = performance.now()
  await Promise.all(
    Array.from(
      { length: options.connections },
      () =>
        new Promise<void>((resolve, reject) => {
          const socket = connect({ port: options.port, host: '127.0.0.1', noDelay: true })
          let received = ''
          const send = (): void => {
            if (next >= options.total) {
              socket.end()
              resolve()
              return
            }
            socket.write(options.request(next))
            next += 1
          }
          socket.setEncoding('latin1')
          socket.on('connect', send)
          socket.on('error', reject)
          socket.on('data', (chunk: string) => {
            received += chunk
            const headEnd = received.indexOf('\r\n\r\n')
            if (headEnd < 0) return
            const lengthHeader = /content-length: (\d+)/i.exec(received)?.[1]
            if (lengthHeader === undefined) return reject(new Error('an answer without a length'))
            if (received.length < headEnd + 4 + Number(lengthHeader)) return
            if (!received.startsWith(`HTTP/1.1 ${options.expectedStatus} `)) return reject(new Error(received.slice(0, 400)))
            received = ''
            send()
          })
        }),
    ),
  )
  return (performance.now() - started) / 1000
}

export function httpRequest(parts: { port: number; path: string; headers: Record<string, string>; body: Buffer }): Buffer {
  const headers = Object.entries({ ...parts.headers, 'Content-Length': String(parts.body.length) }).map(([name, value]) => `${name}: ${value}\r\n`)
  return Buffer.concat([Buffer.from(`POST ${parts.path} HTTP/1.1\r\nHost: 127.0.0.1:${parts.port}\r\n${headers.join('')}\r\n`), parts.body])
}
