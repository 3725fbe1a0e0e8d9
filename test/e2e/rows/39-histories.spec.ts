import { cp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Agent, type AgentAnswer, agentWith } from '../support/agent.ts'
import { expect, type Stage, test } from '../support/stage.ts'
import type { TestComputer } from '../support/test-computer.ts'
import type { TestPlatform } from '../support/test-platform.ts'

const passphrase = 'kept in a drawer elsewhere'
const memory = 'plans/harbour'

const text = (answer: AgentAnswer): string => answer.body.toString()
const othersOf = (answer: AgentAnswer): string[] => answer.headers.get('tidemark-other-versions')?.split(', ') ?? []
const versionOf = (answer: AgentAnswer): string => answer.headers.get('etag')?.replaceAll('"', '') ?? ''

async function write(agent: Agent, content: string, replaces: readonly string[] = []): Promise<string> {
  const answer = await agent.write(memory, content, 'text/plain', replaces)
  expect(answer.status).toBe(201)
  return JSON.parse(text(answer)).envelope_id
}

/** A second computer with the key of the first, and the same agent on it. */
async function withKeyOf(stage: Stage, platform: TestPlatform, first: TestComputer, agent: Agent): Promise<{ computer: TestComputer; agent: Agent }> {
  const { text: backup } = await first.call('vault.exportBackup', { passphrase })
  const computer = await stage.computer(platform)
  await computer.workspaceId()
  await computer.call('vault.importBackup', { text: backup, passphrase })
  return { computer, agent: agentWith(() => computer.intakeUrl, agent.secret, agent.subKeyId) }
}

async function restore(computer: TestComputer, expected: string, agent: Agent): Promise<void> {
  await computer.call('vault.restore', { workspaceId: await computer.workspaceId() })
  await expect.poll(async () => text(await agent.read(memory))).toBe(expected)
}

async function isDelivered(computer: TestComputer): Promise<void> {
  const workspaceId = await computer.workspaceId()
  await expect
    .poll(async () => {
      const { tally } = await computer.call('outbox.tally', { workspaceId })
      return tally.pending.count + tally.sending.count + tally.waiting.count
    })
    .toBe(0)
}

test('the last write acknowledged anywhere is what is read; what did not know of each other is kept and offered', async ({ stage }) => {
  const platform = await stage.platform()
  const first = await stage.computer(platform)
  const agent = await first.agent('writer')
  for (const content of ['v1', 'v2', 'v3']) await write(agent, content)
  await expect.poll(() => platform.envelopes().length).toBe(3)
  const second = await withKeyOf(stage, platform, first, agent)
  let fourth = ''

  await test.step('a new computer writes before it restores: its write is read, and the other is offered', async () => {
    fourth = await write(second.agent, 'v4')
    await expect.poll(() => platform.envelopes().length).toBe(4)
    await second.computer.call('vault.restore', { workspaceId: await second.computer.workspaceId() })
    await expect.poll(async () => othersOf(await second.agent.read(memory)).length).toBe(1)
    const read = await second.agent.read(memory)
    expect([text(read), versionOf(read)]).toEqual(['v4', fourth])
    expect(text(await second.agent.read(memory, othersOf(read)[0]))).toBe('v3')
    expect((await second.agent.read(memory, crypto.randomUUID())).status).toBe(404)
  })

  await test.step('the Outbox says so, on the page and in the details', async () => {
    const page = await stage.page(second.computer, '/outbox')
    const row = page.getByRole('row', { name: /plans\/harbour.*2 versions/ }).first()
    await expect(row).toBeVisible()
    // The two that stand side by side, not those that v3 had replaced.
    await expect(page.getByRole('row', { name: /plans\/harbour/ })).toHaveCount(4)
    await expect(page.getByRole('row', { name: /plans\/harbour.*2 versions/ })).toHaveCount(2)
    await row.click()
    const drawer = page.getByRole('dialog')
    await expect(drawer.getByRole('heading', { name: '2 versions' })).toBeVisible()
    await expect(drawer.getByText('They were written without knowing of each other, so all are kept.')).toBeVisible()
    await expect(drawer.getByText(fourth)).toBeVisible()
    await expect(drawer.getByText(/^Revision 1 is read$/)).toBeVisible()
  })

  await test.step('the other computer reads the same; a write that names both settles them', async () => {
    await restore(first, 'v4', agent)
    const read = await agent.read(memory)
    expect(othersOf(read)).toHaveLength(1)
    expect((await agent.write(memory, 'no', 'text/plain', [crypto.randomUUID()])).status).toBe(400)
    await write(agent, 'settled', othersOf(read))
    const after = await agent.read(memory)
    expect([text(after), othersOf(after)]).toEqual(['settled', []])
    await isDelivered(first)
    await restore(second.computer, 'settled', second.agent)
    await expect.poll(async () => othersOf(await second.agent.read(memory))).toEqual([])
  })

  await test.step('two computers write without the platform: both are kept, both read the later one', async () => {
    await platform.stop()
    await write(agent, 'of the first, offline')
    await write(second.agent, 'of the second, offline')
    await platform.restart()
    for (const computer of [first, second.computer]) {
      await computer.call('workspaces.syncNow', { workspaceId: await computer.workspaceId() })
      await isDelivered(computer)
    }
    await restore(first, 'of the second, offline', agent)
    // It reads its own at once; the other one comes beside it.
    await restore(second.computer, 'of the second, offline', second.agent)
    await expect.poll(async () => othersOf(await second.agent.read(memory)).length).toBe(1)
  })

  await test.step('a delete stays one: nothing older can be read again, anywhere', async () => {
    expect((await agent.remove(memory)).status).toBe(202)
    await expect.poll(() => platform.envelopes().length).toBe(0)
    await second.computer.call('vault.restore', { workspaceId: await second.computer.workspaceId() })
    await expect.poll(async () => (await second.agent.read(memory)).status).toBe(404)
  })

  await test.step('a later write that did not know of a delete is read, and that is said', async () => {
    await write(second.agent, 'after the delete')
    await isDelivered(second.computer)
    await restore(first, 'after the delete', agent)
    const page = await stage.page(first)
    await expect(page.getByText('A memory that was deleted on this computer is readable again', { exact: false }).first()).toBeVisible()
  })
})

