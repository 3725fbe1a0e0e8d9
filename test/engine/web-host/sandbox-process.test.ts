import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type SandboxProcess, startSandbox } from '../../../main/bridge/sandbox-process.ts'
import { forkSandbox } from '../../../main/web/sandbox-fork.ts'

let folder: string
let lines: string[]
const open: SandboxProcess[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidemark-sandbox-'))
  lines = []
})
afterEach(async () => {
  for (const sandbox of open.splice(0)) await sandbox.stop()
  rmSync(folder, { recursive: true, force: true })
})

async function start(dataDir = folder): Promise<SandboxProcess> {
  const entry = join(import.meta.dirname, 'sandbox-stand-in.mjs')
  const sandbox = await startSandbox({ fork: (args) => forkSandbox(entry, args), dataDir, report: (line) => lines.push(line) })
  open.push(sandbox)
  return sandbox
}

const answers = (url: string): Promise<boolean> =>
  fetch(url).then(
    (answer) => answer.ok,
    () => false,
  )

test('every workspace comes in once, through a member who may upgrade', async () => {
  const sandbox = await start()
  expect(await sandbox.firstWorkspaces()).toEqual([
    { url: sandbox.origin, token: 'token-of-lin' },
    { url: sandbox.origin, token: 'token-of-joy' },
  ])
})

test('it is at the same address at the next start, for the console remembers it', async () => {
  const first = await start()
  await first.stop()
  expect(await answers(first.origin)).toBe(false)
  expect((await start()).origin).toBe(first.origin)
  expect(lines).toEqual([])
})

test('an address that is in use is exchanged, and that is said', async () => {
  const first = await start()
  await first.stop()
  const port = Number(new URL(first.origin).port)
  const other = createServer().listen(port, '127.0.0.1')
  await once(other, 'listening')
  const second = await start()
  other.close()
  expect(second.origin).not.toBe(first.origin)
  expect(lines).toEqual([`Port ${port}, where the sandbox was, is in use; it takes ${new URL(second.origin).port}`])
})

describe('a sandbox that dies', () => {
  test('is started again at its address', async () => {
    const sandbox = await start()
    await answers(`${sandbox.origin}/die`)
    await expect.poll(() => answers(sandbox.origin), { timeout: 10_000 }).toBe(true)
    expect(lines).toEqual(['The sandbox stopped (code 5) and starts again in 0.25 s'])
  })

  test('before it listens is an error with its last words', async () => {
    await expect(start(join(folder, 'broken'))).rejects.toThrow(/ended with code 4 before it listened\n {2}the database is damaged/)
  })
})
