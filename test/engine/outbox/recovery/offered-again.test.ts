/** What a platform lost when it was put back, and who brings it there again: real queues, a platform in memory. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { memoryRef, WORKSPACE } from '../fixture.ts'
import { Computer, type Folder } from '../several-computers/computer.ts'
import { Platform } from '../several-computers/platform.ts'
import { emptyFolder } from '../several-computers/world.ts'

const memory = memoryRef('a')
let world: { now: number; platform: Platform }
let template: ReturnType<typeof emptyFolder>
let computers: Computer[]

beforeEach(() => {
  world = { now: Date.UTC(2026, 10, 21), platform: new Platform() }
  template = emptyFolder()
  computers = []
})
afterEach(() => {
  for (const computer of computers) computer.close()
  template.remove()
})

function computer(from: Folder | null = null): Computer {
  const added = new Computer(world, { skewMs: 0, template: template.path, from })
  computers.push(added)
  return added
}

async function written(by: Computer): Promise<string> {
  world.now += 1000
  const id = by.write(memory, false)
  await by.push(1000, false)
  return id
}

async function deleted(by: Computer): Promise<void> {
  world.now += 1000
  by.delete(memory)
  await by.push(1000, false)
}

const count = (of: Computer): number => of.outbox.storedTotals(WORKSPACE).reduce((sum, total) => sum + total.count, 0)
const isDeletedThere = (id: string): boolean | undefined => world.platform.rows.get(id)?.isDeleted
const readBy = (of: Computer): string | null => of.outbox.memory(WORKSPACE, memory)?.read?.id ?? null

describe('a data folder that was copied after it had delivered', () => {
  async function copied(): Promise<{ original: Computer; copy: Computer; ids: string[] }> {
    const original = computer()
    world.platform.save()
    const ids = [await written(original), await written(original)]
    const copy = computer(original.save())
    await original.connect()
    await copy.connect()
    expect([original.forks, copy.forks]).toEqual([0, 1])
    expect(copy.outbox.latest(WORKSPACE, memory)?.id).toBe(ids[1])
    world.platform.putBack()
    expect(world.platform.rows.size).toBe(0)
    return { original, copy, ids }
  }

  test('brings it again from the copy, if that is what is left, as what the copy stored', async () => {
    const { copy, ids } = await copied()
    await copy.push(1000, false)
    expect([...world.platform.rows.values()].map(({ id, device }) => [id, device])).toEqual(ids.map((id) => [id, copy.deviceId]))
    expect(count(copy)).toBe(2)
    await copy.push(1000, false)
    expect(world.platform.rows.size).toBe(2)
    expect(copy.outbox.tally(WORKSPACE)).toMatchObject({ delivered: { count: 2 }, pending: { count: 0 } })
  })

  test('has it there once when both bring it, and each counts what is its own', async () => {
    const { original, copy, ids } = await copied()
    await original.push(1000, false)
    await copy.push(1000, false)
    for (const each of [original, copy]) await each.restore()
    expect([...world.platform.rows.keys()]).toEqual(ids)
    expect([count(original), count(copy)]).toEqual([2, 0])
    for (const each of [original, copy]) expect(readBy(each)).toBe(ids[1])
  })

  test('brings it again after its rows were pruned', async () => {
    const original = computer()
    world.platform.save()
    const id = await written(original)
    const copy = computer(original.save())
    await copy.prune()
    await original.connect()
    await copy.connect()
    world.platform.putBack()
    await copy.push(1000, false)
    expect([...world.platform.rows.keys()]).toEqual([id])
    expect(count(copy)).toBe(1)
  })
})

describe('a delete', () => {
  test('is made again after its row was pruned, of what this computer stored and of what another one did', async () => {
    const [one, other] = [computer(), computer()]
    const ids = [await written(one), await written(other)]
    await other.restore()
    world.platform.save()
    await deleted(other)
    await other.prune()
    expect(other.outbox.page(WORKSPACE, {}, null, 10).total).toBe(0)
    for (let time = 0; time < 2; time += 1) {
      world.platform.putBack()
      expect(ids.map(isDeletedThere)).toEqual([false, false])
      await other.push(1000, false)
      expect(ids.map(isDeletedThere)).toEqual([true, true])
      // Once each.
      expect(other.outbox.page(WORKSPACE, { kinds: ['delete'] }, null, 10).total).toBe(2)
    }
    await one.restore()
    expect([readBy(one), readBy(other)]).toEqual([null, null])
  })

  test('that came before the version it deletes reaches whoever had read that version', async () => {
    const [writer, deleter, reader] = [computer(), computer(), computer()]
    await writer.connect()
    world.platform.save()
    const id = await written(writer)
    for (const each of [deleter, reader]) await each.restore()
    world.platform.putBack()
    await deleted(deleter)
    // Nobody has told the platform yet what it was that was deleted.
    await reader.restore()
    expect(readBy(reader)).toBe(id)
    await writer.push(1000, false)
    for (const each of [writer, reader]) await each.restore()
    expect([writer, deleter, reader].map(readBy)).toEqual([null, null, null])
    expect([writer, deleter, reader].map(count)).toEqual([0, 0, 0])
  })
})
