import { version } from '../package.json'
import { currentSurroundings, readLaunchOptions } from './bridge/launch-options.ts'
import { hearStandardStreams } from './bridge/standard-streams.ts'
import { runApplication } from './desktop/application.ts'
import enginePath from './engine/index.ts?modulePath'

hearStandardStreams()

/**
 * The console as a desktop application: composition only. Not awaited: Electron becomes ready only after this module has been evaluated to its
 * end, and would wait for ever.
 */
void runApplication({
  options: readLaunchOptions(process.argv.slice(1), currentSurroundings()),
  version,
  builtFolder: import.meta.dirname,
  enginePath,
})
