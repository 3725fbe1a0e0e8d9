import { execFile } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'

/** A copy of what the generator reads and writes, so that a test may break it. */
let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tidemark-generate-'))
  const repository = fileURLToPath(new URL('../../..', import.meta.url))
  for (const part of ['shared', 'build/generate.ts', 'build/pricing-files.ts', 'build/reads-by-topic.ts', 'package.json'])
    cpSync(join(repository, part), join(root, part), { recursive: true })
  symlinkSync(join(repository, 'node_modules'), join(root, 'node_modules'))
})
afterEach(() => rmSync(root, { recursive: true }))

function generate(...options: string[]): Promise<{ code: number | null; said: string }> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [join(root, 'build/generate.ts'), ...options], (_error, stdout, stderr) =>
      resolve({ code: child.exitCode, said: `${stdout}${stderr}` }),
    )
  })
}
function edit(file: string, from: string, to: string): void {
  const path = join(root, file)
  const text = readFileSync(path, 'utf8')
  expect(text).toContain(from)
  writeFileSync(path, text.replace(from, to))
}

test('what is checked in is up to date', async () => {
  expect(await generate('--check')).toEqual({ code: 0, said: '' })
})

test('a changed price fails the check, is written by the generator, and passes then', async () => {
  const generated = join(root, 'shared/generated/catalogs.ts')
  edit('shared/catalogs/layer-a/plans.yaml', 'price_cents: 1900', 'price_cents: 1901')
  expect(await generate('--check')).toMatchObject({ code: 1, said: expect.stringContaining('run `npm run generate`') })
  expect(readFileSync(generated, 'utf8')).not.toContain('1901')
  expect(await generate()).toEqual({ code: 0, said: '' })
  expect(readFileSync(generated, 'utf8')).toContain('priceCents: 1901,')
  expect(await generate('--check')).toEqual({ code: 0, said: '' })
})

test('a changed rate of the cascade fails the check too, and lands in the resolver tables', async () => {
  edit('shared/catalogs/triform/pricing/agent-inference/pricing.yaml', 'rate_micro_au: 15000000', 'rate_micro_au: 15000001')
  expect(await generate('--check')).toMatchObject({ code: 1, said: expect.stringContaining('shared/generated/pricing.ts is not what') })
  expect(await generate()).toEqual({ code: 0, said: '' })
  expect(readFileSync(join(root, 'shared/generated/pricing.ts'), 'utf8')).toContain('rateMicroAu: 15000001n,')
})

test('an edited generated file fails the check', async () => {
  edit('shared/generated/catalogs.ts', 'priceCents: 1900', 'priceCents: 0')
  expect((await generate('--check')).code).toBe(1)
})

test('a bad catalog is named by file, line and field, and nothing is written', async () => {
  edit('shared/catalogs/layer-a/plans.yaml', '25 MiB', '25 MIB')
  const before = readFileSync(join(root, 'shared/generated/catalogs.ts'), 'utf8')
  expect(await generate()).toMatchObject({
    code: 1,
    said: expect.stringMatching(/^shared\/catalogs\/layer-a\/plans\.yaml:17: plans\.0\.limits\.encrypted_bytes: must be/),
  })
  expect(readFileSync(join(root, 'shared/generated/catalogs.ts'), 'utf8')).toBe(before)
})

test('a missing file is named', async () => {
  rmSync(join(root, 'shared/catalogs/layer-a/thresholds.yaml'))
  expect(await generate('--check')).toMatchObject({ code: 1, said: expect.stringContaining('layer-a/thresholds.yaml:1: ') })
})

test('an option that it does not know is refused', async () => {
  expect(await generate('--chek')).toMatchObject({ code: 1, said: expect.stringContaining('--chek') })
})
