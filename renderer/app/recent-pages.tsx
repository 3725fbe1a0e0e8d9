import { useEffect } from 'react'
import { useLocation, useSearch } from 'wouter'
import type { Workspace } from '../../shared/contract/console.ts'
import { detailPart, withoutDialogs, withPart } from '../base/address/address-part.ts'
import { takeReplaced } from '../base/address/hash-location.ts'
import { useWorkspaces } from '../state/active-workspace.ts'
import { keepRecentViewsOf, recordView } from '../state/recent-views.ts'
import { pageLinks } from './page-links.ts'

/** Notes the views that are visited. Opened details note themselves (`useRecentDetail`): only they know what they are called, and whether they exist. */
export function RecentPages({ workspace }: { workspace: Workspace }) {
  const [path] = useLocation()
  const search = useSearch()
  const { data: workspaces } = useWorkspaces()
  const title = pageLinks(workspace).find(({ addresses }) => addresses.includes(path))?.label
  useEffect(() => {
    const replaced = takeReplaced()
    // A detail that was left by its cross was stopped at; a filter that was typed further was not.
    const passed = replaced === null || withPart(replaced, detailPart, null) !== replaced ? null : replaced
    if (title === undefined || new URLSearchParams(search).has(detailPart)) return
    recordView(workspace.id, { address: withoutDialogs(search === '' ? path : `${path}?${search}`), title }, passed)
  }, [workspace.id, path, search, title])
  useEffect(() => {
    if (workspaces) keepRecentViewsOf(workspaces.map(({ id }) => id))
  }, [workspaces])
  return null
}
