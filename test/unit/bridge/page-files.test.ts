import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { contentPolicy, openPageFiles, type PageFiles } from '../../../main/bridge/page-files.ts'

let folder: string
let files: PageFiles
const nonce = 'n0nce'

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidemark-page-'))
  mkdirSync(join(folder, 'page/assets'), { recursive: true })
  writeFileSync(join(folder, 'secret.txt'), 'secret')
  writeFileSync(join(folder, 'page/index.html'), '<head><meta name="style-nonce" content="" /></head>')
  writeFileSync(join(folder, 'page/assets/index-BqzXyQ12.js'), 'run()')
  writeFileSync(join(folder, 'page/assets/plain.css'), 'a{}')
  writeFileSync(join(folder, 'page/.env.txt'), 'secret')
  writeFileSync(join(folder, 'page/program.exe'), 'secret')
  symlinkSync(join(folder, 'secret.txt'), join(folder, 'page/link.txt'))
  files = openPageFiles(join(folder, 'page'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('what is served', () => {
  test('the page, with the nonce of this answer in it, never to be cached', async () => {
    for (const path of ['/', '/index.html']) {
      const page = await files.find(path, nonce)
      expect(page).toMatchObject({ contentType: 'text/html; charset=utf-8', etag: null, immutable: false })
      expect(page?.body.toString()).toContain('<meta name="style-nonce" content="n0nce" />')
    }
  })

  test('a file whose name has its digest may be kept for ever', async () => {
    expect(await files.find('/assets/index-BqzXyQ12.js', nonce)).toMatchObject({
      contentType: 'text/javascript; charset=utf-8',
      immutable: true,
      etag: expect.stringMatching(/^"[\w-]{22}"$/),
    })
  })

  test('any other file is asked for again', async () => {
    expect(await files.find('/assets/plain.css', nonce)).toMatchObject({ contentType: 'text/css; charset=utf-8', immutable: false })
  })
})

test.each([
  '/../secret.txt',
  '/assets/../../secret.txt',
  '/%2e%2e/secret.txt',
  '/..%2fsecret.txt',
  '/..\\secret.txt',
  '//secret.txt',
  '/assets/index-BqzXyQ12.js/',
  '/assets//plain.css',
  '/ASSETS/plain.css',
  '/.env.txt',
  '/program.exe',
  '/link.txt',
  '/assets',
  '/assets/',
  '/index.html\0.js',
  '/__proto__',
  '',
])('not served: %s', async (path) => {
  expect(await files.find(path, nonce)).toBeNull()
})

test('the policy lets in no inline script, no foreign origin, and styles by nonce only', () => {
  const policy = new Map(
    contentPolicy(nonce, "'self' ws://127.0.0.1:4780")
      .split('; ')
      .map((part): [string, string] => [part.split(' ')[0] ?? '', part.split(' ').slice(1).join(' ')]),
  )
  expect(policy.get('default-src')).toBe("'none'")
  expect(policy.get('script-src')).toBe("'self'")
  expect(policy.get('style-src')).toBe("'self' 'nonce-n0nce'")
  expect(policy.get('connect-src')).toBe("'self' ws://127.0.0.1:4780")
  for (const name of ['base-uri', 'form-action', 'frame-ancestors']) expect(policy.get(name)).toBe("'none'")
  expect([...policy.values()].join()).not.toMatch(/unsafe|\*|https:/)
})
