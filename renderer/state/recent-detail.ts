import { useEffect } from 'react'
import { useLocation, useSearch } from 'wouter'
import { withoutDialogs } from '../base/address/address-part.ts'
import { recordView } from './recent-views.ts'

/** Notes the details that are opened at this address. `title`: their name, which must hold nothing of a memory; null while they are not known. */
export function useRecentDetail(workspaceId: string, title: string | null): void {
  const [path] = useLocation()
  const search = useSearch()
  useEffect(() => {
    if (title !== null) recordView(workspaceId, { address: withoutDialogs(`${path}?${search}`), title })
  }, [workspaceId, path, search, title])
}
