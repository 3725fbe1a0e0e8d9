import type { Protocol } from './devtools.ts'
import type { PageSession } from './page-session.ts'
import { protocolHandler } from './protocol.ts'
import { policyToPage, toApplication, toPage } from './urls.ts'

export type Navigation = { url: string; isMainFrame: boolean; isRedirect: boolean }
export type PageRequestsInput = {
  page: PageSession
  mainFrameId: string
  /** A document begins to be asked for: told before anything is decided. */
  starts: (navigation: Navigation) => void
  allows: (navigation: Navigation) => boolean
}
type Paused = Protocol.Fetch.requestPausedPayload

/**
 * Lets the application decide on every document that a page asks for, and answers its custom scheme from the application's own handler, headers
 * included: Chromium enforces the content policy in them.
 */
export class PageRequests {
  readonly #page: PageSession
  readonly #mainFrameId: string
  readonly #allows: (navigation: Navigation) => boolean
  readonly #starts: (navigation: Navigation) => void
  /** Addresses that the application itself loads: nobody is asked about them. */
  readonly #ownLoads = new Set<string>()

  constructor({ page, mainFrameId, starts, allows }: PageRequestsInput) {
    this.#page = page
    this.#mainFrameId = mainFrameId
    this.#starts = starts
    this.#allows = allows
  }

  async start(): Promise<void> {
    // The page may have gone before it is answered.
    this.#page.on('Fetch.requestPaused', (paused) => void this.#serve(paused).catch(() => {}))
    await this.#page.send('Fetch.enable', { patterns: [{ urlPattern: '*' }] })
  }

  expect(url: string): void {
    this.#ownLoads.add(withoutFragment(toPage(url)))
  }
  forget(url: string): void {
    this.#ownLoads.delete(withoutFragment(toPage(url)))
  }

  async #serve({ requestId, request, resourceType, frameId, redirectedRequestId }: Paused): Promise<void> {
    const url = toApplication(request.url)
    if (resourceType === 'Document') {
      const navigation = { url, isMainFrame: frameId === this.#mainFrameId, isRedirect: redirectedRequestId !== undefined }
      if (!navigation.isRedirect) this.#starts(navigation)
      if (!this.#ownLoads.delete(withoutFragment(request.url)) && !this.#allows(navigation)) return await this.#fail(requestId, 'Aborted')
    }
    if (url === request.url) return void (await this.#page.send('Fetch.continueRequest', { requestId }))
    const handler = protocolHandler(url.slice(0, url.indexOf(':')))
    if (handler === undefined) return await this.#fail(requestId, 'Failed')
    let answer: Response
    try {
      answer = await handler(applicationRequest(url, request))
    } catch (error) {
      console.error(`electron double: the handler of ${url} failed:`, error)
      return await this.#fail(requestId, 'Failed')
    }
    await this.#page.send('Fetch.fulfillRequest', {
      requestId,
      responseCode: answer.status,
      responseHeaders: [...answer.headers].map(([name, value]) => ({ name, value: headerToPage(name, value) })),
      body: Buffer.from(await answer.arrayBuffer()).toString('base64'),
    })
  }

  async #fail(requestId: string, errorReason: Protocol.Network.ErrorReason): Promise<void> {
    await this.#page.send('Fetch.failRequest', { requestId, errorReason })
  }
}

function applicationRequest(url: string, { method, headers, postDataEntries }: Protocol.Network.Request): Request {
  const body = postDataEntries?.map(({ bytes = '' }) => Buffer.from(bytes, 'base64'))
  return new Request(url, {
    method,
    headers: Object.entries(headers).map(([name, value]): [string, string] => [name, /^(origin|referer)$/i.test(name) ? toApplication(value) : value]),
    ...(body === undefined ? {} : { body: Buffer.concat(body) }),
  })
}

function headerToPage(name: string, value: string): string {
  if (/^content-security-policy/i.test(name)) return policyToPage(value)
  return name === 'location' ? toPage(value) : value
}

function withoutFragment(url: string): string {
  return url.replace(/#.*/s, '')
}
