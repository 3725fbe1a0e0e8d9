import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { root } from '../../../build/sources.ts'
import { runTestsAlone, testsThatLookOutside } from '../../../build/tests-alone.ts'

/** Neither is written out: this file would be found as one that looks outside, and would run itself. */
const up = (levels: number): string => '../'.repeat(levels)
const rootName = 'root'
const found = (sources: Record<string, string>): string[] => testsThatLookOutside(new Map(Object.entries(sources)))

describe('who looks outside the repository', () => {
  test.each([
    ['a path in one piece', `join(import.meta.dirname, '${up(3)}shared/x.json')`],
    ['an address', `new URL('${up(3)}shared/x.json', import.meta.url)`],
    ['a template', `readFileSync(\`\${import.meta.dirname}/${up(3)}shared/x.json\`)`],
    ['several pieces', `join(import.meta.dirname, '..', '..', '..', 'shared')`],
    ['up from the root', `join(${rootName}, '..', 'shared')`],
    ['up from the root, in one piece', `join(${rootName}, '../shared')`],
    ['up from the root, in a template', `\`\${${rootName}}/../shared\``],
    ['the folder above the root', `join(dirname(${rootName}), 'shared')`],
  ])('is found: %s', (_, expression) => {
    expect(found({ 'test/unit/a.test.ts': `const path = ${expression}` })).toEqual(['test/unit/a.test.ts'])
  })

  test.each([
    ['a path within the tree', `join(import.meta.dirname, '${up(2)}shared/x.json')`],
    ['several pieces within the tree', `join(import.meta.dirname, '..', '..', 'main')`],
    ['paths that are data', `const paths = ['.', '..', '../../etc/passwd', '/v1/../../../x']`],
    ['an import', `import { root } from '${up(2)}build/sources.ts'`],
  ])('is not: %s', (_, line) => {
    expect(found({ 'test/unit/a.test.ts': line })).toEqual([])
  })

  test('who imports the one that does, over any number of steps; the modules in between are no tests', () => {
    expect(
      found({
        'test/beside.ts': `export const file = new URL('${up(2)}shared', import.meta.url)`,
        'test/unit/support.ts': `export { file } from '../beside.ts'`,
        'test/unit/a.test.ts': `import { file } from './support.ts'`,
        'test/e2e/b.spec.ts': `import { file } from '../beside.ts'`,
        'test/unit/c.test.ts': `import { file } from './other.ts'`,
      }),
    ).toEqual(['test/e2e/b.spec.ts', 'test/unit/a.test.ts'])
  })
})

describe('in a copy with nothing beside it', () => {
  let beside: string
  let tree: string
  beforeEach(() => {
    beside = mkdtempSync(join(tmpdir(), 'tidemark-beside-'))
    tree = join(beside, 'tree')
    write('shared/fact.json', '{"fact":7}')
    write(
      'tree/.vitest.config.ts',
      `export default { test: { projects: [{ test: { name: 'unit', include: ['test/**/*.test.ts'], pool: 'threads', maxWorkers: 1 } }] } }`,
    )
    write('tree/build/vitest-report.ts', `export { default } from '${join(root, 'build/vitest-report.ts')}'`)
    write('tree/.gitignore', 'node_modules\n')
    symlinkSync(join(root, 'node_modules'), join(tree, 'node_modules'), 'junction')
    expect(spawnSync('git', ['init', '--quiet'], { cwd: tree }).status).toBe(0)
    vi.spyOn(console, 'error').mockImplementation(() => undefined)
  })
  afterEach(() => rmSync(beside, { recursive: true, force: true }))

  const lookingOutside = `import { existsSync, readFileSync } from 'node:fs'
    import { expect, test } from 'vitest'
    const file = new URL('${up(3)}shared/fact.json', import.meta.url)`

  test('a test that reads without skipping fails; one that skips by name is listed with its reason', () => {
    write('tree/test/unit/reads.test.ts', `${lookingOutside}\ntest('reads', () => expect(readFileSync(file, 'utf8')).toContain('7'))`)
    write('tree/test/unit/skips.test.ts', `${lookingOutside}\ntest('skips', ({ skip }) => { skip(!existsSync(file), 'no facts'); expect(1).toBe(2) })`)
    write('tree/test/unit/other.test.ts', `import { test } from 'vitest'\ntest('is not run', () => { throw new Error('run') })`)
    expect(runTestsAlone(tree)).toEqual({
      passed: 0,
      failed: ['test/unit/reads.test.ts > reads'],
      skipped: [{ name: 'test/unit/skips.test.ts > skips', reason: 'no facts' }],
    })
  })

  test('a skip without a reason fails, and so does a spec that looks outside', () => {
    write('tree/test/unit/skips.test.ts', `${lookingOutside}\ntest.skipIf(!existsSync(file))('skips', () => {})\ntest('runs', () => expect(2).toBe(2))`)
    write('tree/test/e2e/looks.spec.ts', lookingOutside)
    expect(runTestsAlone(tree)).toMatchObject({
      passed: 1,
      failed: ['test/e2e/looks.spec.ts looks outside the repository, which a spec never does', 'test/unit/skips.test.ts > skips is skipped without a reason'],
    })
  })

  test('where nobody looks outside, nothing is run', () => {
    write('tree/test/unit/other.test.ts', `import { test } from 'vitest'\ntest('is not run', () => { throw new Error('run') })`)
    expect(runTestsAlone(tree)).toEqual({ passed: 0, failed: [], skipped: [] })
  })

  function write(path: string, text: string): void {
    const file = join(beside, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  }
})
