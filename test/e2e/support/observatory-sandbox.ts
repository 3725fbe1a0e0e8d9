/** A sandbox that serves the sixth catalog alone, with a past, started like the built one. Bundled by `bundle-sandbox.ts`. */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startSandbox } from '../../../main/sandbox/server.ts'
import { mountPalomar, readObservatory } from '../../sixth-catalog/observatory.ts'

const { values } = parseArgs({ options: { port: { type: 'string' }, data: { type: 'string' }, 'no-history': { type: 'boolean' } } })
const sandbox = await startSandbox({
  port: Number(values.port),
  dataDir: values.data ?? '',
  // The bundle lies three folders below the project's.
  catalogs: [readObservatory(join(import.meta.dirname, '../../../test/sixth-catalog/observatory'))],
  demo: [mountPalomar],
  history: values['no-history'] !== true,
  report: (error) => console.error(error),
})
process.once('SIGTERM', () => void sandbox.stop().then(() => process.exit(0)))
console.log(`Tidemark sandbox listens on ${sandbox.url}`)
