/** `npm run screens`: the pictures of `test/screens`, in `.screens/`. */
import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { buildIfNeeded } from './build-if-needed.ts'
import { installBrowser } from './install-browser.ts'
import { root } from './sources.ts'

if (installBrowser((line) => console.log(line)) === null || !buildIfNeeded()) process.exitCode = 1
else {
  // A picture of a page that is no more would be looked at as if it were.
  rmSync(join(root, '.screens'), { recursive: true, force: true })
  const playwright = join(root, 'node_modules/@playwright/test/cli.js')
  const { status } = spawnSync(process.execPath, [playwright, 'test', '-c', '.playwright.config.ts'], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, TIDEMARK_SPECS: 'test/screens' },
  })
  if (status === 0) console.log('The pictures are in .screens/')
  process.exitCode = status ?? 1
}
