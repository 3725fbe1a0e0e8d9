/**
 * Every refusal that the protocol (shared/contract/README.md, "Errors") and the code name: that somewhere a test provokes it, and here those that no
 * other test does.
 */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { portalResponse } from '../../shared/contract/platform.ts'
import { envelope, SandboxFixture } from '../engine/sandbox/fixture.ts'
import { type Device, type Scene, startScene } from './fixture.ts'

const tests = fileURLToPath(new URL('..', import.meta.url))

/** By who refuses. A code that a program can answer and that is not listed here fails the last test of this list. */
const named: Record<string, readonly string[]> = {
  'the platform: who asks': [
    'missing_token',
    'invalid_token',
    'token_revoked',
    'token_expired',
    'device_revoked',
    'forbidden',
    'foreign_host',
    'foreign_origin',
    'own_tenant_only',
    'rate_limited',
  ],
  'the platform: quota': ['encrypted_bytes_exceeded', 'sync_devices_exceeded', 'sync_operations_exceeded', 'api_sub_keys_exceeded'],
  'the platform: what is asked': [
    'invalid_request',
    'not_found',
    'unknown_route',
    'method_not_allowed',
    'unsupported_media_type',
    'body_too_large',
    'too_many_envelopes',
    'push_too_large',
    'invalid_envelope',
    'envelope_conflict',
    'sub_key_revoked',
    'version_conflict',
    'invalid_setting',
    'read_only_setting',
    'idempotency_key_reused',
    'too_many_events',
    'operations_unavailable',
    'sync_unavailable',
    'alert_of_catalog',
    'unknown_dimension',
  ],
  'the platform: histories': ['cursor_unknown', 'device_forked', 'session_closed', 'unknown_version'],
  'the platform: money': [
    'billing_unavailable',
    'already_on_plan',
    'change_in_portal',
    'quote_changed',
    'subscription_ended',
    'unknown_plan',
    'no_subscription',
    'invalid_signature',
    'foreign_form',
    'portal_closed',
    'request_pending',
    'request_not_needed',
    'already_decided',
    'seats_not_sold',
    'already_has_seats',
    'top_up_not_sold',
  ],
  'the platform: wallet': [
    'insufficient_balance',
    'approval_required',
    'circle_name_taken',
    'wallet_unavailable',
    'amount_too_large',
    'reserve_expired',
    'run_settled',
    'instance_suspended',
  ],
  'the agents’ door': [
    'unauthorized',
    'invalid_memory_id',
    'invalid_content_type',
    'envelope_too_large',
    'batch_too_large',
    'headers_too_large',
    'request_timeout',
    'vault_locked',
    'door_full',
    'disk_full',
    'not_offered',
    'memory_unreadable',
    'memory_damaged',
  ],
  'the console': [
    'offline',
    'signed_out',
    'connection_problem',
    'other_workspace',
    'invalid_url',
    'invalid_input',
    'unknown_call',
    'untrusted_page',
    'wrong_passphrase',
    'key_damaged',
    'secret_store',
    'backup_not_ours',
    'backup_from_the_future',
    'backup_damaged',
    'backup_other_key',
    'backup_failed',
    'database_from_the_future',
    'import_ended',
    'too_many_imports',
    'engine_starting',
    'engine_stopped',
  ],
}

