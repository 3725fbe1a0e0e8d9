import { expect, test } from 'vitest'
import type { WorkspaceViewOf } from '../../../main/engine/billing/workspace-view.ts'
import { settingsCalls, type SettingsCallParts } from '../../../main/engine/calls/settings-calls.ts'

const WORKSPACE = '0198c0de-0000-7000-8000-000000000001'

/** A list of settings that counts how often one of them is looked at. */
function countedSettings(count: number): { settings: { key: string; value: string; version: number }[]; looks: () => number } {
  let looks = 0
  const settings = Array.from({ length: count }, (_, index) => ({
    get key() {
      looks += 1
      return `key-${index}`
    },
    value: String(index),
    version: 1,
  }))
  return { settings, looks: () => looks }
}

test('the list of settings looks at each of them a few times, however many there are', async () => {
  const { settings, looks } = countedSettings(3_000)
  const parts: SettingsCallParts = {
    view: (() => ({})) as unknown as WorkspaceViewOf,
    documents: { read: () => null, list: () => settings } as unknown as SettingsCallParts['documents'],
    outbox: { page: () => ({ rows: [], next: null, total: 0 }), enqueueSetting: () => undefined } as unknown as SettingsCallParts['outbox'],
    emit: () => undefined,
  }
  const listed = await settingsCalls(parts)['settings.list']({ workspaceId: WORKSPACE })
  expect(listed).toHaveLength(3_000)
  expect(listed.find(({ key }) => key === 'key-2999')).toMatchObject({ value: '2999' })
  expect(looks()).toBeLessThanOrEqual(3 * 3_000)
})
