/**
 * `npm run generate`: turns `shared/catalogs/<id>/*.yaml` into `shared/generated/catalogs.ts`, and the cascade of
 * `pricing.yaml` files below it into `pricing.ts`; and the topics of the bridge's reads into `reads-by-topic.ts`. With `--check` it writes nothing
 * and fails when a checked-in file is not what its source says. Runs as it is on Node 24.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Catalog } from '../shared/billing/catalog.ts'
import { describeProblem, parseCatalog } from '../shared/catalogs/parse.ts'
import { parsePricing } from '../shared/catalogs/pricing.ts'
import { generatedCatalogs, generatedPricing } from '../shared/catalogs/source-text.ts'
import { readPricingFiles } from './pricing-files.ts'
import { generatedReads } from './reads-by-topic.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const catalogsFolder = join(root, 'shared/catalogs')
const generatedFolder = 'shared/generated'

process.exitCode = generate(process.argv.slice(2))

function generate(options: readonly string[]): number {
  const unknown = options.find((option) => option !== '--check')
  if (unknown !== undefined) return fail(`generate: unknown option ${unknown}; the only one is --check`)

  const catalogs: Catalog[] = []
  const problems: string[] = []
  for (const id of catalogIds()) {
    const result = parseCatalog(id, (name) => readIfThere(join(catalogsFolder, id, name)) ?? '')
    const prices = parsePricing(id, readPricingFiles(join(catalogsFolder, id)))
    for (const { problems: found } of [result, prices].filter((one) => !one.ok))
      problems.push(...found.map((problem) => `shared/catalogs/${describeProblem(problem)}`))
    if (result.ok && prices.ok) catalogs.push({ ...result.catalog, ...(prices.pricing === null ? {} : { pricing: prices.pricing }) })
  }
  if (problems.length > 0) return fail(problems.join('\n'))

  const texts = {
    [`${generatedFolder}/catalogs.ts`]: generatedCatalogs(catalogs),
    [`${generatedFolder}/pricing.ts`]: generatedPricing(catalogs),
    [`${generatedFolder}/reads-by-topic.ts`]: generatedReads(),
  }
  const stale = Object.entries(texts).filter(([file, text]) => readIfThere(join(root, file)) !== text)
  if (!options.includes('--check')) {
    for (const [file, text] of stale) writeFileSync(join(root, file), text)
    return 0
  }
  return stale.length === 0 ? 0 : fail(stale.map(([file]) => `${file} is not what its source says: run \`npm run generate\``).join('\n'))
}

function catalogIds(): string[] {
  return readdirSync(catalogsFolder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort()
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}

function fail(message: string): number {
  console.error(message)
  return 1
}
