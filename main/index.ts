import { join } from 'node:path'
import { version } from '../package.json'
import { lockDataFolder } from './bridge/data-folder-lock.ts'
import { startEngineHost } from './bridge/engine-host.ts'
import { currentSurroundings, readLaunchOptions } from './bridge/launch-options.ts'
import { choosePlatform } from './bridge/platform-choice.ts'
import { runApplication } from './desktop/application.ts'
import enginePath from './engine/index.ts?modulePath'

/** The console as a desktop application: composition only. */
const options = readLaunchOptions(process.argv.slice(1), currentSurroundings())
const report = (line: string): void => void process.stdout.write(`${line}\n`)

await runApplication({
  dataDir: options.dataDir,
  builtFolder: import.meta.dirname,
  report,
  async start({ secrets, forkSandbox, onEngineRestart }) {
    const lock = lockDataFolder(options.dataDir)
    if (!lock.held) {
      report(`Tidemark is already running with the data folder ${options.dataDir}${lock.by()?.host === 'web' ? ', in the browser' : ''}.`)
      return null
    }
    lock.announce({ pid: process.pid, host: 'desktop', port: null, controlSecret: '' })
    const platform = await choosePlatform({ options, fork: (args) => forkSandbox(join(import.meta.dirname, 'sandbox.js'), args), report })
    const engine = await startEngineHost({
      workerPath: enginePath,
      options: {
        dataDir: options.dataDir,
        host: 'desktop',
        version,
        firstWorkspaces: platform.firstWorkspaces,
        trustedLoopbackOrigins: platform.trustedLoopbackOrigins,
        secretsProtectedBy: secrets.protectedBy,
        intakePort: 0,
      },
      secrets,
      report,
      onRestart: onEngineRestart,
    })
    return {
      engine,
      trustedLoopbackOrigins: platform.trustedLoopbackOrigins,
      async stop() {
        await engine.stop()
        await platform.stop()
        lock.release()
      },
    }
  },
})
