import { globSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { importsOf, withoutQuery } from './imports.ts'

const manifestSchema = z.looseObject({
  name: z.string(),
  version: z.string(),
  license: z.union([z.string(), z.looseObject({ type: z.string() })]).optional(),
  dependencies: z.record(z.string(), z.string()).default({}),
})
type Manifest = z.infer<typeof manifestSchema>

/**
 * The licences of everything that ends up in the program, whether it is bundled into our files or lies beside them: the packages that the product's
 * sources import, and what those need.
 *
 * @throws when a package names no licence: then nobody may hand it on
 */
export function collectLicences(root: string): { names: string[]; text: string } {
  const found = new Map<string, { manifest: Manifest; folder: string }>()
  const visit = (name: string, from: string): void => {
    const folder = folderOf(name, from)
    if (folder === null || found.has(folder)) return
    const manifest = manifestSchema.parse(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')))
    found.set(folder, { manifest, folder })
    for (const dependency of Object.keys(manifest.dependencies)) visit(dependency, folder)
  }
  // What lies beside the program goes along whether a source names it or reads a file of it.
  const { dependencies } = manifestSchema.parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')))
  for (const name of [...importedPackages(root), ...Object.keys(dependencies)]) if (name !== 'electron') visit(name, root)
  const packages = [...found.values()].sort((left, right) => left.manifest.name.localeCompare(right.manifest.name, 'en'))
  const text = packages.map(({ manifest, folder }) => {
    const licence = typeof manifest.license === 'string' ? manifest.license : manifest.license?.type
    const words = licenceText(folder)
    if (licence === undefined && words === '') throw new Error(`${manifest.name} ${manifest.version} names no licence`)
    return `${'─'.repeat(80)}\n${manifest.name} ${manifest.version} (${licence ?? 'see below'})\n\n${words === '' ? 'Its package holds no other text.' : words}\n`
  })
  return {
    names: packages.map(({ manifest }) => manifest.name),
    text: `Tidemark is made of these packages. Electron's and Chromium's own licences lie beside this file.\n\n${text.join('\n')}`,
  }
}

function importedPackages(root: string): Set<string> {
  const names = new Set<string>()
  for (const path of globSync('{main,preload,renderer,shared}/**/*.{ts,tsx}', { cwd: root })) {
    for (const { specifier } of importsOf(path, readFileSync(join(root, path), 'utf8'))) {
      if (specifier === null || specifier.startsWith('.') || specifier.startsWith('node:')) continue
      const parts = withoutQuery(specifier).split('/')
      names.add(parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/'))
    }
  }
  return names
}

/** As Node looks for it: in the folder's own packages first, then upwards. Null: it is not installed (optional, or of another system). */
function folderOf(name: string, from: string): string | null {
  for (let folder = from; ; folder = join(folder, '..')) {
    const candidate = join(folder, 'node_modules', name)
    if (readable(join(candidate, 'package.json'))) return candidate
    if (join(folder, '..') === folder) return null
  }
}

function readable(path: string): boolean {
  try {
    readFileSync(path)
    return true
  } catch {
    return false
  }
}

function licenceText(folder: string): string {
  return readdirSync(folder)
    .filter((name) => /^(licen[cs]e|copying|notice)/i.test(name) && !/\.(js|json|ts)$/.test(name))
    .sort()
    .map((name) => readFileSync(join(folder, name), 'utf8').trim())
    .join('\n\n')
}
