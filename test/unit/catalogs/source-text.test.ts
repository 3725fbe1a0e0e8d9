import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parseCatalog } from '../../../shared/catalogs/parse.ts'
import { generatedCatalogs } from '../../../shared/catalogs/source-text.ts'
import { catalogIds, catalogs } from '../../../shared/generated/catalogs.ts'
import { exampleCatalog } from '../billing/example-catalog.ts'

const folder = new URL('../../../shared/catalogs/', import.meta.url)

test('the checked-in catalogs are what the YAML says', () => {
  const ids = readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []))
  expect([...catalogIds]).toEqual(ids.toSorted())
  for (const id of catalogIds) {
    // Prices are read by a parser of their own.
    const { pricing: _, ...catalog } = catalogs[id]
    expect(parseCatalog(id, (name) => textOf(new URL(`${id}/${name}`, folder)))).toEqual({ ok: true, catalog })
  }
  expect(readFileSync(new URL('../../../shared/generated/catalogs.ts', import.meta.url), 'utf8')).toBe(generatedCatalogs(catalogIds.map((id) => catalogs[id])))
})

function textOf(file: URL): string {
  return existsSync(file) ? readFileSync(file, 'utf8') : ''
}

test('the text is a program that gives the same catalogs back, quotes and all', async () => {
  const awkward = { ...exampleCatalog, id: 'awk-ward', name: `It's "so" \\ \n\u2028 \${x} \``, summary: "only 'single'" }
  const text = generatedCatalogs([exampleCatalog, awkward])
  const script = text
    .replace(/^import type.*$/m, '')
    .replace(/^export type.*$/m, '')
    .replace(' as const', '')
    .replace(': Readonly<Record<CatalogId, Catalog>>', '')
  const made: unknown = await import(/* @vite-ignore */ `data:text/javascript;charset=utf-8,${encodeURIComponent(script)}`)
  expect(made).toMatchObject({ catalogIds: ['example', 'awk-ward'], catalogs: { example: exampleCatalog, 'awk-ward': awkward } })
})
