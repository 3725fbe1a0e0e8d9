import type { Bridge, Result } from '../../../shared/contract/console.ts'

export type Opened = Result<{ blockedUrl: string | null }>

/** Asks for the portal's link and opens it at once; it holds a token, so it is not kept. `blockedUrl`: the browser wants another click. */
export async function openPortal(bridge: Bridge, workspaceId: string): Promise<Opened> {
  const portal = await bridge.call('billing.portal', { workspaceId })
  return portal.ok ? await openUrl(bridge, portal.value.url) : portal
}

export async function openUrl(bridge: Bridge, url: string): Promise<Opened> {
  const opened = await bridge.openExternal(url)
  if (opened.ok) return { ok: true, value: { blockedUrl: null } }
  return opened.error.code === 'popup_blocked' ? { ok: true, value: { blockedUrl: url } } : opened
}
