/** The sandbox as a process of its own, and what a person would do there, over HTTP. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { z } from 'zod'
import { checkoutDocument, checkoutResponse, sandboxMembersResponse } from '../../shared/contract/platform.ts'

export type Platform = {
  url: string
  port: number
  token: string
  dataDir: string
  /** Buys a plan with the test card, and waits until it is in force. Answers when (epoch ms) the card was accepted. */
  buy(plan: string): Promise<number>
  /** The first and the last time at which envelopes were stored after `sinceMs`, and how many; read from the platform's own database. */
  stored(sinceMs: number): StoredSpan
  /** Out of reach, and back: the process is stopped and goes on as warm as it was. Not to be had on Windows. */
  freeze(): void
  thaw(): void
  stop(): Promise<void>
}

/** `firstCount`: envelopes of the first transaction, which the span does not time. */
export type StoredSpan = { count: number; firstAt: number; lastAt: number; firstCount: number }

export async function startPlatform(dataDir: string, port = 0): Promise<Platform> {
  const child = fork(join(import.meta.dirname, 'sandbox.js'), ['--port', String(port), '--data', dataDir, '--no-history'], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const taken = await listeningPort(child)
  if (port !== 0 && taken !== port) throw new Error(`port ${port} is in use`)
  const url = `http://127.0.0.1:${taken}`
  const members = sandboxMembersResponse.parse(await (await fetch(`${url}/sandbox/members`)).json())
  const token = members.find(({ role, catalog }) => role === 'tenant_admin' && catalog === 'layer-a')?.token
  if (token === undefined) throw new Error('the sandbox has no tenant admin')
  const send = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(url + path, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
    return response.json()
  }
  return {
    url,
    port: taken,
    token,
    dataDir,
    async buy(plan) {
      const checkout = checkoutResponse.parse(await send('POST', '/api/billing/checkout', { plan }))
      await payWithCard(checkout.url)
      const paidAt = Date.now()
      for (;;) {
        if (checkoutDocument.parse(await send('GET', `/api/billing/checkout/${checkout.id}`)).applied) return paidAt
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    },
    stored: (sinceMs) => storedSpan(dataDir, sinceMs),
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    async stop() {
      if (child.exitCode !== null) return
      child.kill('SIGTERM')
      await once(child, 'exit')
    },
  }
}

async function payWithCard(pageUrl: string): Promise<void> {
  const page = await (await fetch(pageUrl)).text()
  const form = /<form method="post"(?: action="([^"]*)")?[^>]*>([\s\S]*?)<\/form>/.exec(page)
  if (form === null) throw new Error('the checkout page has no form')
  const hidden = [...(form[2] ?? '').matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(([, name, value]): [string, string] => [
    name ?? '',
    value ?? '',
  ])
  const body = new URLSearchParams([...hidden, ['number', '4242 4242 4242 4242'], ['expiry', '12/40'], ['cvc', '123']])
  const target = form[1] === undefined ? pageUrl : new URL(form[1].replaceAll('&amp;', '&'), pageUrl).href
  const { status } = await fetch(target, { method: 'POST', body, redirect: 'manual', headers: { Origin: new URL(pageUrl).origin } })
  if (status !== 303) throw new Error(`the payment was answered with ${status}`)
}

function storedSpan(dataDir: string, sinceMs: number): StoredSpan {
  const database = new BetterSqlite3(join(dataDir, 'platform.db'), { readonly: true })
  try {
    const row = z
      .object({ count: z.int(), firstAt: z.int().nullable(), lastAt: z.int().nullable() })
      .parse(database.prepare('SELECT count(*) AS count, min(stored_at) AS firstAt, max(stored_at) AS lastAt FROM envelopes WHERE stored_at >= ?').get(sinceMs))
    const firstAt = row.firstAt ?? 0
    const firstCount = database.prepare<[number], number>('SELECT count(*) FROM envelopes WHERE stored_at = ?').pluck().get(firstAt) ?? 0
    return { count: row.count, firstAt, lastAt: row.lastAt ?? 0, firstCount }
  } finally {
    database.close()
  }
}

/** Envelopes a second between the first and the last push, as the platform itself saw them come. */
export function spanRate({ count, firstAt, lastAt, firstCount }: StoredSpan): number {
  return (count - firstCount) / ((lastAt - firstAt) / 1000)
}

function listeningPort(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('message', (message) => resolve(z.object({ type: z.literal('listening'), port: z.int() }).parse(message).port))
    child.once('exit', (code) => reject(new Error(`the sandbox ended with ${code}`)))
  })
}
