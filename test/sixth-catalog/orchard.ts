/** The sixth catalog, read from its YAML as the product's are, and a workspace on it. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readPricingFiles } from '../../build/pricing-files.ts'
import type { DemoWorkspace } from '../../main/sandbox/demo-workspaces.ts'
import type { Catalog } from '../../shared/billing/catalog.ts'
import { describeProblem, parseCatalog } from '../../shared/catalogs/parse.ts'
import { parsePricing } from '../../shared/catalogs/pricing.ts'

export function readOrchard(root: string): Catalog {
  const folder = join(root, 'test/sixth-catalog/orchard')
  const textOf = (name: string): string => (existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'utf8') : '')
  const catalog = parseCatalog('orchard', textOf)
  const prices = parsePricing('orchard', readPricingFiles(folder))
  if (!catalog.ok) throw new Error(catalog.problems.map(describeProblem).join('\n'))
  if (!prices.ok) throw new Error(prices.problems.map(describeProblem).join('\n'))
  return { ...catalog.catalog, ...(prices.pricing === null ? {} : { pricing: prices.pricing }) }
}

export const orchardWorkspace: DemoWorkspace = {
  key: 'orchard',
  name: 'Hillside Orchard',
  catalog: 'orchard',
  plan: 'grove',
  billingEmail: 'letters@orchard.example',
  pastMonths: 15,
  circle: 'hillside',
  members: [
    { name: 'Kim Keeper', role: 'keeper' },
    { name: 'Wanda Warden', role: 'warden' },
    { name: 'Gus Guest', role: 'guest' },
  ],
}
