import { readFile } from 'node:fs/promises'
import { agentWith, megabytes } from './support/agent.ts'
import { expect, test } from './support/stage.ts'

const passphrase = 'kept in a drawer elsewhere'

test('a key backup and the platform’s envelopes bring everything back on a new computer', async ({ stage }) => {
  const platform = await stage.platform()
  const first = await stage.computer(platform)
  const archivist = await first.agent('archivist')
  const scout = await first.agent('scout')
  const memories = [
    { agent: archivist, id: 'plans/harbour wall', bytes: Buffer.from('Stone, not concrete. — Ünïcödé'), contentType: 'text/plain; charset=utf-8' },
    { agent: archivist, id: 'tide/2026.bin', bytes: Buffer.from(megabytes(1)), contentType: 'application/octet-stream' },
    { agent: archivist, id: 'empty', bytes: Buffer.alloc(0), contentType: 'text/plain' },
    { agent: scout, id: 'plans/harbour wall', bytes: Buffer.from('The scout’s own memory of the same name.'), contentType: 'text/markdown' },
  ]
  expect((await archivist.write('plans/harbour wall', 'an older thought')).status).toBe(201)
  for (const { agent, id, bytes, contentType } of memories) expect((await agent.write(id, bytes, contentType)).status).toBe(201)
  await expect.poll(() => platform.envelopes().length).toBe(5)

  const page = await stage.page(first, '/settings')
  await expect(page.getByText(/^Never backed up\./)).toBeVisible()
  await page.getByRole('button', { name: 'Download a backup' }).click()
  const backup = page.getByRole('dialog')
  await backup.getByLabel('Passphrase for the backup', { exact: true }).fill(passphrase)
  await backup.getByLabel('Passphrase for the backup again').fill(passphrase)
  const downloading = page.waitForEvent('download')
  await backup.getByRole('button', { name: 'Download a backup' }).click()
  const download = await downloading
  const backupPath = await download.path()
  await expect(page.getByText(/^Last backed up/)).toBeVisible()
  const text = await readFile(backupPath, 'utf8')
  for (const secret of ['archivist', 'scout', archivist.secret, scout.secret, passphrase]) expect(text).not.toContain(secret)
  await first.stop()

  const second = await stage.computer(platform)
  const late = await stage.page(second, '/settings')
  await test.step('the backup is imported; a wrong passphrase is refused', async () => {
    await late.getByRole('button', { name: 'Import a backup' }).click()
    const dialog = late.getByRole('dialog')
    await dialog.getByLabel('Backup file').setInputFiles(backupPath)
    await dialog.getByLabel('Passphrase of the backup').fill('kept in another drawer')
    await dialog.getByRole('button', { name: 'Import a backup' }).click()
    await expect(dialog.getByRole('alert')).toContainText(/passphrase/i)
    await dialog.getByLabel('Passphrase of the backup').fill(passphrase)
    await dialog.getByRole('button', { name: 'Import a backup' }).click()
    await expect(late.getByText('The key is here, with 2 sub-keys. Now restore the envelopes.')).toBeVisible()
  })

  await test.step('the envelopes come back', async () => {
    await late.getByRole('button', { name: 'Restore envelopes' }).click()
    await expect(late.getByText('5 envelopes are back on this computer.').first()).toBeVisible()
  })

  await test.step('sub-keys have their names, and agents go on with their old secrets', async () => {
    await stage.go(late, '/devices')
    await expect(late.getByRole('row', { name: /archivist/ })).toBeVisible()
    await expect(late.getByRole('row', { name: /scout/ })).toBeVisible()
    await expect(late.getByText('On another device')).toHaveCount(0)
    for (const { agent, id, bytes, contentType } of memories) {
      const here = agentWith(() => second.intakeUrl, agent.secret, agent.subKeyId)
      const back = await here.read(id)
      expect([back.status, back.contentType]).toEqual([200, contentType])
      expect(back.body.equals(bytes)).toBe(true)
    }
    const here = agentWith(() => second.intakeUrl, archivist.secret, archivist.subKeyId)
    const written = await here.write('plans/harbour wall', 'a newer thought')
    expect(written.status).toBe(201)
    expect(JSON.parse(written.body.toString())).toMatchObject({ revision: 3 })
    expect((await here.read('plans/harbour wall')).body.toString()).toBe('a newer thought')
    await expect.poll(() => platform.envelopes().length).toBe(6)
  })

  await test.step('the audit agrees on every line', async () => {
    await stage.go(late, '/honesty')
    const audit = late.getByRole('region', { name: 'This device’s count against the platform’s' })
    await expect(audit.getByText('Agrees')).toHaveCount(4)
    await expect(audit.getByText('Differs')).toHaveCount(0)
  })

  await test.step('a delete by the agent reaches the platform from the new computer', async () => {
    const here = agentWith(() => second.intakeUrl, archivist.secret, archivist.subKeyId)
    expect((await here.remove('plans/harbour wall')).status).toBe(202)
    expect((await here.read('plans/harbour wall')).status).toBe(404)
    await expect.poll(() => platform.envelopes().length).toBe(3)
  })
})