describe('every named refusal has a test', () => {
  const sources = filesBelow(tests).map((path) => ({ path, text: readFileSync(path, 'utf8') }))
  /** The part of this file below the list: here a code counts only where it is provoked. */
  const own =
    readFileSync(fileURLToPath(import.meta.url), 'utf8')
      .split('// Those that no other test provokes.')
      .at(-1) ?? ''
  it.each(Object.entries(named))('%s', (_, codes) => {
    const missing = codes.filter((code) => {
      const word = new RegExp(`\\b${code}\\b`)
      return !word.test(own) && !sources.some(({ path, text }) => path !== fileURLToPath(import.meta.url) && word.test(text))
    })
    expect(missing).toEqual([])
  })

  it('and none that the sandbox or the intake can answer is missing in the list', () => {
    const root = join(tests, '..', 'main')
    const listed = new Set(Object.values(named).flat())
    // Behind these stands Polar itself: it names a foreign page, does not answer, sells no such plan, has no price for it, or a card on file fails.
    const ofTheRealPolar = ['foreign_page', 'payments_unavailable', 'plan_not_sold', 'custom_price', 'payment_declined']
    const found = filesBelow(join(root, 'sandbox')).flatMap((path) =>
      [...readFileSync(path, 'utf8').matchAll(/new Refusal\(\s*'([a-z_]+)'/g)].map(([, code]) => code ?? ''),
    )
    const statuses = /STATUS_OF_CODE[^{]*\{([\s\S]*?)\n\}/.exec(readFileSync(join(root, 'engine/intake/answers.ts'), 'utf8'))?.[1] ?? ''
    found.push(...[...statuses.matchAll(/^ {2}([a-z_]+): \d/gm)].map(([, code]) => code ?? ''))
    expect(found.length).toBeGreaterThan(40)
    // The writer has gone before it could be told, or the words are those of no refusal at all.
    const untold = ['request_aborted', 'internal_error']
    expect([...new Set(found)].filter((code) => !listed.has(code) && !ofTheRealPolar.includes(code) && !untold.includes(code))).toEqual([])
  })
})

// Those that no other test provokes.
describe('the platform refuses', () => {
  let fixture: SandboxFixture
  beforeEach(async () => {
    fixture = await SandboxFixture.start()
  })
  afterEach(() => fixture.stop())

  // On this computer itself it is the demo's default member who asks; a page elsewhere is nobody.
  it('a request without a token that a page of another site makes', async () => {
    const answer = await fetch(`${fixture.sandbox.url}/v1/workspace`, { headers: { 'Sec-Fetch-Site': 'cross-site' } })
    expect(answer.status).toBe(401)
    expect(answer.headers.get('www-authenticate')).toBe('Bearer')
    expect(await answer.json()).toMatchObject({ code: 'missing_token', _suggestion: expect.stringContaining('Bearer') })
  })

  it.each(['evil.example', '127.0.0.1', '127.0.0.1:1', 'localhost'])('a Host that is not its own (%s)', async (host) => {
    expect(await askWithHost(fixture.sandbox.port, '/healthz', host)).toMatchObject({ status: 403, body: { code: 'foreign_host' } })
  })

  it.each([
    ['no hash', { sha256: 'x' }],
    ['another size', { size_bytes: 5 }],
    ['a field that no contract lists', { name: 'secret plans' }],
    ['revision 0', { revision: 0 }],
  ])('an envelope with %s, and it alone', async (_, change) => {
    const good = envelope(100)
    const { value } = await fixture.push([good, envelope(100, change)])
    expect(value.results).toMatchObject([
      { id: good.id, status: 'stored' },
      { status: 'invalid', code: 'invalid_envelope', message: expect.any(String) },
    ])
    expect((await fixture.counters()).encrypted_bytes?.used).toBe(100)
  })

  it('a page of the portal whose link is not good any more, and a form that was not made for it', async () => {
    expect(await (await fetch(`${fixture.sandbox.url}/polar/portal?customer_session_token=x`)).json()).toMatchObject({ code: 'portal_closed' })
    const { url } = await fixture.openCheckout('pro')
    const foreign = await fetch(url, { method: 'POST', body: new URLSearchParams({ seal: 'x', number: '4242424242424242' }) })
    expect(foreign.status).toBe(403)
    expect(await foreign.json()).toMatchObject({ code: 'foreign_form' })
  })

  it('to change to a plan that the portal does not offer', async () => {
    await fixture.buy('pro')
    const { value } = await fixture.send(portalResponse, 'POST', '/api/billing/portal')
    const seal = /name="seal" value="([^"]+)"/.exec(await (await fetch(value.url)).text())?.[1] ?? ''
    const answer = await fetch(value.url.replace('/portal?', '/portal/change?'), { method: 'POST', body: new URLSearchParams({ seal, product: 'unheard-of' }) })
    expect([answer.status, await answer.json()]).toMatchObject([404, { code: 'unknown_plan' }])
    expect((await fixture.plan()).plan.id).toBe('pro')
  })

  it('to cancel or change a subscription where there is none', async () => {
    const { value } = await fixture.send(portalResponse, 'POST', '/api/billing/portal')
    const page = await (await fetch(value.url)).text()
    const seal = /name="seal" value="([^"]+)"/.exec(page)?.[1] ?? ''
    const answer = await fetch(value.url.replace('/portal?', '/portal/cancel?'), { method: 'POST', body: new URLSearchParams({ seal }) })
    expect([answer.status, await answer.json()]).toMatchObject([409, { code: 'no_subscription' }])
  })
})

