/** A sandbox that is started like the built one, with a catalog that the program does not know. Bundled by `bundle-sandbox.ts`; started in the repository's folder. */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { shippedCatalogs } from '../../../main/sandbox/catalogs.ts'
import { demoWorkspaces } from '../../../main/sandbox/demo-workspaces.ts'
import { startSandbox } from '../../../main/sandbox/server.ts'
import { mountPalomar, readObservatory } from '../../sixth-catalog/observatory.ts'

const { values } = parseArgs({ options: { port: { type: 'string' }, data: { type: 'string' }, 'no-history': { type: 'boolean' } } })
const observatory = readObservatory(join(process.cwd(), 'test/sixth-catalog/observatory'))
const sandbox = await startSandbox({
  port: Number(values.port),
  dataDir: values.data ?? '',
  catalogs: [observatory, ...shippedCatalogs.all],
  demo: [mountPalomar, ...demoWorkspaces],
  report: (error) => console.error(error),
})
process.once('SIGTERM', () => void sandbox.stop().then(() => process.exit(0)))
console.log(`Tidemark sandbox listens on ${sandbox.url}`)
