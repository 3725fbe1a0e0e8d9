/**
 * `npm run generate`: turns `shared/catalogs/<id>/*.yaml` into `shared/generated/catalogs.ts`. With `--check` it
 * writes nothing and fails when the checked-in file is not what the YAML says. Runs as it is on Node 24.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Catalog } from '../shared/billing/catalog.ts'
import { describeProblem, parseCatalog } from '../shared/catalogs/parse.ts'
import { generatedCatalogs } from '../shared/catalogs/source-text.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const catalogsFolder = join(root, 'shared/catalogs')
const generatedFile = join(root, 'shared/generated/catalogs.ts')

process.exitCode = generate(process.argv.slice(2))

function generate(options: readonly string[]): number {
  const unknown = options.find((option) => option !== '--check')
  if (unknown !== undefined) return fail(`generate: unknown option ${unknown}; the only one is --check`)

  const catalogs: Catalog[] = []
  const problems: string[] = []
  for (const id of catalogIds()) {
    const result = parseCatalog(id, (name) => readIfThere(join(catalogsFolder, id, name)) ?? '')
    if (result.ok) catalogs.push(result.catalog)
    else problems.push(...result.problems.map((problem) => `shared/catalogs/${describeProblem(problem)}`))
  }
  if (problems.length > 0) return fail(problems.join('\n'))

  const text = generatedCatalogs(catalogs)
  if (!options.includes('--check')) {
    if (readIfThere(generatedFile) !== text) writeFileSync(generatedFile, text)
    return 0
  }
  if (readIfThere(generatedFile) === text) return 0
  return fail('shared/generated/catalogs.ts is not what shared/catalogs says: run `npm run generate`')
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
