/** What only the desktop window hears: the page that a link or a notification asks for, and how its engine is. */

import type { EngineState, WantedPage } from '../../../shared/contract/console/desktop.ts'
import type { Bridge } from '../../../shared/contract/console.ts'
import { navigate } from '../../base/address/hash-location.ts'
import { chooseWorkspace } from '../active-workspace.ts'
import { liveStore } from '../live-store.ts'

const liveState = { running: 'ready', restarting: 'lost', failed: 'failed' } as const

/** @param onReturn the engine was away and is back: what is shown may be old */
export function followDesktop(bridge: Bridge, onReturn: () => void): void {
  bridge.subscribe((event) => {
    if (event.event === 'desktop.page') open(event.payload)
    if (event.event === 'desktop.engine') note(event.payload)
  })
  // Asked only now: a page that came before somebody listened would be lost.
  void bridge.call('desktop.takePage', {}).then((answer) => {
    if (answer.ok && answer.value.page !== null) open(answer.value.page)
  })
  void bridge.call('desktop.status', {}).then((answer) => {
    if (answer.ok && answer.value.engine.state !== 'running') note(answer.value.engine)
  })

  function note({ state, retryAt }: EngineState): void {
    const wasAway = liveStore.getState().engine !== 'ready'
    liveStore.setState({ engine: liveState[state], engineRetryAt: retryAt })
    if (state === 'running' && wasAway) onReturn()
  }
}

function open({ path, workspaceId }: WantedPage): void {
  if (workspaceId !== null) chooseWorkspace(workspaceId)
  navigate(path)
}
