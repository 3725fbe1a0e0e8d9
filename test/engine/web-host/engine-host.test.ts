import { afterEach, describe, expect, test } from 'vitest'
import { type EngineHost, type EngineHostInput, startEngineHost } from '../../../main/bridge/engine-host.ts'
import { EngineStartError } from '../../../main/bridge/engine-worker.ts'
import type { SecretStore } from '../../../main/bridge/messages.ts'
import type { ConsoleEvent } from '../../../shared/contract/console.ts'

const workerPath = new URL('./echo-engine.mjs', import.meta.url)
const open: EngineHost[] = []

afterEach(async () => {
  for (const engine of open.splice(0)) await engine.stop()
})

type Extras = Pick<EngineHostInput, 'onDeath' | 'onLine' | 'findProxy'>

async function start({ dataDir = '/data', secrets = memorySecrets(), ...extras }: { dataDir?: string; secrets?: SecretStore } & Extras = {}) {
  const lines: string[] = []
  let restarts = 0
  const engine = await startEngineHost({
    workerPath,
    options: {
      dataDir,
      host: 'web',
      version: '1.0.0',
      firstWorkspaces: [],
      trustedLoopbackOrigins: [],
      secretsProtectedBy: secrets.protectedBy,
      intakePort: 0,
    },
    secrets,
    report: (line) => lines.push(line),
    onRestart: () => {
      restarts += 1
    },
    ...extras,
  })
  open.push(engine)
  return { engine, lines, restarts: () => restarts }
}

function memorySecrets(): SecretStore {
  const kept = new Map<string, string>()
  return {
    protectedBy: 'nothing',
    get: async (key) => kept.get(key) ?? null,
    set: async (key, value) => void (value === null ? kept.delete(key) : kept.set(key, value)),
  }
}

describe('calls', () => {
  test('are answered each to its asker, also when many are open', async () => {
    const { engine } = await start()
    const names = ['app.info', 'workspaces.list', 'vault.status', 'devices.list'] as const
    const results = await Promise.all(names.map((name) => engine.call(name, { of: name })))
    expect(results).toEqual(names.map((name) => ({ ok: true, value: { name, input: { of: name }, dataDir: '/data' } })))
    expect(engine.intakePort()).toBe(4781)
  })

  test('that are open when the thread dies are answered, not forgotten', async () => {
    const { engine } = await start()
    const open = engine.call('vault.unlock', {})
    await engine.call('vault.lock', {})
    await expect(open).resolves.toMatchObject({ ok: false, error: { code: 'engine_stopped' } })
  })
})

test('events reach every listener until it goes', async () => {
  const { engine } = await start()
  const seen: ConsoleEvent[] = []
  const heard = Promise.withResolvers<void>()
  const unsubscribe = engine.subscribe((event) => {
    seen.push(event)
    heard.resolve()
  })
  engine.power('suspend')
  await heard.promise
  unsubscribe()
  engine.power('resume')
  await engine.call('app.info', {})
  expect(seen).toEqual([{ event: 'workspaces.changed', payload: { state: 'suspend' } }])
})

describe('secrets', () => {
  test('go to the host and come back', async () => {
    const { engine } = await start()
    await engine.call('settings.put', { key: 'token/1', value: 'kept' })
    await expect(engine.call('settings.list', {})).resolves.toEqual({ ok: true, value: { value: 'kept', error: null } })
    await engine.call('settings.put', { key: 'token/1', value: null })
    await expect(engine.call('settings.list', {})).resolves.toEqual({ ok: true, value: { value: null, error: null } })
  })

  test('a store that fails is an answer, not the end of the engine', async () => {
    const failing: SecretStore = {
      protectedBy: '',
      get: async () => Promise.reject(new Error('keychain locked')),
      set: async () => Promise.reject(new Error('disk full')),
    }
    const { engine } = await start({ secrets: failing })
    await expect(engine.call('settings.list', {})).resolves.toEqual({ ok: true, value: { value: null, error: 'keychain locked' } })
    await expect(engine.call('settings.put', { key: 'a', value: 'b' })).resolves.toEqual({ ok: true, value: { value: null, error: 'disk full' } })
  })
})

