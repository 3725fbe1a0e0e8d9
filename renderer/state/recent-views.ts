/** The views that were visited last in each workspace, kept on this computer like the appearance. Addresses and plain titles only: nothing of a memory. */

export type RecentView = { address: string; title: string }
type RecentViews = Readonly<Record<string, readonly RecentView[]>>

const storageKey = 'tidemark.recent'
/** Eight to go back to, and the one that is shown. */
const mostViews = 9
/** Longer ones were typed by hand, or are no address. */
const longestChars = 400

/** Newest first, each once. `replaced`: a view that the person never stopped at. Pure. */
export function withView(views: readonly RecentView[], view: RecentView, replaced: string | null = null): readonly RecentView[] {
  return [view, ...views.filter(({ address }) => address !== view.address && address !== replaced)].slice(0, mostViews)
}

/** What is stored may be of another version, or damaged: what does not fit is left out. Pure. */
export function recentViewsFrom(text: string | null): RecentViews {
  let stored: unknown
  try {
    stored = JSON.parse(text ?? '{}')
  } catch {
    return {}
  }
  if (typeof stored !== 'object' || stored === null || Array.isArray(stored)) return {}
  return Object.fromEntries(Object.entries(stored).map(([id, views]) => [id, Array.isArray(views) ? views.filter(isView).slice(0, mostViews) : []]))
}

function isView(value: unknown): value is RecentView {
  if (typeof value !== 'object' || value === null || !('address' in value) || !('title' in value)) return false
  const { address, title } = value
  return typeof address === 'string' && address.startsWith('/') && address.length <= longestChars && typeof title === 'string' && title.length <= longestChars
}

export function recentViews(workspaceId: string): readonly RecentView[] {
  return recentViewsFrom(window.localStorage.getItem(storageKey))[workspaceId] ?? []
}

export function recordView(workspaceId: string, view: RecentView, replaced: string | null = null): void {
  if (!isView(view)) return
  store({ ...recentViewsFrom(window.localStorage.getItem(storageKey)), [workspaceId]: withView(recentViews(workspaceId), view, replaced) })
}

/** Of workspaces that are no more, nothing is kept. */
export function keepRecentViewsOf(workspaceIds: readonly string[]): void {
  const all = Object.entries(recentViewsFrom(window.localStorage.getItem(storageKey)))
  const kept = all.filter(([id]) => workspaceIds.includes(id))
  if (kept.length < all.length) store(Object.fromEntries(kept))
}

function store(views: RecentViews): void {
  try {
    window.localStorage.setItem(storageKey, JSON.stringify(views))
  } catch {
    // A browser without room: the recent views are a comfort.
  }
}
