import { describe, expect, test } from 'vitest'
import { createRouter, HostRefusal } from '../../../main/bridge/router.ts'
import type { HostHandlers } from '../../../shared/contract/console/desktop.ts'
import type { CallName, ConsoleEvent, Result } from '../../../shared/contract/console.ts'

const workspaceId = '0198c0de-0000-7000-8000-000000000001'

function routerThat(answer: (name: CallName, input: unknown) => Result<unknown>) {
  const asked: { name: string; input: unknown }[] = []
  const lines: string[] = []
  const router = createRouter({
    call: async (name, input) => {
      asked.push({ name, input })
      return answer(name, input)
    },
    report: (line) => lines.push(line),
  })
  return { router, asked, lines }
}

describe('what a window asks', () => {
  test('reaches the engine as the contract reads it, and comes back', async () => {
    const { router, asked } = routerThat(() => ({ ok: true, value: { name: 'copy-1' } }))
    await expect(router.handle('backups.create', {})).resolves.toEqual({ ok: true, value: { name: 'copy-1' } })
    expect(asked).toEqual([{ name: 'backups.create', input: {} }])
  })

  test('is trimmed by the schema before the engine sees it', async () => {
    const { router, asked } = routerThat(() => ({ ok: true, value: {} }))
    await router.handle('subKeys.rename', { workspaceId, id: 'a', name: '  Research  ' })
    expect(asked[0]?.input).toEqual({ workspaceId, id: 'a', name: 'Research' })
  })

  test.each([['no.such.call'], ['toString'], ['__proto__'], [''], [7], [null], [undefined], [['app.info']]])(
    'is refused when there is no such call: %s',
    async (name) => {
      const { router, asked } = routerThat(() => ({ ok: true, value: {} }))
      await expect(router.handle(name, {})).resolves.toMatchObject({ ok: false, error: { code: 'unknown_call' } })
      expect(asked).toEqual([])
    },
  )

  test.each([
    ['a missing field', 'settings.put', { workspaceId, key: 'theme' }, 'value'],
    ['a wrong type', 'overview.read', { workspaceId: 7 }, 'workspaceId'],
    ['a field that the contract does not know', 'vault.lock', { force: true }, 'force'],
    ['a nested field', 'outbox.page', { workspaceId, filter: { states: ['lost'] }, before: null, limit: 100 }, 'filter.states.0'],
    ['a number beyond its bounds', 'outbox.page', { workspaceId, filter: {}, before: null, limit: 201 }, 'limit'],
    ['no input at all', 'overview.read', undefined, 'the whole value'],
  ])('is refused with the name of the field: %s', async (_what, name, input, field) => {
    const { router, asked } = routerThat(() => ({ ok: true, value: {} }))
    const result = await router.handle(name, input)
    expect(result).toMatchObject({ ok: false, error: { code: 'invalid_input' } })
    expect(result.ok ? '' : result.error.message).toMatch(new RegExp(`^${field.replaceAll('.', '\\.')}: `))
    expect(asked).toEqual([])
  })
})

describe('what the engine answers', () => {
  test('a refusal goes through as it is', async () => {
    const error = { code: 'offline', message: 'No network.', suggestion: 'Try later.' }
    const { router } = routerThat(() => ({ ok: false, error }))
    await expect(router.handle('backups.list', {})).resolves.toEqual({ ok: false, error })
  })

  test.each([
    ['an answer of another shape', (): Result<unknown> => ({ ok: true, value: { name: 'copy-1', path: '/home/lead/secret' } })],
    ['an answer that lacks a field', (): Result<unknown> => ({ ok: true, value: { secret: '/home/lead/secret' } })],
    [
      'a refusal that is none',
      (): Result<unknown> => ({
        ok: false,
        error: { code: 'x', message: '/home/lead/secret', suggestion: '', stack: 'at' } as { code: string; message: string; suggestion: string },
      }),
    ],
    [
      'an exception',
      (): Result<unknown> => {
        throw new Error('/home/lead/secret')
      },
    ],
  ])('%s is a defect: the window learns nothing of it, the log its place only', async (_what, answer) => {
    const { router, lines } = routerThat(answer)
    const result = await router.handle('backups.create', {})
    expect(result).toMatchObject({ ok: false, error: { code: 'internal' } })
    expect(JSON.stringify(result)).not.toContain('secret')
    expect(lines).toEqual([expect.stringMatching(/^backups\.create/)])
    expect(lines.join()).not.toContain('/home/lead')
  })
})

