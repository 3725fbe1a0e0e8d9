/** Row 37: tray icon with the worst meter; native notifications. The deep link back from checkout is in `../story.spec.ts`. */
import { desktopRuntime } from '../../../desktop-double/runtime.ts'
import { megabytes } from '../../support/agent.ts'
import { buyOutside } from '../support/buy-outside.ts'
import { expect, goTo, test } from '../support/desktop-stage.ts'
import { heading, isMinimized, minimize } from '../support/window-state.ts'

/** Why it runs on the stand-in alone. */
const onlyThere = 'Electron hands its tray, its notifications and the task bar to no test'

test('the tray shows the worst meter, and its menu leads to it', async ({ stage }) => {
  test.info().skip(desktopRuntime.kind === 'electron', onlyThere)
  const platform = await stage.platform()
  const line = await stage.proxy(platform)
  const computer = await stage.computer(platform, { at: line.url })
  const tray = () =>
    computer.app.evaluate(() => {
      const [icon] = globalThis.electronDouble.trays
      return {
        icons: globalThis.electronDouble.trays.length,
        toolTip: icon?.toolTip,
        lines: icon?.menu?.items.map(({ label }) => label).filter((label) => label !== ''),
      }
    })
  const click = (label: string) =>
    computer.app.evaluate((_electron, wanted) => globalThis.electronDouble.trays[0]?.menu?.items.find((item) => item.label === wanted)?.click(), label)
  await expect.poll(tray).toMatchObject({ icons: 1, toolTip: 'Tidemark: Sync devices 50 %' })
  expect((await tray()).lines).toEqual(expect.arrayContaining(['Sync devices 50 %', 'Encrypted bytes 0 %', 'Sync now', 'Open Tidemark', 'Quit Tidemark']))

  const agent = await computer.agent('writer')
  for (const index of [1, 2, 3, 4]) expect((await agent.write(`large/${index}`, megabytes(7.5), 'application/octet-stream')).status).toBe(201)
  await expect.poll(tray).toMatchObject({ toolTip: 'Tidemark: Encrypted bytes 90 %, 1 held' })

  await goTo(computer.page, '/settings')
  await minimize(computer)
  await click('Encrypted bytes 90 %')
  await expect.poll(() => isMinimized(computer)).toBe(false)
  await expect(heading(computer, 'Overview')).toBeVisible()

  const asked = line.requests.length
  await click('Sync now')
  await expect.poll(() => line.requests.length).toBeGreaterThan(asked)

  await click('Quit Tidemark').catch(() => {})
  expect(await computer.ended()).toBe(0)
})

test('who looks elsewhere is told: writes are held, the plan was bought, they were delivered; a click opens the page', async ({ stage, browser }) => {
  test.info().skip(desktopRuntime.kind === 'electron', onlyThere)
  const platform = await stage.platform()
  const line = await stage.proxy(platform)
  const computer = await stage.computer(platform, { at: line.url })
  const titles = () => computer.app.evaluate(() => globalThis.electronDouble.notifications.map(({ title }) => title))
  const click = (title: string) =>
    computer.app.evaluate((_electron, wanted) => globalThis.electronDouble.notifications.find((one) => one.title === wanted)?.emit('click'), title)
  const agent = await computer.agent('writer')

  await minimize(computer)
  for (const index of [1, 2, 3, 4]) expect((await agent.write(`large/${index}`, megabytes(7.5), 'application/octet-stream')).status).toBe(201)
  // In any order: alerts come with the feed, the refusal with the answer.
  await expect.poll(async () => (await titles()).sort()).toEqual(['1 write is held', 'First refusal', 'Usage warning'])
  await click('1 write is held')
  await expect.poll(() => isMinimized(computer)).toBe(false)
  await expect(heading(computer, 'Outbox')).toBeVisible()

  // Enough of them to be worth a bar, slow enough to be seen.
  for (let index = 1; index <= 25; index += 1) expect((await agent.write(`small/${index}`, `content ${index}`)).status).toBe(201)
  await line.setFaults({ kind: 'slow', delayMs: 400, match: ({ path }) => path.startsWith('/v1/sync/push') })
  const checkout = await buyOutside(computer, browser, 'Pro')
  await minimize(computer)
  await checkout.pay()
  await expect.poll(titles, { timeout: 30_000 }).toEqual(expect.arrayContaining(['The plan is now Pro', '26 held writes were delivered']))
  expect(platform.envelopes()).toHaveLength(29)
  // The bar on the task bar went up and is gone.
  const shown = () => computer.app.evaluate(({ BrowserWindow }) => Reflect.get(BrowserWindow.getAllWindows()[0] ?? {}, 'progressShown') as number[])
  // The last word about a drain may come a moment after the notice.
  await expect.poll(async () => (await shown()).at(-1)).toBe(-1)
  const progress = await shown()
  expect(progress.filter((part) => part >= 0).length).toBeGreaterThan(0)
})
