import { useEffect } from 'react'
import { useRead, useWrite } from './reads.ts'

/** Somebody looks at the limits: one of the first steps, noted once. */
export function useLimitsWatched(workspaceId: string): void {
  const { data: steps } = useRead('overview.firstSteps', { workspaceId })
  const { mutate } = useWrite('overview.noteFirstSteps', ['overview.firstSteps'])
  const isOpen = steps != null && !steps.hasWatched
  useEffect(() => {
    if (isOpen) mutate({ workspaceId, note: 'watched' })
  }, [mutate, workspaceId, isOpen])
}
