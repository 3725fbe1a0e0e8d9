import { createRoot } from 'react-dom/client'
import { App } from './app/app.tsx'
import { readFirstPage } from './state/first-page.ts'
import { createQueryClient, read, readKey } from './state/reads.ts'
import { liveStore, applyEvent } from './state/live-store.ts'
import { openBridge } from './state/bridge/open-bridge.ts'
import { createRefresher } from './state/refresher.ts'
import { format } from './base/format/format.ts'
import { showNoticeFor } from './app/notices.ts'
import './base/theme/styles.ts'

/** An engine that takes longer is waited for with the whole shell on the screen, which says so. */
const firstPageWithinMs = 400

// Zod tries whether it may compile code as soon as a schema is made, which the content policy stops and reports. Read by the page that comes on demand
// with schemas; set here without them, so that the first page does not load them.
Object.assign(globalThis, { __zod_globalConfig: { jitless: true } })

const queryClient = createQueryClient()
const refresher = createRefresher(queryClient)
const bridge = openBridge(refresher.noteAll)

bridge.subscribe((event) => {
  liveStore.setState((live) => applyEvent(live, event))
  refresher.note(event)
  showNoticeFor(event, { meter: meterName, workspace: workspaceName })
})

/** From what the overview shows already, else asked of the engine. */
async function meterName(workspaceId: string, meter: string): Promise<string | null> {
  const overview = await queryClient
    .fetchQuery({
      queryKey: readKey('overview.read', { workspaceId }),
      queryFn: () => read(bridge, 'overview.read', { workspaceId }),
    })
    .catch(() => null)
  return overview?.meters.find(({ id }) => id === meter)?.name ?? null
}

async function workspaceName(workspaceId: string): Promise<string | null> {
  const workspaces = await queryClient
    .fetchQuery({ queryKey: readKey('workspaces.list', {}), queryFn: () => read(bridge, 'workspaces.list', {}) })
    .catch(() => null)
  return workspaces?.find(({ id }) => id === workspaceId)?.name ?? null
}

const root = document.getElementById('root')
if (!root) throw new Error('index.html has no #root')
const firstPage = readFirstPage(queryClient, bridge)
// The first number that a window writes costs its browser some 30 ms: while the engine is asked, there is nothing else to do.
format.count(0)
// The frame of index.html is on the screen: with the answers at hand, the page is drawn once instead of three times.
await Promise.race([firstPage, new Promise((resolve) => window.setTimeout(resolve, firstPageWithinMs))])
createRoot(root).render(<App bridge={bridge} queryClient={queryClient} />)
