import { readdirSync, readFileSync } from 'node:fs'
import { join, sep } from 'node:path'

/** The files of a catalog's folder that say prices, by their path in it: `wallet.yaml` and everything under `pricing/`. */
export function readPricingFiles(catalogFolder: string): Map<string, string> {
  const entries = readdirSync(catalogFolder, { withFileTypes: true, recursive: true })
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name))
  const named = files.map((path) => ({ path, name: path.slice(catalogFolder.length + 1).replaceAll(sep, '/') }))
  return new Map(
    named
      .filter(({ name }) => name === 'wallet.yaml' || name.startsWith('pricing/'))
      .sort((one, other) => (one.name < other.name ? -1 : 1))
      .map(({ path, name }) => [name, readFileSync(path, 'utf8')]),
  )
}
