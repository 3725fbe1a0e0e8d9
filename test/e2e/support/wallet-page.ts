import type { Locator, Page } from '@playwright/test'
import type { z } from 'zod'
import { ledgerResponse, walletDocument } from '../../../shared/contract/platform/wallet.ts'
import { payInBrowser } from './card.ts'
import type { TestPlatform } from './test-platform.ts'

/** The demo circle. */
const CIRCLE = 'basalt'

/** The wallet as the platform has it, seen from somewhere else. */
export class PlatformWallet {
  readonly #platform: TestPlatform
  readonly token: string

  constructor(platform: TestPlatform) {
    this.#platform = platform
    this.token = platform.tokenOf('triform')
  }

  ask(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }> {
    return this.#platform.ask(method, `/api/${CIRCLE}/${path}`, body, this.token)
  }

  async read(): Promise<z.output<typeof walletDocument>> {
    return walletDocument.parse((await this.ask('GET', 'wallet')).body)
  }

  /** Micro-AU. */
  async balance(): Promise<number> {
    return Number((await this.read()).balance_micro_au)
  }

  async ledger(): Promise<z.output<typeof ledgerResponse>['lines']> {
    return ledgerResponse.parse((await this.ask('GET', 'ledger?limit=500')).body).lines
  }

  /** Runs so many seconds of an action: 20 micro-AU each. */
  async runSeconds(seconds: number, more: object = {}): Promise<{ status: number; body: unknown }> {
    return await this.ask('POST', 'runs', { element: 'python-action', operation: 'invoke', quantities: { running_seconds: seconds }, ...more })
  }
}

export async function showView(page: Page, view: 'Balance' | 'Estimate' | 'Prices' | 'Ledger'): Promise<void> {
  await page.getByRole('radiogroup', { name: 'View' }).getByText(view, { exact: true }).click()
}

export async function estimate(page: Page, element: string, operation: string, quantities: Readonly<Record<string, string>>): Promise<void> {
  await showView(page, 'Estimate')
  await page.getByLabel('Element', { exact: true }).selectOption({ label: element })
  await page.getByLabel('Operation', { exact: true }).selectOption({ label: operation })
  for (const [dimension, quantity] of Object.entries(quantities)) await page.getByRole('textbox', { name: dimension }).fill(quantity)
}

/** The figure beside a word of the balance. */
export function figure(page: Page, name: string): Locator {
  return page
    .getByRole('region', { name: 'Balance' })
    .locator('dl > div')
    .filter({ has: page.locator('dt', { hasText: name }) })
    .locator('dd')
    .first()
}

/** As a lead does it: an amount, its preview, the test card on the page that opens. */
export async function topUp(page: Page, au: number): Promise<void> {
  const section = page.getByRole('region', { name: 'Top up the wallet' })
  await section.getByRole('textbox', { name: 'AU' }).fill(String(au))
  await section.getByRole('button', { name: 'Preview the top-up' }).click()
  await payInBrowser(page)
}
