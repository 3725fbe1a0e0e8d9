import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createSecureServer } from 'node:https'

/** How the server misbehaves. */
export type Faults = {
  /** Ends the connection after this many bytes of the program, for this many requests. */
  breakDownload?: { afterBytes: number; times: number }
  /** Sends the request for the program somewhere else. */
  redirectTo?: string
}

export type Release = {
  version: string
  channel?: string
  /** What it is; by default bytes that nobody can start. */
  content?: Buffer
  /** Changed after the manifest was signed. */
  program?: Buffer
  /** It can be started, as an update is once it is in place. */
  runs?: boolean
  stagingPercentage?: number
  releaseNotes?: string
  /** Lines put into the manifest after it was signed. */
  tamper?: (manifest: string) => string
  signWith?: KeyObject
}

export type Certificate = { key: string; cert: string }

/** A folder of releases over HTTP on loopback, signed as the packaging signs them. */
export class UpdateServer {
  readonly publicKey: string
  readonly requests: string[] = []
  readonly headers: NodeJS.Dict<string | string[]>[] = []
  faults: Faults = {}
  readonly #privateKey: KeyObject
  readonly #files = new Map<string, Buffer>()
  readonly #server: Server
  readonly #isSecure: boolean

  private constructor(certificate: Certificate | null) {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519')
    this.publicKey = publicKey.export({ type: 'spki', format: 'der' }).toString('base64')
    this.#privateKey = privateKey
    const answer: RequestListener = (request, response) => {
      const path = (request.url ?? '/').replace(/\?.*$/, '')
      this.requests.push(`${request.method} ${path}`)
      this.headers.push(request.headers)
      const file = this.#files.get(decodeURIComponent(path))
      if (file === undefined) return void response.writeHead(404).end()
      const isProgram = path.endsWith('.AppImage')
      if (isProgram && this.faults.redirectTo !== undefined) return void response.writeHead(302, { location: this.faults.redirectTo }).end()
      response.writeHead(200, { 'content-length': String(file.byteLength) })
      const { breakDownload } = this.faults
      if (!isProgram || breakDownload === undefined || breakDownload.times === 0) return void response.end(file)
      breakDownload.times -= 1
      response.write(file.subarray(0, breakDownload.afterBytes), () => setTimeout(() => request.socket.destroy(), 20))
    }
    this.#isSecure = certificate !== null
    this.#server = certificate === null ? createServer(answer) : createSecureServer(certificate, answer)
  }

  /** The key of the makers, with which a packaging signs too. */
  get signingKey(): string {
    return this.#privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  }

  static async start({ certificate = null, port = 0 }: { certificate?: Certificate | null; port?: number } = {}): Promise<UpdateServer> {
    const server = new UpdateServer(certificate)
    await new Promise<void>((resolve) => server.#server.listen(port, '127.0.0.1', resolve))
    return server
  }

  get url(): string {
    const address = this.#server.address()
    if (address === null || typeof address === 'string') throw new Error('the update server does not listen')
    return `http${this.#isSecure ? 's' : ''}://127.0.0.1:${address.port}/desktop`
  }

  /** @returns the program that the manifest announces */
  publish({ version, channel = 'latest', content, program, runs = false, stagingPercentage, releaseNotes, tamper, signWith }: Release): Buffer {
    const announced = content ?? (runs ? Buffer.concat([Buffer.from('#!/bin/sh\nexit 0\n'), randomBytes(200_000)]) : randomBytes(200_000))
    // Without a version, as the packaging names it.
    const name = 'Tidemark-x86_64.AppImage'
    const manifest = [
      `version: ${version}`,
      'files:',
      `  - url: ${name}`,
      `    sha512: ${createHash('sha512').update(announced).digest('base64')}`,
      `    size: ${announced.byteLength}`,
      `path: ${name}`,
      "releaseDate: '2026-11-20T10:00:00.000Z'",
      ...(stagingPercentage === undefined ? [] : [`stagingPercentage: ${stagingPercentage}`]),
      ...(releaseNotes === undefined ? [] : [`releaseNotes: ${JSON.stringify(releaseNotes)}`]),
      '',
    ].join('\n')
    const suffix = process.arch === 'x64' ? '' : `-${process.arch}`
    const manifestPath = `/desktop/${channel}-linux${suffix}.yml`
    this.#files.set(manifestPath, Buffer.from(tamper?.(manifest) ?? manifest))
    this.#files.set(`${manifestPath}.sig`, Buffer.from(`${sign(null, Buffer.from(manifest), signWith ?? this.#privateKey).toString('base64')}\n`))
    this.#files.set(`/desktop/${name}`, program ?? announced)
    return announced
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}
