/** `npm run format`: formats every file in place and mends what the linter can mend safely. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { root } from './sources.ts'

const { status } = spawnSync(process.execPath, [join(root, 'node_modules/@biomejs/biome/bin/biome'), 'check', '--write', '.'], { cwd: root, stdio: 'inherit' })
process.exitCode = status ?? 1
