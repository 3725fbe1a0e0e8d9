/** One start without a network, and the first page's data; says how many milliseconds after the start of this process it was there. */
import { startConsole } from './console.ts'

const [dataDir = '', workspaceId = ''] = process.argv.slice(2)
const engine = await startConsole(dataDir, null)
const overview = await engine.call('overview.read', { workspaceId })
console.log(JSON.stringify({ ms: performance.now(), delivered: overview.queue.delivered?.count ?? 0, held: overview.held?.count ?? 0 }))
await engine.stop()
process.exit()
