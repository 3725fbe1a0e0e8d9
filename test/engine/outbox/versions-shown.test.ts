/** What the page of the Outbox is told of versions, from a real queue. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { outboxCalls, type OutboxCallParts } from '../../../main/engine/calls/outbox-calls.ts'
import { type Desk, draft, memoryRef, openDesk, steppedClock, temporaryFolder, WORKSPACE } from './fixture.ts'

const ELSEWHERE = '77777777-7777-4777-8777-777777777777'
const foreign = {
  ...{ id: '0198c0de-0000-7000-8000-000000000001', workspaceId: WORKSPACE, memoryRef: memoryRef('a'), revision: 2, subKeyId: null, sizeBytes: 10 },
  ...{ sha256: 'ab'.repeat(32), createdAt: 9000, deviceId: ELSEWHERE, storedAt: 9000, replaces: [], isUnopened: false },
}

let folder: ReturnType<typeof temporaryFolder>
let desk: Desk
beforeEach(() => {
  folder = temporaryFolder()
  desk = openDesk(folder.path, steppedClock())
})
afterEach(() => {
  desk.close()
  folder.remove()
})

function calls() {
  return outboxCalls({
    view: () => ({ catalog: { meters: [] } }),
    outbox: desk.outbox,
    vault: { subKeys: { list: () => [] } },
    titles: { read: async () => ({}) },
  } as unknown as OutboxCallParts)
}

function write(name: string, createdAt: number, replaces: readonly string[] = []): string {
  const [made] = desk.outbox.enqueueEnvelopes([{ ...draft(name, { createdAt }), replaces }])
  if (!made?.ok) throw made?.error
  return made.value.id
}

async function shown(): Promise<Record<string, number | undefined>> {
  const { rows } = await calls()['outbox.page']({ workspaceId: WORKSPACE, filter: {}, before: null, limit: 50 })
  return Object.fromEntries(rows.map(({ id, versions }) => [id, versions]))
}

const versionsOf = async (id: string) => (await calls()['outbox.item']({ workspaceId: WORKSPACE, id })).versions?.map((version) => version.id)

test('several versions are shown where they stand side by side: not with one that was replaced, nor after a write that names them all', async () => {
  const [first, second, alone] = [write('a', 5000), write('a', 6000), write('b', 6000)]
  expect(await shown()).toEqual({ [first]: 1, [second]: 1, [alone]: 1 })
  desk.outbox.adoptDelivered([foreign])
  expect(await shown()).toEqual({ [first]: 1, [second]: 2, [foreign.id]: 2, [alone]: 1 })
  expect(await versionsOf(second)).toEqual([foreign.id, second])
  expect(await versionsOf(first)).toEqual([])
  const settles = write('a', 100, [second])
  expect(await shown()).toEqual({ [first]: 1, [second]: 1, [foreign.id]: 1, [settles]: 1, [alone]: 1 })
  expect(await versionsOf(settles)).toEqual([])
})

test('a delete of all of them leaves none to be shown', async () => {
  const own = write('a', 5000)
  desk.outbox.adoptDelivered([foreign])
  desk.outbox.enqueueMemoryDelete(WORKSPACE, memoryRef('a'))
  const versions = await shown()
  expect([versions[own], versions[foreign.id]]).toEqual([1, 1])
})
