/** `npm start`: builds what changed and opens the console in a host. The desktop's parts are loaded only where they are needed. */
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { buildIfNeeded } from './build-if-needed.ts'
import { root } from './sources.ts'

const options = process.argv.slice(2)
const desktopOnly = options.includes('--desktop')

const desktop: { binary: string } | { binary: null; why: string } = options.includes('--web') ? { binary: null, why: '' } : await findDesktop()
if (desktop.binary === null && desktopOnly && desktop.why !== '') {
  console.error(`The desktop cannot be opened: ${desktop.why}. Without --desktop the console opens in the browser.`)
  process.exitCode = 1
} else if (!buildIfNeeded()) {
  process.exitCode = 1
} else if (desktop.binary === null) {
  if (desktop.why !== '') console.log(`In the browser, because ${desktop.why}.`)
  // It is for Electron alone.
  process.argv = process.argv.filter((argument) => argument !== '--no-sandbox')
  // In this process, so that there is one process less to end; it reads its options from `process.argv`.
  await import(pathToFileURL(join(root, 'out', 'main', 'web.js')).href)
} else {
  const { startDesktop } = await import('./start-desktop.ts')
  startDesktop(desktop.binary, options)
}

async function findDesktop(): Promise<{ binary: string } | { binary: null; why: string }> {
  const [{ electronVersion, keptFolder }, { findElectron }] = await Promise.all([
    import('./desktop-runtime/kept-folder.ts'),
    import('./desktop-runtime/find-electron.ts'),
  ])
  const packageFolder = join(root, 'node_modules', 'electron')
  const places = { packageFolder, keptFolder: keptFolder(electronVersion(packageFolder)) }
  let found = findElectron(places, process)
  if (found.path === null && found.canBeFetched) {
    const { fetchElectron } = await import('./desktop-runtime/fetch-electron.ts')
    const why = await fetchElectron({ ...places, say: sayOver(), evenAfterFailure: desktopOnly })
    if (why !== null) return { binary: null, why }
    found = findElectron(places, process)
  }
  if (found.path === null) return { binary: null, why: found.why }
  const { sandboxProblem } = await import('./desktop-runtime/process-sandbox.ts')
  const problem = sandboxProblem(found.path, options)
  if (problem === null) return { binary: found.path }
  if (problem.mend !== null) console.log(`The desktop window opens after this command, once:\n  ${problem.mend}`)
  return { binary: null, why: problem.why }
}

/** A line that comes again is written over itself; where nobody looks at a terminal, one in ten of them is enough. */
function sayOver(): (line: string, again?: boolean) => void {
  let open = false
  let count = 0
  return (line, again = false) => {
    if (!again) {
      process.stdout.write(`${open ? '\n' : ''}${line}\n`)
      open = false
    } else if (process.stdout.isTTY) {
      process.stdout.write(`\r${line}`)
      open = true
    } else {
      if (count % 10 === 0) process.stdout.write(`${line}\n`)
      count += 1
    }
  }
}
