import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { root } from '../../../build/sources.ts'

let dataDir: string
const started: ChildProcess[] = []

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'tidemark-closed-output-'))
})
afterEach(async () => {
  for (const child of started.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue
    const ended = once(child, 'exit')
    child.kill('SIGTERM')
    await ended
  }
  rmSync(dataDir, { recursive: true, force: true })
})

/** The built web host, with a pipe that is read until `closeOutput`. */
function startWebHost(): ChildProcess {
  const child = spawn(process.execPath, [join(root, 'out/main/web.js'), '--web', '--no-open', '--port', '0', '--data', dataDir], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  started.push(child)
  return child
}

function closeOutput(child: ChildProcess): void {
  child.stdout?.destroy()
  child.stderr?.destroy()
}

test('whoever reads the output goes away: the host answers on, and a second start that nobody reads ends in order', async () => {
  const first = startWebHost()
  let output = ''
  first.stdout?.on('data', (chunk) => {
    output += String(chunk)
  })
  const address = () => /http:\/\/127\.0\.0\.1:\d+\/(?=#launch)/.exec(output)?.[0]
  await expect.poll(address, { timeout: 60_000 }).toBeDefined()
  closeOutput(first)
  for (let start = 0; start < 3; start += 1) {
    const second = startWebHost()
    closeOutput(second)
    expect(await once(second, 'exit')).toEqual([0, null])
  }
  expect((await fetch(address() ?? '')).status).toBe(200)
  const ended = once(first, 'exit')
  first.kill('SIGTERM')
  expect(await ended).toEqual([0, null])
})
