import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from './support/desktop-stage.ts'

test('whoever reads the output goes away: the console runs on, its log stays readable, and it stops in order', async ({ stage }) => {
  const computer = await stage.computer(await stage.platform())
  const { stdout, stderr } = computer.app.process()
  stdout?.destroy()
  stderr?.destroy()
  // Something to be said: the engine's thread dies and is started again.
  await computer.crashEngine()
  await expect(async () => expect(await computer.call('workspaces.list', {})).toHaveLength(1)).toPass({ timeout: 30_000 })
  // What could not be said is no failure to be said again, which would fill the log and take a whole core.
  const log = readFileSync(join(computer.dataDir, 'logs', 'desktop.log'), 'utf8')
  expect(log).toContain('The engine stopped')
  expect(log).not.toContain('Unexpected')
  expect(log.split('\n').length).toBeLessThan(50)
  expect(await computer.quit()).toBe(0)
})