describe('an odd item of a page', () => {
  const copy = (name: string, sizeBytes: number) => ({ name, at: 1, sizeBytes })

  test('costs itself: the rest is shown, and it is told what is missing until the page is whole again', async () => {
    let rows = [copy('a', 1), copy('b', 2 ** 60), copy('c', 3)]
    const told: unknown[] = []
    const lines: string[] = []
    const router = createRouter({
      call: async () => ({ ok: true, value: rows }),
      leftOut: (name, leftOut) => told.push([name, leftOut]),
      report: (line) => lines.push(line),
    })
    await expect(router.handle('backups.list', {})).resolves.toEqual({ ok: true, value: [copy('a', 1), copy('c', 3)] })
    expect(told).toEqual([['backups.list', { count: 1, names: ['number 1: sizeBytes'] }]])
    expect(lines).toEqual(['backups.list: 1 of its items do not keep to the contract and were left out'])
    rows = [copy('a', 1)]
    await router.handle('backups.list', {})
    await router.handle('backups.list', {})
    expect(told).toEqual([expect.anything(), ['backups.list', null]])
  })

  test('of a shape that the contract does not know never reaches the window', async () => {
    const { router } = routerThat(() => ({ ok: true, value: [copy('a', 1), { ...copy('b', 2), path: '/home/lead/secret' }] }))
    await expect(router.handle('backups.list', {})).resolves.toEqual({ ok: true, value: [copy('a', 1)] })
  })
})

describe('events', () => {
  const good: ConsoleEvent = { event: 'cache.changed', payload: { workspaceId, topics: ['counter'] } }

  test('one that keeps to the contract passes', () => {
    expect(routerThat(() => ({ ok: true, value: {} })).router.checkEvent(good)).toBe(good)
  })

  test.each([
    ['a payload with more than the contract says', { event: 'cache.changed', payload: { workspaceId, topics: [], body: 'secret' } }],
    ['an unknown name', { event: 'keys.changed', payload: {} }],
    ['a name of Object', { event: 'constructor', payload: {} }],
  ])('%s is held back and noted', (_what, event) => {
    const { router, lines } = routerThat(() => ({ ok: true, value: {} }))
    expect(router.checkEvent(event as ConsoleEvent)).toBeNull()
    expect(lines).toEqual([expect.stringContaining(event.event)])
  })
})

describe('what the host answers by itself', () => {
  test('never reaches the engine, and is refused in words where the host is a browser', async () => {
    const { router, asked } = routerThat(() => ({ ok: true, value: {} }))
    await expect(router.handle('desktop.restartEngine', {})).resolves.toMatchObject({ ok: false, error: { code: 'not_on_this_host' } })
    await expect(router.handle('updates.install', { when: 'now' })).resolves.toMatchObject({ ok: false, error: { code: 'not_on_this_host' } })
    expect(asked).toEqual([])
  })

  const status = {
    startAtLogin: true,
    keepRunning: false,
    keepRunningFixed: null,
    processSandbox: true,
    engine: { state: 'running', retryAt: null, logPath: '/l' },
  } as const
  const refuse = (): never => {
    throw new HostRefusal({ code: 'not_written', message: 'The system did not take it.', suggestion: 'Look there.' })
  }
  const unused = refuse
  const router = (changes: Partial<HostHandlers>) =>
    createRouter({
      call: () => Promise.reject(new Error('the engine was asked')),
      report: () => {},
      host: {
        'desktop.takePage': unused,
        'desktop.status': unused,
        'desktop.setStartAtLogin': unused,
        'desktop.setKeepRunning': unused,
        'desktop.setTheme': unused,
        'desktop.diagnostics': unused,
        'desktop.restartEngine': unused,
        'updates.status': unused,
        'updates.check': unused,
        'updates.download': unused,
        'updates.install': unused,
        'updates.setChannel': unused,
        'updates.setAutomatic': unused,
        ...changes,
      },
    })

  test('is checked in both directions like the engine’s', async () => {
    await expect(router({ 'desktop.status': () => status }).handle('desktop.status', {})).resolves.toEqual({ ok: true, value: status })
    await expect(router({ 'desktop.status': async () => status }).handle('desktop.status', { more: 1 })).resolves.toMatchObject({
      error: { code: 'invalid_input' },
    })
    const badPage = { path: 'https://evil.example', workspaceId: null }
    await expect(router({ 'desktop.takePage': () => ({ page: badPage }) }).handle('desktop.takePage', {})).resolves.toMatchObject({
      error: { code: 'internal' },
    })
  })

  test('a refusal comes as it was said, an error as nothing but its kind', async () => {
    await expect(router({}).handle('desktop.setStartAtLogin', { on: true })).resolves.toMatchObject({ ok: false, error: { code: 'not_written' } })
    const failing = router({
      'desktop.diagnostics': () => {
        throw new Error('/home/dana')
      },
    })
    const result = await failing.handle('desktop.diagnostics', {})
    expect(result).toMatchObject({ ok: false, error: { code: 'internal' } })
    expect(JSON.stringify(result)).not.toContain('dana')
  })
})
