import { type ClientRequest as NodeRequest, type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import type { ClientRequestConstructorOptions, Net } from 'electron'
import { refuseUnknown, Surface } from '../surface.ts'

/** What electron-updater's own transport asks of a request. Node's in the place of Chromium's: no proxy, no cache, no cookies. */
class ClientRequest extends Surface {
  readonly #sent: NodeRequest
  readonly #redirect: ClientRequestConstructorOptions['redirect']

  constructor(options: ClientRequestConstructorOptions) {
    super()
    // A session of its own is asked for by name; there is nothing in it here.
    const { session: _session, redirect = 'follow', url, headers, ...address } = options
    const { protocol = 'https:', ...where } = url === undefined ? address : partsOf(url)
    this.#redirect = redirect
    const send = protocol === 'http:' ? requestHttp : requestHttps
    this.#sent = send({ ...address, ...where, protocol, headers: headers as Record<string, string> }, (response) => this.#answered(response))
    this.#sent.on('error', (error) => this.emit('error', new Error(`net::ERR_CONNECTION_FAILED ${error.message}`)))
    this.#sent.on('close', () => this.emit('close'))
  }
  setHeader(name: string, value: string): void {
    this.#sent.setHeader(name, value)
  }
  write(chunk: Buffer | string): void {
    this.#sent.write(chunk)
  }
  end(chunk?: Buffer | string): void {
    this.#sent.end(chunk)
  }
  abort(): void {
    this.#sent.destroy()
    this.emit('abort')
  }

  #answered(response: IncomingMessage): void {
    const { statusCode = 0 } = response
    if (statusCode < 300 || statusCode >= 400 || response.headers.location === undefined) return void this.emit('response', response)
    response.resume()
    // The words of lib/common/api/net-client-request.ts.
    if (this.#redirect === 'error') this.emit('error', new Error("Attempted to redirect, but redirect policy was 'error'"))
    else if (this.#redirect === 'manual') this.emit('redirect', statusCode, 'GET', response.headers.location, response.headers)
    else throw new Error('electron double: a request that follows redirects is not here')
  }
}

function partsOf(url: string): { protocol: string; hostname: string; port: string; path: string } {
  const { protocol, hostname, port, pathname, search } = new URL(url)
  return { protocol, hostname, port, path: `${pathname}${search}` }
}

export const net = refuseUnknown('net', {
  request: ((options: ClientRequestConstructorOptions) => new ClientRequest(options)) as unknown as Net['request'],
} satisfies Pick<Net, 'request'>)