describe('the agents’ door refuses', () => {
  let scene: Scene
  let device: Device
  beforeEach(async () => {
    scene = await startScene()
    device = scene.device
  })
  afterEach(() => scene.close())

  it('a Host that is not its own, whatever token comes with it', async () => {
    const headers = { authorization: `Bearer ${device.agent.secret}` }
    expect(await askWithHost(device.intakePort, '/v1/memories/x', 'evil.example', headers)).toMatchObject({ status: 403, body: { code: 'foreign_host' } })
  })

  it('a head that is too large', async () => {
    const headers = { authorization: `Bearer ${device.agent.secret}`, 'x-long': 'y'.repeat(20_000) }
    expect(await askWithHost(device.intakePort, '/v1/memories/x', `127.0.0.1:${device.intakePort}`, headers)).toMatchObject({
      status: 431,
      body: { code: 'headers_too_large', _suggestion: expect.any(String) },
    })
  })
})

describe('the console refuses', () => {
  let scene: Scene
  let device: Device
  beforeEach(async () => {
    scene = await startScene()
    device = scene.device
  })
  afterEach(() => scene.close())

  it('a key record that cannot be read: the vault stays locked, what is sealed is delivered all the same', async () => {
    await device.proxy.setFaults({ kind: 'refuse' })
    await device.write('sealed')
    await device.stop()
    const good = device.masterKeyRecord
    device.secrets.set('master-key', '{"format":"tidemark-master-key"')
    await device.start()
    await expect(device.call('vault.unlock', { passphrase: 'some passphrase' })).rejects.toMatchObject({ code: 'key_damaged' })
    await expect(device.write('another')).rejects.toThrow(/503.*vault_locked/)
    expect(device.secrets.get('master-key')).toBe('{"format":"tidemark-master-key"')
    await device.proxy.setFaults()
    await device.until(() => device.isDelivered(), 'the delivery', { jumpMs: 1_000 })
    await device.stop()
    device.secrets.set('master-key', good)
    await device.start()
    await device.write('another')
  })

  it('a copy of outbox.db where none can be made, and says that nothing is lost', async () => {
    const folder = join(device.dataDir, 'backups')
    rmSync(folder, { recursive: true, force: true })
    writeFileSync(folder, 'not a folder')
    await expect(device.call('backups.create', {})).rejects.toMatchObject({ code: 'backup_failed' })
    await device.write('goes on')
  })

  it('more imports at once than it can keep apart', async () => {
    const start = () => device.call('import.start', { workspaceId: device.workspaceId, filesTotal: 1 })
    const started: string[] = []
    const refused = await (async () => {
      for (;;) started.push((await start()).importId)
    })().catch((error: unknown) => error)
    expect(refused).toMatchObject({ code: 'too_many_imports' })
    await device.call('import.cancel', { importId: started[0] ?? '' })
    await start()
  })

  it('an outbox.db from the future, by its code', async () => {
    const { FutureDatabaseError } = await import('../../main/engine/store/errors.ts')
    expect(new FutureDatabaseError('outbox.db', 9, 5)).toMatchObject({
      code: 'database_from_the_future',
      suggestion: expect.stringContaining('Update the program'),
    })
  })
})

/** A request whose Host header is not the address that it goes to. */
function askWithHost(port: number, path: string, host: string, headers: Record<string, string> = {}): Promise<{ status: number; body: unknown }> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, headers: { ...headers, host } }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: JSON.parse(Buffer.concat(chunks).toString()) }))
    })
    sent.on('error', reject)
    sent.end()
  })
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.(ts|tsx)$/.test(entry.name) && !entry.parentPath.includes('node_modules'))
    .map((entry) => join(entry.parentPath, entry.name))
}
