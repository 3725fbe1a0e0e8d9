import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { z } from 'zod'
import type { Clock } from '../../../main/sandbox/clock.ts'
import { type Sandbox, type SandboxOptions, startSandbox } from '../../../main/sandbox/server.ts'
import * as contract from '../../../shared/contract/platform.ts'
import { openApiCheckOf } from './openapi-check.ts'

type Member = z.output<typeof contract.sandboxMembersResponse>[number]

/** How a request is made: by whom (a role of the first workspace, or of the one with that catalog), and with what. */
export type RequestOptions = { body?: unknown; role?: string; catalog?: string; token?: string; headers?: Record<string, string> }

/** A clock that stands still until it is stepped. Timers run when the step passes them. */
export class SteppedClock implements Clock {
  #now: number
  readonly #timers = new Set<{ at: number; work: () => void }>()

  constructor(now = Date.UTC(2026, 0, 31, 12)) {
    this.#now = now
  }

  now(): number {
    return this.#now
  }

  monotonic(): number {
    return this.#now
  }

  after(delayMs: number, work: () => void): () => void {
    const timer = { at: this.#now + delayMs, work }
    this.#timers.add(timer)
    return () => this.#timers.delete(timer)
  }

  step(ms: number): void {
    this.#now += ms
    for (const timer of [...this.#timers]) {
      if (timer.at > this.#now || !this.#timers.delete(timer)) continue
      timer.work()
    }
  }
}

/** A sandbox on a fresh data folder, and a client that checks every answer against the contract. */
export class SandboxFixture {
  readonly sandbox: Sandbox
  readonly dataDir: string
  readonly members: readonly Member[]

  private constructor(sandbox: Sandbox, dataDir: string, members: readonly Member[]) {
    this.sandbox = sandbox
    this.dataDir = dataDir
    this.members = members
  }

  static async start(options: Partial<SandboxOptions> = {}): Promise<SandboxFixture> {
    const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'tidemark-sandbox-'))
    const sandbox = await startSandbox({
      port: 0,
      dataDir,
      // What the sandbox could not do is a failed test, wherever it shows.
      report: (error) => {
        console.error(error)
      },
      ...options,
    })
    const members = contract.sandboxMembersResponse.parse(await (await fetch(`${sandbox.url}/sandbox/members`)).json())
    return new SandboxFixture(sandbox, dataDir, members)
  }

  /** Of a member of the first workspace, or of the one with that catalog. */
  token(role = 'tenant_admin', catalog = this.members[0]?.catalog): string {
    const member = this.members.find((one) => one.catalog === catalog && one.role === role)
    if (member === undefined) throw new Error(`The demo has no ${role} in ${catalog}`)
    return member.token
  }

  async stop(): Promise<void> {
    await this.sandbox.stop()
    rmSync(this.dataDir, { recursive: true, force: true })
  }

  /** Sends JSON; a success must have the shape of `schema`, a refusal the error shape with a suggestion. */
  async send<T extends z.ZodType>(
    schema: T,
    method: string,
    path: string,
    { body, role, catalog, token = this.token(role, catalog), headers = {} }: RequestOptions = {},
  ): Promise<{ status: number; value: z.output<T> }> {
    const response = await this.#fetch(method, path, body, token, headers)
    const json = await this.#checked(method, path, response)
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(json)}`)
    return { status: response.status, value: schema.parse(json) }
  }

  async refused(
    method: string,
    path: string,
    { body, role, catalog, token = this.token(role, catalog), headers = {} }: RequestOptions = {},
  ): Promise<{ status: number; error: contract.PlatformError }> {
    const response = await this.#fetch(method, path, body, token, headers)
    const json = await this.#checked(method, path, response)
    if (response.ok) throw new Error(`${method} ${path} was not refused: ${response.status} ${JSON.stringify(json)}`)
    const error = contract.platformError.parse(json)
    if (response.status < 500 && error._suggestion === undefined) throw new Error(`${method} ${path}: ${error.code} without a suggestion`)
    return { status: response.status, error }
  }

  /** The body of an answer, which is as `/openapi.json` describes it. */
  async #checked(method: string, path: string, response: Response): Promise<unknown> {
    const body: unknown = await response.json()
    const check = await openApiCheckOf(this.sandbox.url)
    check.check({ method, path, status: response.status, contentType: response.headers.get('content-type'), body })
    return body
  }

  #fetch(method: string, path: string, body: unknown, token: string, headers: Record<string, string>): Promise<Response> {
    return fetch(`${this.sandbox.url}${path}`, {
      method,
      headers: { Authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  }

  async counters(): Promise<Record<string, contract.Counter>> {
    const { value } = await this.send(contract.countersResponse, 'GET', '/v1/billing/usage')
    return Object.fromEntries(value.map((counter) => [counter.metric, counter]))
  }

  push(envelopes: unknown[], { deviceId = DEVICE, sessionId = null }: { deviceId?: string; sessionId?: string | null } = {}) {
    return this.send(contract.pushResponse, 'POST', '/v1/sync/push', { body: { device_id: deviceId, session_id: sessionId, envelopes } })
  }

  pushRefused(envelopes: unknown[], { deviceId = DEVICE, sessionId = null }: { deviceId?: string; sessionId?: string | null } = {}) {
    return this.refused('POST', '/v1/sync/push', { body: { device_id: deviceId, session_id: sessionId, envelopes } })
  }

  async openCheckout(plan: string): Promise<{ id: string; url: string }> {
    return (await this.send(contract.checkoutResponse, 'POST', '/api/billing/checkout', { body: { plan } })).value
  }

  async checkout(id: string) {
    return (await this.send(contract.checkoutDocument, 'GET', `/api/billing/checkout/${id}`)).value
  }

  /** The plan document, of an account that has a plan. */
  async plan(asker: Pick<RequestOptions, 'catalog' | 'role' | 'token'> = {}) {
    const { plan, ...rest } = (await this.send(contract.planResponse, 'GET', '/api/billing/plan', asker)).value
    if (plan === null) throw new Error('This account has no plan')
    return { ...rest, plan }
  }

  /** Every document of the feed by topic and id, read page by page to its end. */
  async documents(asker: Pick<RequestOptions, 'catalog' | 'token'> = {}): Promise<Map<string, unknown>> {
    const documents = new Map<string, unknown>()
    for (let since = ''; ; ) {
      const { value } = await this.send(contract.changesResponse, 'GET', `/v1/sync/changes?limit=1000${since}`, asker)
      for (const { topic, id, op, body } of value.changes) {
        if (op === 'upsert') documents.set(`${topic}/${id}`, body)
        else documents.delete(`${topic}/${id}`)
      }
      if (!value.more) return documents
      since = `&since=${encodeURIComponent(value.cursor)}`
    }
  }

  /** Buys a plan with the card that succeeds, and waits until it is in force. */
  async buy(plan: string): Promise<void> {
    const { id, url } = await this.openCheckout(plan)
    await submitForm(url, { number: '4242 4242 4242 4242', expiry: '12/40', cvc: '123' })
    const checkout = await this.checkout(id)
    if (!checkout.applied) throw new Error(`The checkout for ${plan} is ${checkout.status}`)
  }
}

/** A sandbox for one test alone. */
export async function withSandbox(work: (fixture: SandboxFixture) => Promise<void>, options: Partial<SandboxOptions> = {}): Promise<void> {
  const fixture = await SandboxFixture.start(options)
  try {
    await work(fixture)
  } finally {
    await fixture.stop()
  }
}

export async function withSteppedSandbox(work: (fixture: SandboxFixture, clock: SteppedClock) => Promise<void>): Promise<void> {
  const clock = new SteppedClock()
  await withSandbox((fixture) => work(fixture, clock), { clock })
}

export const DEVICE = '0190c2a0-0000-7000-8000-000000000001'
export const OTHER_DEVICE = '0190c2a0-0000-7000-8000-000000000002'
export const THIRD_DEVICE = '0190c2a0-0000-7000-8000-000000000003'

/** A well-formed envelope of so many bytes; `changes` spoils it. */
export function envelope(sizeBytes = 512, changes: Record<string, unknown> = {}): Record<string, unknown> & { id: string } {
  const bytes = randomBytes(sizeBytes)
  return {
    memory_ref: createHash('sha256').update(randomUUID()).digest('hex'),
    revision: 1,
    sub_key_id: null,
    created_at: new Date(Date.UTC(2026, 0, 31)).toISOString(),
    size_bytes: sizeBytes,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    ciphertext: bytes.toString('base64'),
    ...changes,
    id: typeof changes.id === 'string' ? changes.id : randomUUID(),
  }
}

/** Fills in the (first, or named) form of a page as a person would, hidden fields included, and follows no redirect. */
export async function submitForm(
  pageUrl: string,
  fields: Record<string, string>,
  { action = '', headers = {} }: { action?: string; headers?: Record<string, string> } = {},
): Promise<Response> {
  const page = await (await fetch(pageUrl)).text()
  const form = [...page.matchAll(/<form method="post"(?: action="([^"]*)")?[^>]*>([\s\S]*?)<\/form>/g)].find(([, path]) => (path ?? '').includes(action))
  if (form === undefined) throw new Error(`${pageUrl} has no form ${action}`)
  const hidden = [...(form[2] ?? '').matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(([, name, value]): [string, string] => [
    name ?? '',
    plainText(value ?? ''),
  ])
  const body = new URLSearchParams([...hidden, ...Object.entries(fields)])
  const target = form[1] === undefined ? pageUrl : new URL(plainText(form[1]), pageUrl).href
  return await fetch(target, { method: 'POST', body, redirect: 'manual', headers: { Origin: new URL(pageUrl).origin, ...headers } })
}

function plainText(text: string): string {
  return text.replaceAll('&amp;', '&').replaceAll('&quot;', '"').replaceAll('&#39;', "'")
}
