/** PouchDB replicating the same number of items of the same size to its own server; its packages are the benchmark's alone. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

const folder = join(import.meta.dirname, '../../test/bench/pouchdb')

export function pouchRate(count: number, sizeBytes: number): number {
  if (!existsSync(join(folder, 'node_modules/pouchdb'))) {
    console.log('Installing PouchDB for the comparison (npm ci in test/bench/pouchdb, once) …')
    const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: folder, stdio: 'inherit', shell: process.platform === 'win32' })
    if (status !== 0) throw new Error('PouchDB could not be installed')
  }
  const run = spawnSync(process.execPath, ['replicate.mjs', String(count), String(sizeBytes)], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  if (run.status !== 0) throw new Error(`PouchDB ended with ${String(run.status)}`)
  return z.object({ perSecond: z.number() }).parse(JSON.parse(run.stdout.trim().split('\n').at(-1) ?? '')).perSecond
}
