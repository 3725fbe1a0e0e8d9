import type { Bridge } from '../../../shared/contract/console.ts'
import { liveStore } from '../live-store.ts'
import { followDesktop } from './desktop-bridge.ts'
import { takeLaunchToken } from './launch-token.ts'
import { browserParts, createWebBridge } from './web-bridge.ts'

declare global {
  interface Window {
    /** Put there by the desktop's preload script; absent in a browser. */
    tidemark?: Bridge
  }
}

/** The desktop's bridge if this window has one, else the web host's over a socket. `onReturn`: the engine was away and is back. */
export function openBridge(onReturn: () => void): Bridge {
  if (window.tidemark) {
    liveStore.setState({ engine: 'ready' })
    followDesktop(window.tidemark, onReturn)
    return window.tidemark
  }
  return createWebBridge({
    ...browserParts(),
    launchToken: takeLaunchToken(),
    onState: (engine, engineRetryAt) => liveStore.setState({ engine, engineRetryAt }),
    onReturn,
  })
}
