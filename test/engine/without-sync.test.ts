import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { SandboxFixture } from './sandbox/fixture.ts'
import { openWholeEngine, type WholeEngine } from './whole-engine.ts'

let platform: SandboxFixture
let engine: WholeEngine
let harbour: string

beforeAll(async () => {
  platform = await SandboxFixture.start()
  engine = await openWholeEngine(platform.sandbox.url)
  harbour = await workspaceOf('layer-a')
})
afterAll(async () => {
  await engine.close()
  await platform.stop()
})

async function workspaceOf(catalog: string): Promise<string> {
  return (await engine.call('workspaces.add', { url: platform.sandbox.url, token: platform.token('tenant_admin', catalog) })).id
}

describe.each(['truss', 'truthlocks', 'triform', 'analytics'])('in a workspace of %s, whose platform takes no envelopes', (catalog) => {
  test('import, sub-key and restore are refused with what was kept and what to do, and nothing is queued', async () => {
    const workspaceId = await workspaceOf(catalog)
    const refusals = [
      await engine.refusal('import.start', { workspaceId, filesTotal: 3 }),
      await engine.refusal('subKeys.create', { workspaceId, name: 'research-agent' }),
      await engine.refusal('vault.restore', { workspaceId }),
    ]
    const kept = [/^The platform of “.+” takes no envelopes, so files .+ No file was read/, /No sub-key was made/, /stays as it is/]
    for (const [index, { code, message, suggestion }] of refusals.entries()) {
      expect(code).toBe('not_offered')
      expect(message).toMatch(kept[index] ?? '')
      expect(suggestion).toMatch(/^Choose a workspace whose platform takes envelopes\. Edits to settings and alerts/)
    }
    expect(await engine.call('subKeys.list', { workspaceId })).toEqual([])
    expect((await engine.call('outbox.page', { workspaceId, filter: {}, before: null, limit: 10 })).rows).toEqual([])
  })
})

test('where it does, all three go on', async () => {
  const { subKey } = await engine.call('subKeys.create', { workspaceId: harbour, name: 'research-agent' })
  expect(subKey).toMatchObject({ name: 'research-agent', revokedAt: null })
  const { importId } = await engine.call('import.start', { workspaceId: harbour, filesTotal: 0 })
  expect(await engine.call('import.finish', { importId })).toMatchObject({ state: 'done' })
  expect(await engine.call('vault.restore', { workspaceId: harbour })).toEqual({})
})
