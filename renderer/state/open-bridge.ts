import type { Bridge } from '../../shared/contract/console.ts'
import { liveStore } from './live-store.ts'

declare global {
  interface Window {
    /** Put there by the desktop's preload script; absent in a browser. */
    tidemark?: Bridge
  }
}

/** The desktop's bridge if this window has one, else the web host's over a socket. `onReturn`: the engine was away and is back. */
export async function openBridge(onReturn: () => void): Promise<Bridge> {
  if (window.tidemark) {
    liveStore.setState({ engine: 'ready' })
    const { followDesktop } = await import('./desktop-bridge.ts')
    followDesktop(window.tidemark, onReturn)
    return window.tidemark
  }
  const [{ browserParts, createWebBridge }, { takeLaunchToken }] = await Promise.all([import('./web-bridge.ts'), import('./launch-token.ts')])
  return createWebBridge({
    ...browserParts(),
    launchToken: takeLaunchToken(),
    onState: (engine, engineRetryAt) => liveStore.setState({ engine, engineRetryAt }),
    onReturn,
  })
}
