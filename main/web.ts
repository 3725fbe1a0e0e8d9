import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { version } from '../package.json'
import { lockDataFolder } from './bridge/data-folder-lock.ts'
import { startEngineHost } from './bridge/engine-host.ts'
import { freePort } from './bridge/free-port.ts'
import { currentSurroundings, type LaunchOptions, LaunchOptionsError, parseLaunchOptions } from './bridge/launch-options.ts'
import type { StartNotice } from './bridge/messages.ts'
import { openPageFiles } from './bridge/page-files.ts'
import { choosePlatform } from './bridge/platform-choice.ts'
import { keepNewFilesPrivate } from './bridge/private-folder.ts'
import { createRouter } from './bridge/router.ts'
import { hearStandardStreams, sayLine } from './bridge/standard-streams.ts'
import enginePath from './engine/index.ts?modulePath'
import { openBrowser } from './web/open-browser.ts'
import { forkSandbox } from './web/sandbox-fork.ts'
import { askFirstStart } from './web/second-start.ts'
import { openSecretFile } from './web/secret-file.ts'
import { startWebServer, type WebServer } from './web/server.ts'
import { stopOnSignals } from './web/stop-signals.ts'

/** The console in a browser: composition only. */
async function main(options: LaunchOptions): Promise<void> {
  keepNewFilesPrivate()
  const lock = lockDataFolder(options.dataDir)
  if (!lock.held) return tellAboutFirstStart(lock.by, options)

  // What started last stops first: tabs, then the engine, then the platform that it says goodbye to.
  const stops: (() => Promise<void>)[] = [async () => lock.release()]
  const stopAll = async (): Promise<void> => {
    for (let stop = stops.pop(); stop !== undefined; stop = stops.pop()) {
      await stop().catch((error: unknown) => say(error instanceof Error ? error.message : 'Something did not stop in order'))
    }
  }
  stopOnSignals(stopAll, say)
  let server: WebServer | null = null
  try {
    const platform = await choosePlatform({
      options,
      fork: (args) => forkSandbox(join(import.meta.dirname, 'sandbox.js'), args),
      report: say,
    })
    stops.push(platform.stop)

    const notices: StartNotice[] = lock.notices.map((text) => ({ kind: 'folder', text }))
    const secrets = openSecretFile(join(options.dataDir, 'secrets.json'), (text) => {
      notices.push({ kind: 'secrets', text })
      say(text)
    })
    const engine = await startEngineHost({
      workerPath: enginePath,
      options: {
        dataDir: options.dataDir,
        host: 'web',
        version,
        firstWorkspaces: platform.firstWorkspaces,
        trustedLoopbackOrigins: platform.trustedLoopbackOrigins,
        secretsProtectedBy: secrets.protectedBy,
        intakePort: options.intakePort,
        notices,
      },
      secrets,
      report: say,
      onRestart: () => server?.dropTabs(),
    })
    stops.push(() => engine.stop())

    const port = await freePort(options.port)
    if (options.port !== 0 && port !== options.port) say(`Port ${options.port} is in use; the console takes ${port}`)
    const controlSecret = randomBytes(32).toString('base64url')
    const web = await startWebServer({
      port,
      files: openPageFiles(join(import.meta.dirname, '../renderer')),
      router: createRouter({ call: engine.call, leftOut: engine.noteLeftOut, report: say }),
      subscribe: engine.subscribe,
      trustedLoopbackOrigins: platform.trustedLoopbackOrigins,
      controlSecret,
    })
    server = web
    stops.push(() => web.close())

    lock.announce({ pid: process.pid, host: 'web', port: web.port, controlSecret })
    const link = web.launchLink()
    say(`Data      ${options.dataDir}`)
    say(`Platform  ${platform.description}`)
    say(`Agents    http://127.0.0.1:${engine.intakePort()}`)
    say(`Console   ${link}`)
    const opened = options.openBrowser && (await openBrowser(link, process))
    say(opened ? 'The browser was opened. Ctrl+C stops everything.' : 'Open the console link in a browser; it works once. Ctrl+C stops everything.')
  } catch (error) {
    await stopAll()
    throw error
  }
}

async function tellAboutFirstStart(by: Parameters<typeof askFirstStart>[0], options: LaunchOptions): Promise<void> {
  const first = await askFirstStart(by)
  const who = first === null ? '' : ` (process ${first.holder.pid})`
  say(`Tidemark is already running with the data folder ${options.dataDir}${who}.`)
  if (first?.launchLink == null)
    return say(first?.holder.host === 'desktop' ? 'It is open as a desktop window.' : 'It did not hand out a link; stop it and start again.')
  say(`Console   ${first.launchLink}`)
  if (options.openBrowser) await openBrowser(first.launchLink, process)
}

function say(line: string): void {
  sayLine(line)
}

hearStandardStreams()
try {
  await main(parseLaunchOptions(process.argv.slice(2), currentSurroundings()))
} catch (error) {
  sayLine(error instanceof Error ? error.message : 'Tidemark did not start', process.stderr)
  process.exitCode = error instanceof LaunchOptionsError ? 2 : 1
  // What a failed start left open (a timer, a child's pipe) must not keep the program.
  process.exit()
}
