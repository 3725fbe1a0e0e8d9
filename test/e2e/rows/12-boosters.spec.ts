import { join } from 'node:path'
import Database from 'better-sqlite3'
import { CARD, payWith } from '../support/card.ts'
import { expect, test } from '../support/stage.ts'

test('four boosters, one-time, for the current period, additive to the limit, with their expiry', async ({ stage }) => {
  const platform = await stage.platform()
  const line = await stage.proxy(platform)
  const token = platform.tokenOf('truss')
  const computer = await stage.computer(platform, { at: line.url, token })
  const page = await stage.page(computer, '/plans')
  const boosters = page.getByRole('region', { name: 'Boosters' })
  const limits = async () =>
    (await platform.ask('GET', '/api/billing/plan', undefined, token)).body as { limits: Record<string, number>; period: { end: string } }

  await test.step('the four of the seed, each with what it adds', async () => {
    for (const words of [
      'Extra storage +10 GB Storage',
      'Extra MAU +5,000 Auth MAU',
      'Extra API requests +500,000 API requests',
      'Extra branches +5 Database branches',
    ])
      await expect(boosters).toContainText(words)
    await expect(boosters).toContainText('No booster runs at the moment.')
  })

  await test.step('the preview says what it costs and which limit it raises: 150 + 10 = 160 GB', async () => {
    await boosters.getByRole('button', { name: /^Buy Extra storage/ }).click()
    const dialog = page.getByRole('dialog')
    await expect(dialog).toContainText('Storage: 150 GB → 160 GB')
    await expect(dialog).toContainText('ThenOnce')
    const opening = page.waitForEvent('popup')
    await dialog.getByRole('button', { name: 'Pay $5.00 in the browser' }).click()
    const checkout = await opening
    await payWith(checkout, CARD.pays)
    await expect(checkout.getByRole('heading', { name: 'Paid: Extra storage' })).toBeVisible()
    await checkout.close()
  })

  await test.step('it runs at once, until the period ends', async () => {
    const { limits: now, period } = await limits()
    expect(now.storage).toBe(160_000_000_000)
    await stage.go(page, '/plans')
    const until = new Date(period.end).toLocaleDateString('en-US', { day: 'numeric', month: 'short', year: 'numeric' })
    await expect(boosters.getByRole('listitem').last()).toContainText(`until ${until}`)
    await stage.go(page, '/usage')
    await expect(page.getByRole('meter', { name: /^Storage/ })).toHaveAttribute('aria-valuetext', /^0 bytes of 160,000,000,000 bytes/)
  })

  await test.step('offline it is still shown, and buying says why it waits', async () => {
    await stage.go(page, '/plans')
    await line.setFaults({ kind: 'refuse' })
    line.cut()
    await expect(page.getByRole('button', { name: /^Connection: Offline/ })).toBeVisible()
    await expect(boosters.getByRole('listitem').last()).toContainText('Extra storage')
    await expect(boosters.getByRole('button', { name: /^Buy Extra branches/ })).toHaveAccessibleDescription(/^Offline/)
  })

  await test.step('when its time is over, the limit is the plan’s again', async () => {
    await platform.stop()
    runOut(platform.dataDir)
    await platform.restart()
    expect((await limits()).limits.storage).toBe(150_000_000_000)
    const later = await stage.page(await stage.computer(platform, { token }), '/plans')
    await expect(later.getByRole('region', { name: 'Boosters' })).toContainText('No booster runs at the moment.')
    await stage.go(later, '/usage')
    await expect(later.getByRole('meter', { name: /^Storage/ })).toHaveAttribute('aria-valuetext', /^0 bytes of 150,000,000,000 bytes/)
  })
})

/** As if the boosters had been bought for a time that is over. */
function runOut(dataDir: string): void {
  const database = new Database(join(dataDir, 'platform.db'))
  try {
    const endedAt = Date.now() - 1000
    database.prepare('UPDATE boosters SET expires_at = ?').run(endedAt)
    database.prepare("UPDATE changes SET body = json_set(body, '$.expires_at', ?) WHERE topic = 'booster'").run(new Date(endedAt).toISOString())
  } finally {
    database.close()
  }
}
