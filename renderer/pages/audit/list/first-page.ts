import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import type { AuditFilter } from '../../../../shared/contract/console/audit.ts'
import type { CallInput } from '../../../../shared/contract/console.ts'
import { useBridge } from '../../../state/bridge/bridge-context.tsx'
import { read, useRead } from '../../../state/reads.ts'

/** Rows read at once. */
export const auditPageRows = 100

export type FirstPage = {
  /** The filter whose rows are there; the one before until they are. Null before the first. */
  filter: AuditFilter | null
  total: { total: number; isTotalExact: boolean } | null
  error: unknown
  retry: () => void
}

/**
 * Reads the first page of a new filter before the list is changed to it: while a person types, the rows of the letter
 * before stay on the screen, and nothing flickers.
 */
export function useFirstPage(workspaceId: string, wanted: AuditFilter): FirstPage {
  const bridge = useBridge()
  const client = useQueryClient()
  const [shown, setShown] = useState<CallInput<'audit.page'> | null>(null)
  const [error, setError] = useState<unknown>(null)
  const [tries, setTries] = useState(0)
  const { action, from, to, search } = wanted
  // biome-ignore lint/correctness/useExhaustiveDependencies(tries): asking again is asking the same
  useEffect(() => {
    let superseded = false
    const input = { workspaceId, filter: { action, from, to, search }, before: null, limit: auditPageRows }
    client
      .fetchQuery({ queryKey: ['audit.page', input], queryFn: () => read(bridge, 'audit.page', input) })
      .then(() => {
        if (superseded) return
        setShown(input)
        setError(null)
      })
      .catch((failure: unknown) => {
        if (!superseded) setError(failure)
      })
    return () => {
      superseded = true
    }
  }, [bridge, client, workspaceId, action, from, to, search, tries])
  // Another workspace's rows are never shown under this one's name.
  const input = shown?.workspaceId === workspaceId ? shown : null
  const { data } = useRead('audit.page', input)
  return { filter: input?.filter ?? null, total: data ?? null, error, retry: () => setTries((before) => before + 1) }
}
