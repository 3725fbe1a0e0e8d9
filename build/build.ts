/** Builds `out/`. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'electron-vite'
import { rememberBuild, root, sourcesDigest } from './sources.ts'

// Read before the build: a file that is saved meanwhile makes the next one.
const digest = sourcesDigest()
const startedAt = performance.now()
console.log('Building …')
rmSync(join(root, 'out', 'built-from'), { force: true })
await build({ root, logLevel: 'warn' })
rememberBuild(digest)
console.log(`Built in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`)
