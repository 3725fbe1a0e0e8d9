import { createRoot } from 'react-dom/client'
import { App } from './app/app.tsx'
import { createQueryClient, read, readKey } from './state/reads.ts'
import { liveStore, applyEvent } from './state/live-store.ts'
import { openBridge } from './state/open-bridge.ts'
import { createRefresher } from './state/refresher.ts'
import { showNoticeFor } from './app/notices.ts'
import './app/styles.ts'

const queryClient = createQueryClient()
const refresher = createRefresher(queryClient)
const bridge = await openBridge(refresher.noteAll)

bridge.subscribe((event) => {
  liveStore.setState((live) => applyEvent(live, event))
  refresher.note(event)
  showNoticeFor(event, meterName)
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

const root = document.getElementById('root')
if (!root) throw new Error('index.html has no #root')
createRoot(root).render(<App bridge={bridge} queryClient={queryClient} />)
