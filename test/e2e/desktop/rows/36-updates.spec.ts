/** Row 36: updates through electron-updater. The updater itself is tested in `test/engine/updates`; here is what a person sees of it in an unpackaged program. */
import { expect, goTo, test } from '../support/desktop-stage.ts'

test('the settings show the version, and why a program that runs from its source code is not updated; nothing was asked', async ({ stage }) => {
  const computer = await stage.computer(await stage.platform())
  const version = await computer.app.evaluate(({ app }) => app.getVersion())
  await goTo(computer.page, '/settings')
  const updates = computer.page.getByRole('region', { name: 'Updates' })
  await expect(updates).toContainText(`Version ${version}`)
  await expect(updates).toContainText('This program cannot update itself. It runs from its source code.')
  await expect(updates.getByRole('button')).toHaveCount(0)
  const { rows } = await computer.call('honesty.egress', { workspaceId: null, before: null, limit: 200 })
  expect(rows.filter(({ purpose }) => /version/i.test(purpose))).toEqual([])
})
