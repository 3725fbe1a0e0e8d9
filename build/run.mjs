/**
 * `node build/run.mjs COMMAND [options]`: the way into every command, also on a fresh clone and with any Node from 20 on. It installs what
 * package-lock.json names, if that is not what lies in node_modules, then runs `build/COMMAND.ts` under the Node 24 of node_modules (the native
 * packages crash older ones). Plain JavaScript with no package, because nothing else is there yet.
 */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const modules = join(root, 'node_modules')
const node24 = join(modules, 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node')

const startHelp = `Usage: npm start -- [options]

  --web              open the console in the browser (a web host on 127.0.0.1); fetches nothing
  --desktop          open the console as a desktop window or not at all (fetches Electron's runtime
                     where it is missing, once)
  --port N           port of the web host (default 4780; in use: the next free one)
  --intake-port N    port of the agents' door (default: as at the last start)
  --data DIR         data folder (default: the system's folder for application data)
  --platform URL     use this platform in the place of the embedded sandbox; its token comes
                     from TIDEMARK_TOKEN or from standard input, never from the command line
  --self-hosted      let the embedded sandbox have a workspace on a self-hosted deployment too
  --no-open          do not open a browser
  --help             show this`

const [command = '', ...options] = process.argv.slice(2)
if (Number(process.versions.node.split('.')[0]) < 20) fail(`Tidemark needs Node 20 or newer; this is ${process.version}.`)
if (!/^[a-z]+$/.test(command) || !existsSync(join(root, 'build', `${command}.ts`))) fail(`'${command}' is not a command; package.json names them all.`)
if (command === 'start' && options.includes('--help')) {
  console.log(startHelp)
  process.exit(0)
}
install()
run(join(root, 'build', `${command}.ts`), options)

function install() {
  const why = missing()
  if (why === null) return
  console.log(`Installing packages: ${why} …`)
  const startedAt = Date.now()
  // The npm that started us, under the Node that it runs on: ours may be the very one that npm is about to replace.
  const { npm_execpath: npm, npm_node_execpath: node } = process.env
  const [program, first] = npm !== undefined && node !== undefined ? [node, [npm]] : ['npm', []]
  const args = [...first, 'ci', '--no-audit', '--no-fund', '--loglevel=error']
  const result = spawnSync(program, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], shell: program === 'npm' && process.platform === 'win32' })
  if (result.status !== 0) fail('npm ci failed; its words are above.', result.status ?? 1)
  if (missing() !== null) fail(`The packages were installed, but ${missing()}.`)
  console.log(`Installed in ${Math.round((Date.now() - startedAt) / 1000)} s`)
}

/** Why an install is needed; null: none. Compares with what npm noted at its last install, so that `npm install` by hand counts too. */
function missing() {
  if (!existsSync(node24)) return 'Node 24 is not there'
  const wanted = packagesOf(join(root, 'package-lock.json'))
  const present = packagesOf(join(modules, '.package-lock.json'))
  if (present === null) return 'nothing is installed'
  for (const [path, { version, integrity, optional, link }] of Object.entries(wanted ?? {})) {
    // Optional packages are for one system each; those of the other systems are rightly absent.
    if (path === '' || optional || link) continue
    const found = present[path]
    if (found === undefined || found.version !== version || found.integrity !== integrity)
      return `${path.replace(/^node_modules\//, '')} ${version} is not there`
  }
  return null
}

function packagesOf(lockfile) {
  try {
    return JSON.parse(readFileSync(lockfile, 'utf8')).packages
  } catch {
    return null
  }
}

function run(script, args) {
  // The channel ties the child to this process: the child stops when it closes, however we ended.
  const child = spawn(node24, ['--disable-warning=ExperimentalWarning', script, ...args], { cwd: root, stdio: ['inherit', 'inherit', 'inherit', 'ipc'] })
  // Ctrl+C reaches the child by itself, for it shares our terminal; here it must only not end us first. The others are passed on.
  process.on('SIGINT', () => {})
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  if (process.env.npm_lifecycle_event !== undefined) whenGone(npmAncestor(), () => child.kill('SIGTERM'))
  child.once('error', (error) => fail(error.message))
  child.once('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)))
}

/** The npm that started us, with or without a shell in between; null: none to be seen. */
function npmAncestor() {
  let pid = process.ppid
  for (let level = 0; level < 2 && pid > 1; level++) {
    const line = spawnSync('ps', ['-o', 'ppid=,args=', '-p', String(pid)], { encoding: 'utf8' }).stdout ?? ''
    const [, parent, args] = /^\s*(\d+)\s+(.*)/.exec(line) ?? []
    if (args !== undefined && !/^\S*sh\b/.test(args) && /\bnpm\b/.test(args)) return pid
    pid = Number(parent ?? 0)
  }
  return null
}

/** npm does not take us along when it is killed outright, and neither does the shell in between. */
function whenGone(pid, stop) {
  const parent = process.ppid
  const watch = () => {
    if (process.ppid === parent && (pid === null || isAlive(pid))) return
    clearInterval(timer)
    stop()
  }
  const timer = setInterval(watch, 500)
}

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

function fail(words, code = 1) {
  console.error(words)
  process.exit(code)
}
