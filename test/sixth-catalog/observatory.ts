import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readPricingFiles } from '../../build/pricing-files.ts'
import type { DemoWorkspace } from '../../main/sandbox/demo/demo-workspaces.ts'
import type { Catalog } from '../../shared/billing/catalog.ts'
import { parseCatalog } from '../../shared/catalogs/parse.ts'
import { parsePricing } from '../../shared/catalogs/pricing.ts'

/** The catalog that the program does not know, read from the folder beside this file as `npm run generate` reads the others. */
export function readObservatory(folder = join(import.meta.dirname, 'observatory')): Catalog {
  const result = parseCatalog('observatory', (name) => readFileSync(join(folder, name), 'utf8'))
  const prices = parsePricing('observatory', readPricingFiles(folder))
  if (!result.ok) throw new Error(JSON.stringify(result.problems))
  if (!prices.ok || prices.pricing === null) throw new Error(JSON.stringify(prices))
  return { ...result.catalog, pricing: prices.pricing }
}

/** Its workspace, with its own roles. */
export const mountPalomar: DemoWorkspace = {
  key: 'palomar',
  name: 'Mount Palomar',
  catalog: 'observatory',
  plan: 'refractor',
  billingEmail: 'purse@palomar.example',
  pastMonths: 15,
  circle: 'palomar',
  members: [
    { name: 'Dora Director', role: 'director' },
    { name: 'Vera Astronomer', role: 'astronomer' },
    { name: 'Gus Guest', role: 'guest' },
  ],
}
