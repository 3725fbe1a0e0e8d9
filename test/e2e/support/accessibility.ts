import { AxeBuilder } from '@axe-core/playwright'
import { expect, type Page } from '@playwright/test'

/** Checks what is on the screen against every rule of axe, best practices included. */
export async function expectAccessible(page: Page, where: string): Promise<void> {
  // Only what is wrong is described, and no second page is opened to put frames together: these pages have none.
  const { violations } = await new AxeBuilder({ page })
    .options({ resultTypes: ['violations'] })
    .setLegacyMode()
    .analyze()
  const found = violations.map(({ id, help, nodes }) => `${id}: ${help} (${nodes.map(({ target }) => target.join(' ')).join(', ')})`)
  expect(found, where).toEqual([])
}

export async function chooseTheme(page: Page, theme: 'Light' | 'Dark' | 'System'): Promise<void> {
  await page.getByRole('button', { name: 'Appearance' }).click()
  await page.getByRole('menuitem', { name: theme }).click()
  await expect(page.getByRole('menu')).toBeHidden()
  if (theme !== 'System') await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', theme.toLowerCase())
}