describe('an engine that ends', () => {
  test('is started again, and says so', async () => {
    const { engine, lines, restarts } = await start()
    await expect(engine.call('vault.lock', {})).resolves.toMatchObject({ ok: false, error: { code: 'engine_stopped' } })
    await expect(engine.call('app.info', {})).resolves.toMatchObject({ ok: false, error: { code: 'engine_starting' } })
    expect(engine.intakePort()).toBeNull()
    await expect.poll(restarts).toBe(1)
    await expect(engine.call('app.info', {})).resolves.toMatchObject({ ok: true })
    expect(lines).toEqual(['The engine stopped: its thread ended with code 3', 'The engine starts again in 0.25 s'])
  })

  test('is not started again after it was told to stop', async () => {
    const { engine, lines } = await start()
    await engine.stop()
    await expect(engine.call('app.info', {})).resolves.toMatchObject({ ok: false })
    expect(lines).toEqual([])
  })

  test('is not started again when it was stopped while it waited for its next start', async () => {
    const { engine, restarts } = await start()
    await engine.call('vault.lock', {})
    await engine.stop()
    await new Promise((resolve) => setTimeout(resolve, 400))
    expect(restarts()).toBe(0)
  })
})

describe('a start that fails', () => {
  test('says what the engine said', async () => {
    await expect(start({ dataDir: 'from-the-future' })).rejects.toThrow(new EngineStartError('outbox.db has version 9, this program knows 3'))
  })

  test('says what it broke on', async () => {
    await expect(start({ dataDir: 'throws' })).rejects.toThrow('RangeError: broken')
  })
})

test('an engine that does not stop is cut off after five seconds', async () => {
  const { engine } = await start({ dataDir: 'never-stops' })
  const startedAt = performance.now()
  await engine.stop()
  expect(performance.now() - startedAt).toBeGreaterThan(4_900)
  expect(performance.now() - startedAt).toBeLessThan(8_000)
})

describe('a host that shows what its engine does', () => {
  test('is told of each death with the time of the next start, and may give up until a person asks', async () => {
    const told: number[] = []
    const { engine, restarts, lines } = await start({
      onDeath(retryAt) {
        told.push(retryAt - Date.now())
        return told.length === 2 ? 'give-up' : 'again'
      },
    })
    await engine.call('vault.lock', {})
    await expect.poll(restarts).toBe(1)
    await engine.call('vault.lock', {})
    await expect.poll(() => told.length).toBe(2)
    expect(told[0]).toBeGreaterThan(200)
    expect(lines.at(-1)).toBe('The engine is not started again before a person asks for it')
    await new Promise((resolve) => setTimeout(resolve, 700))
    expect(restarts()).toBe(1)
    await expect(engine.call('app.info', {})).resolves.toMatchObject({ ok: false, error: { code: 'engine_failed' } })
    engine.retry()
    engine.retry()
    await expect.poll(restarts).toBe(2)
    await expect(engine.call('app.info', {})).resolves.toMatchObject({ ok: true })
  })

  test('gets what the engine prints, line by line', async () => {
    const printed: string[] = []
    const { engine } = await start({ onLine: (line) => printed.push(line) })
    await engine.call('overview.read', {})
    await expect.poll(() => printed).toEqual(['a line of its own'])
  })

  test('is asked for the way to an address; one that fails means directly', async () => {
    const { engine } = await start({ findProxy: async (url) => `http://proxy.for/${url}` })
    await expect(engine.call('overview.read', {})).resolves.toEqual({ ok: true, value: { proxy: 'http://proxy.for/https://billing.example' } })
    const { engine: failing } = await start({ findProxy: () => Promise.reject(new Error('no network service')) })
    await expect(failing.call('overview.read', {})).resolves.toEqual({ ok: true, value: { proxy: null } })
    const { engine: without } = await start()
    await expect(without.call('overview.read', {})).resolves.toEqual({ ok: true, value: { proxy: null } })
  })
})

describe('a request of the host’s own', () => {
  const note = { method: 'GET', host: 'updates.example', path: '/latest.yml', purpose: 'Look for a newer version', fields: [], requestBytes: 0 }

  test('is written by the engine before it is sent, and its answer after it', async () => {
    const { engine } = await start()
    const seen: unknown[] = []
    engine.subscribe((event) => seen.push(event.payload))
    await expect(engine.noteRequest(note)).resolves.toBe(41)
    engine.noteAnswer(41, 200, 12.5)
    await engine.call('app.info', {})
    expect(seen).toEqual([{ ended: { type: 'egress-end', row: 41, status: 200, durationMs: 12.5 } }])
  })

  test('must not be sent when it was not written', async () => {
    const { engine: full } = await start({ dataDir: 'full' })
    await expect(full.noteRequest(note)).rejects.toThrow('could not be written')
    const { engine } = await start()
    await engine.call('vault.lock', {})
    await expect(engine.noteRequest(note)).rejects.toThrow('not running')
  })
})
