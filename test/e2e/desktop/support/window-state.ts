import type { Locator } from '@playwright/test'
import type { DesktopComputer } from './desktop-computer.ts'

/** The name of the page that is shown. */
export function heading({ page }: DesktopComputer, name: string): Locator {
  return page.getByRole('heading', { level: 1, name })
}

/** As a person does who goes on to something else. */
export async function minimize({ app }: DesktopComputer): Promise<void> {
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.minimize())
}

export function isMinimized({ app }: DesktopComputer): Promise<boolean | undefined> {
  return app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isMinimized())
}