test('a data folder that was copied, or put back, becomes a device of its own and says so; nothing is hidden', async ({ stage }) => {
  const platform = await stage.platform()
  const first = await stage.computer(platform)
  const agent = await first.agent('writer')
  await write(agent, 'common')
  await expect.poll(() => platform.envelopes().length).toBe(1)
  await first.stop()
  const folder = await stage.folder('copy')
  await cp(first.dataDir, folder, { recursive: true })

  await test.step('both run: two sync devices, and each reads what the other wrote last', async () => {
    await first.start()
    await write(agent, 'of the original')
    await expect.poll(() => platform.envelopes().length).toBe(2)
    const copy = await stage.computer(platform, { dataDir: folder })
    const copied = agentWith(() => copy.intakeUrl, agent.secret, agent.subKeyId)
    await expect.poll(async () => text(await copied.read(memory))).toBe('of the original')
    await expect.poll(() => platform.counter('sync_devices').used).toBe(2)
    const page = await stage.page(copy)
    await expect(page.getByText(/Another data folder has run as this device in .*From now on it is a device of its own\./).first()).toBeVisible()
    await expect(page.getByText('1 version was taken over from the platform.')).toBeVisible()
    await write(copied, 'of the copy')
    await isDelivered(copy)
    await restore(first, 'of the copy', agent)
    await copy.stop()
    await expect.poll(() => platform.counter('sync_devices').used).toBe(1)
  })

  await test.step('put back from a backup: noticed at the first connection, later versions taken over', async () => {
    await first.stop()
    const backup = await stage.folder('backup')
    await cp(first.dataDir, backup, { recursive: true })
    await first.start()
    await write(agent, 'after the backup')
    await isDelivered(first)
    await first.stop()
    await rm(first.dataDir, { recursive: true })
    await cp(backup, first.dataDir, { recursive: true })
    await rm(join(first.dataDir, 'host.json'), { force: true })
    await first.start()
    await expect.poll(async () => text(await agent.read(memory))).toBe('after the backup')
    await write(agent, 'the newest')
    expect(othersOf(await agent.read(memory))).toEqual([])
    const page = await stage.page(first)
    await expect(page.getByText(/this one was copied, or put back from a backup/).first()).toBeVisible()
  })
})
