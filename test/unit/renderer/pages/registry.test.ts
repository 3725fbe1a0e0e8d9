import { existsSync, globSync, readFileSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { linkablePages } from '../../../../main/desktop/surroundings/deep-link.ts'
import { pages } from '../../../../renderer/pages/registry.ts'
import { paths } from '../../../../shared/contract/console/pages.ts'

vi.hoisted(() => vi.stubGlobal('window', { localStorage: { getItem: () => null } }))

const addresses = pages.flatMap(({ path, alsoAt = [] }) => [path, ...alsoAt])
const folders = [...new Set(globSync('renderer/pages/*/*').map((path) => basename(dirname(path))))]

describe('the registry of pages', () => {
  it('has one entry for each folder, and no other', () => {
    const registry = readFileSync('renderer/pages/registry.ts', 'utf8')
    for (const folder of folders) {
      expect(existsSync(`renderer/pages/${folder}/index.ts`), folder).toBe(true)
      expect(registry).toContain(`from './${folder}/index.ts'`)
    }
    expect(pages).toHaveLength(folders.length)
  })

  it('shows a page at each address of the contract, and at no other', () => {
    expect([...addresses].sort()).toEqual(Object.values(paths).sort())
  })

  it('lets a link from outside open every page but those that only some roles see and those that add something', () => {
    const open = pages.filter(({ link, role }) => link !== null && role === undefined).flatMap(({ path, alsoAt = [] }) => [path, ...alsoAt])
    expect([...linkablePages.values()].sort()).toEqual(open.sort())
  })

  it('gives each linked page a letter of its own; G is the key before it', () => {
    const letters = pages.flatMap(({ link }) => (link === null ? [] : [link.letter]))
    expect(new Set(letters).size).toBe(letters.length)
    for (const letter of letters) expect(letter).toMatch(/^[a-fh-z]$/)
  })

  it.each(pages.map((page) => [page.path, page] as const))('loads the page at %s', async (_path, page) => {
    expect('component' in page ? page.component : await page.load()).toBeTypeOf('function')
  })
})

describe('what the palette finds of the pages', () => {
  it.each(pages.flatMap(({ path, finds }) => (finds === undefined ? [] : [[path, finds] as const])))('comes with the page at %s', async (_path, finds) => {
    expect(Object.keys(await finds())).not.toEqual([])
  })

  it('is not written out in the palette, which imports nothing of a single page', () => {
    const files = globSync('renderer/app/palette/*.{ts,tsx}')
    expect(files.length).toBeGreaterThan(8)
    expect(files.filter((file) => /pages\/[\w-]+\//.test(readFileSync(file, 'utf8')))).toEqual([])
  })
})

describe('an address of a page', () => {
  const written = addresses.filter((address) => address !== '/').map((address) => address.slice(1).replaceAll('/', '\\/'))
  const literal = new RegExp(`['"\`]#?/(?:${written.join('|')})(?=['"\`?/$])`)

  it('is written out in no file of the renderer: all take it from the contract', () => {
    const files = globSync('renderer/**/*.{ts,tsx}')
    expect(files.length).toBeGreaterThan(200)
    expect(files.filter((file) => literal.test(withoutComments(readFileSync(file, 'utf8'))))).toEqual([])
  })

  it.each([`navigate('/wallet')`, '`/outbox?states=held`', `href="#/workspaces/add"`])('would be found: %s', (source) => {
    expect(literal.test(source)).toBe(true)
  })
})

function withoutComments(source: string): string {
  return source.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')
}
