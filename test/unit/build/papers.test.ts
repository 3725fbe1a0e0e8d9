import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { checkPapers, checkTree } from '../../../build/papers.ts'

const PROTOCOL = 'shared/contract/README.md'

/** A tree in which everything leads somewhere. */
const whole: Readonly<Record<string, string>> = {
  'README.md': `# Root\n\nSee [the protocol](shared/contract/README.md#push), [engine](main/engine/) and the [licence](LICENSE).\n`,
  [PROTOCOL]: '# The protocol\n\n## Push\n\n## Money and `rounding`\n\n## Push\n\nBack to [the root](../../README.md#root).\n',
  'main/engine/a.ts': `/** As agreed (${PROTOCOL}, "Push"). */\nexport const a = 1\n`,
}

/** What is wrong with that tree after these files were added or replaced. */
function problemsWith(changed: Readonly<Record<string, string>>): string[] {
  const files = { ...whole, ...changed }
  const present = new Set([...Object.keys(files), 'LICENSE', 'main/engine'])
  return checkPapers(new Map(Object.entries(files)), (path) => present.has(path)).map(({ path, line, message }) => `${path}:${line} ${message}`)
}
const inRoot = (line: string): string[] => problemsWith({ 'README.md': `# Root\n\n${line}\n` })
const inCode = (text: string): string[] => problemsWith({ 'main/engine/a.ts': text })

test('a tree in which everything leads somewhere has no problem', () => {
  expect(problemsWith({})).toEqual([])
})

describe('a link', () => {
  test.each([
    ['to a file that is not there', '[x](gone.md)', 'links to gone.md, where nothing is'],
    ['with a picture that is not there', '![x](pictures/gone.png)', 'links to pictures/gone.png, where nothing is'],
    ['to a heading that is not there', '[x](shared/contract/README.md#pull)', 'links to shared/contract/README.md#pull, and there is no such heading'],
    ['to a heading of its own that is not there', '[x](#branch)', 'links to #branch, and there is no such heading'],
    ['from the root of the site', '[x](/LICENSE)', 'links to /LICENSE, where nothing is'],
    ['out of the repository', '[x](../other/README.md)', 'links to ../other/README.md, where nothing is'],
  ])('%s is named', (_, link, message) => {
    expect(inRoot(link)).toEqual([`README.md:3 ${message}`])
  })

  test.each([
    ['to another site', '[x](https://example.org/gone.md)'],
    ['in a code block', '```\n[x](gone.md)\n```'],
    ['in inline code', '`[x](gone)`'],
    ['to a heading of its own', '[x](#root)'],
    ['to a heading with marks', '[x](shared/contract/README.md#money-and-rounding)'],
    ['to the second heading of a name', '[x](shared/contract/README.md#push-1)'],
  ])('%s is not', (_, link) => {
    expect(inRoot(link)).toEqual([])
  })

  test('by reference is looked at too', () => {
    expect(inRoot('[x]\n\n[x]: gone.html')).toEqual(['README.md:5 links to gone.html, where nothing is'])
  })
})

describe('a citation', () => {
  test.each([
    ['of a file that is not there', '// As agreed (protocol.md, "Push").', 'cites protocol.md, which is not in the repository'],
    ['of a heading that is not there', `/* (${PROTOCOL}, "Pull") */`, `cites “Pull”, which is no heading of ${PROTOCOL}`],
    ['of a second heading that is not there', `// (${PROTOCOL}, "Push", "Pull")`, `cites “Pull”, which is no heading of ${PROTOCOL}`],
  ])('%s is named', (_, comment, message) => {
    expect(inCode(`const b = 1\n${comment}\n`)).toEqual([`main/engine/a.ts:2 ${message}`])
  })

  test('that goes on in the next line of a comment is read as one', () => {
    expect(inCode(`/**\n * (${PROTOCOL}, "Money\n * and rounding")\n */`)).toEqual([])
    expect(inCode(`// (${PROTOCOL},\n// "Money and pounding")`)).toEqual([`main/engine/a.ts:1 cites “Money and pounding”, which is no heading of ${PROTOCOL}`])
  })

  test('in SQL, in a stylesheet, in YAML and in a paper is looked at', () => {
    for (const [path, text] of [
      ['main/a.sql', 'CREATE TABLE a (b);\n-- See gone.md.'],
      ['renderer/a.css', 'a { }\n/* See gone.md. */'],
      ['shared/a.yaml', 'a: 1\n# See gone.md.'],
      ['test/README.md', '# Tests\nSee `gone.md`.'],
    ] as const)
      expect(problemsWith({ [path]: text })).toEqual([`${path}:2 cites gone.md, which is not in the repository`])
  })

  test.each([
    ['of Electron’s own papers', '// (docs/api/app.md, "second-instance")'],
    ['of notes', '// notes/plan.md'],
    ['of the paper beside the file', `// README.md, "Engine"`],
    ['that is data', `const path = 'gone.md'`],
    ['that is data beside a comment', `const path = 'gone.md' // a path`],
    ['of another site', '// https://example.org/gone.md'],
  ])('%s is not named', (_, code) => {
    expect(problemsWith({ 'main/engine/README.md': '# Engine\n', 'main/engine/b.ts': code })).toEqual([])
  })
})

describe('length', () => {
  test('the root paper may have 150 lines and no more', () => {
    const rows = (count: number): string => `# Root\n${'word\n'.repeat(count - 1)}`
    expect(problemsWith({ 'README.md': rows(150) })).toEqual([])
    expect(problemsWith({ 'README.md': rows(151) })).toEqual(['README.md:151 has 151 lines; 150 are the most'])
    expect(problemsWith({ 'main/README.md': rows(151) })).toEqual([])
  })

  test('a line may have 120 letters and no more', () => {
    expect(inRoot('é'.repeat(120))).toEqual([])
    expect(inRoot('é'.repeat(121))).toEqual(['README.md:3 has 121 letters in this line; 120 are the most'])
  })

  test.each([
    ['a table', `| ${'é'.repeat(120)} |`],
    ['a code block', `\`\`\`\n${'é'.repeat(121)}\n\`\`\``],
    ['an indented code block', `    ${'é'.repeat(121)}`],
    ['where a link leads', `[x](https://example.org/${'e'.repeat(120)})`],
  ])('%s is not counted', (_, text) => {
    expect(inRoot(text)).toEqual([])
  })

  test('the words of a link are counted', () => {
    expect(inRoot(`[${'é'.repeat(121)}](LICENSE)`)).toEqual(['README.md:3 has 121 letters in this line; 120 are the most'])
  })
})

test('a tree on the disk is read as a whole, but for what others have installed in it', () => {
  const tree = mkdtempSync(join(tmpdir(), 'tidemark-papers-'))
  try {
    const files = { ...whole, LICENSE: '', 'test/node_modules/x/README.md': '[x](gone.md)', 'main/engine/b.ts': '// See gone.md.' }
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(tree, path)), { recursive: true })
      writeFileSync(join(tree, path), text)
    }
    expect(checkTree(tree)).toEqual({
      paperCount: 2,
      problems: [{ path: 'main/engine/b.ts', line: 1, message: 'cites gone.md, which is not in the repository' }],
    })
  } finally {
    rmSync(tree, { recursive: true, force: true })
  }
})
