import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { desktopRuntime } from '../../desktop-double/runtime.ts'
import { expect, goTo, test } from './support/desktop-stage.ts'

test('the first start, with nothing but the application: the embedded sandbox comes up as a process of its own and ends with it', async ({ stage }) => {
  const computer = await stage.computer()
  await expect(computer.page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible()
  await expect(computer.page.getByRole('meter', { name: 'Encrypted bytes' })).toHaveAttribute('aria-valuenow', '0')
  const workspaces = await computer.call('workspaces.list', {})
  const address = workspaces[0]?.url ?? ''
  expect((await fetch(`${address}/sandbox/members`)).ok).toBe(true)
  expect(await computer.quit()).toBe(0)
  await expect(fetch(`${address}/sandbox/members`)).rejects.toThrow()
})

test('a start without a network shows the last state and its age, and takes what agents write', async ({ stage }) => {
  const platform = await stage.platform()
  const line = await stage.proxy(platform)
  const computer = await stage.computer(platform, { at: line.url })
  const agent = await computer.agent('researcher')
  expect((await agent.write('notes/before', 'written online')).status).toBe(201)
  await expect.poll(() => platform.envelopes().length).toBe(1)
  expect(await computer.quit()).toBe(0)
  await line.setFaults({ kind: 'refuse' })

  const page = await computer.start()
  await expect(page.getByText(/^As of /)).toBeVisible()
  await expect(page.getByRole('button', { name: /^Connection:/ })).toContainText('Offline.')
  await expect(page.getByRole('meter', { name: 'API sub-keys' })).toHaveAttribute('aria-valuenow', '1')
  await computer.findIntake()
  expect((await agent.write('notes/offline', 'written offline')).status).toBe(201)
  expect((await agent.read('notes/offline')).body.toString()).toBe('written offline')

  await line.setFaults()
  await expect.poll(() => platform.envelopes().length, { timeout: 60_000 }).toBe(2)
})

test('a second start brings the first window to the front and ends', async ({ stage }) => {
  const computer = await stage.computer(await stage.platform())
  const isMinimized = () => computer.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isMinimized())
  await computer.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.minimize())
  expect(await isMinimized()).toBe(true)

  expect(await computer.startAgain()).toBe(0)
  await expect.poll(isMinimized).toBe(false)
  expect(await computer.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1)
  await expect(computer.page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible()
})

test('a data folder that the browser’s console works on is left alone, and a person is told', async ({ stage }) => {
  test.info().skip(desktopRuntime.kind === 'electron', 'the box with the message waits for a person')
  const platform = await stage.platform()
  const { computer, web } = await stage.computerInBrowser(platform)
  await expect(computer.start()).rejects.toThrow()
  expect(await computer.ended()).toBe(1)
  expect(computer.lines.join('\n')).toContain('Tidemark did not start')
  expect(computer.lines.join('\n')).toContain('in the browser. Stop it there first')
  await web.stop()
  await computer.start()
})

test('the engine dies: the window comes back with everything that was acknowledged', async ({ stage }) => {
  const platform = await stage.platform()
  const line = await stage.proxy(platform)
  const computer = await stage.computer(platform, { at: line.url })
  const agent = await computer.agent('writer')
  await line.setFaults({ kind: 'refuse' })
  for (const index of [1, 2, 3]) expect((await agent.write(`kept/${index}`, `content ${index}`)).status).toBe(201)

  await computer.crashEngine()
  await expect.poll(() => computer.lines.join('\n')).toContain('The engine stopped')
  await expect.poll(() => computer.app.evaluate(() => globalThis.startedWorkers.length)).toBe(2)
  // The page reads everything anew.
  await goTo(computer.page, '/outbox')
  await expect(computer.page.getByRole('row').filter({ hasText: 'kept/' })).toHaveCount(3)
  await computer.findIntake()
  expect((await agent.read('kept/2')).body.toString()).toBe('content 2')

  await line.setFaults()
  await expect.poll(() => platform.envelopes().length, { timeout: 60_000 }).toBe(3)
})

test('the engine dies three times in a minute: the page says so and where the log lies, and starts it again when asked', async ({ stage }) => {
  const computer = await stage.computer(await stage.platform())
  const agent = await computer.agent('writer')
  expect((await agent.write('kept', 'content')).status).toBe(201)
  for (const started of [2, 3]) {
    await computer.crashEngine()
    await expect.poll(() => computer.app.evaluate(() => globalThis.startedWorkers.length)).toBe(started)
    await computer.findIntake()
  }
  await computer.crashEngine()
  await expect(computer.page.getByRole('alert')).toContainText('The engine stopped three times in a minute')
  await expect(computer.page.getByRole('alert')).toContainText(join(computer.dataDir, 'logs'))
  expect(await computer.app.evaluate(() => globalThis.startedWorkers.length)).toBe(3)

  await computer.page.getByRole('button', { name: 'Start the engine again' }).click()
  await expect(computer.page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible()
  await computer.findIntake()
  expect((await agent.read('kept')).body.toString()).toBe('content')
})

test('asleep nothing is asked; awake the window shows what has changed meanwhile', async ({ stage }) => {
  const platform = await stage.platform()
  const line = await stage.proxy(platform)
  const computer = await stage.computer(platform, { at: line.url })
  const devices = computer.page.getByRole('meter', { name: 'Sync devices' })
  await expect(devices).toHaveAttribute('aria-valuenow', '1')
  const power = (state: 'suspend' | 'resume') => computer.app.evaluate(({ powerMonitor }, name) => powerMonitor.emit(name), state)

  await power('suspend')
  const close = await platform.openSession(crypto.randomUUID())
  const asked = line.requests.length
  // Longer than a change takes to show when it is awake.
  await new Promise((resolve) => setTimeout(resolve, 2_000))
  expect(line.requests.slice(asked).map(({ method, path }) => `${method} ${path}`)).toEqual([])
  await expect(devices).toHaveAttribute('aria-valuenow', '1')

  await power('resume')
  await expect(devices).toHaveAttribute('aria-valuenow', '2')
  await close()
})

test('quitting lets the engine close its files, and says so by its exit code', async ({ stage }) => {
  const platform = await stage.platform()
  const computer = await stage.computer(platform)
  const agent = await computer.agent('writer')
  const writes = [1, 2, 3, 4, 5, 6].map((index) => agent.write(`last/${index}`, `content ${index}`).catch(() => null))
  await Promise.all(writes.slice(0, 2))
  const quitting = computer.quit()
  const answers = await Promise.all(writes)
  expect(await quitting).toBe(0)
  expect(existsSync(join(computer.dataDir, 'host.json'))).toBe(false)

  await computer.start()
  await computer.findIntake()
  const acknowledged = answers.flatMap((answer, index) => (answer?.status === 201 ? [index + 1] : []))
  expect(acknowledged.length).toBeGreaterThanOrEqual(2)
  for (const index of acknowledged) expect((await agent.read(`last/${index}`)).body.toString()).toBe(`content ${index}`)
})
