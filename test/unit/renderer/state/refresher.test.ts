import { QueryClient, QueryObserver } from '@tanstack/react-query'
import { describe, expect, it } from 'vitest'
import { createRefresher } from '../../../../renderer/state/refresher.ts'
import type { ConsoleEvent } from '../../../../shared/contract/console.ts'

const changed = (workspaceId: string): ConsoleEvent => ({ event: 'cache.changed', payload: { workspaceId, topics: ['counter'] } })

function harness() {
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Number.POSITIVE_INFINITY, retry: false, networkMode: 'always' } } })
  const due: (() => void)[] = []
  const refresher = createRefresher(client, 250, { set: (run) => due.push(run), clear: () => undefined })
  const watch = (workspaceId: string, queryFn: () => Promise<number>): QueryObserver<number> => {
    const observer = new QueryObserver<number>(client, { queryKey: ['overview.read', { workspaceId }], queryFn })
    observer.subscribe(() => undefined)
    return observer
  }
  const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5))
  const tick = async (): Promise<void> => {
    for (const run of due.splice(0)) run()
    await settle()
  }
  return { refresher, watch, tick, settle, due }
}

describe('re-reading after events', () => {
  it('gathers a burst of events into one re-read, of that workspace alone', async () => {
    const { refresher, watch, tick, settle } = harness()
    let mine = 0
    let theirs = 0
    watch('mine', async () => (mine += 1))
    watch('theirs', async () => (theirs += 1))
    await settle()
    for (let times = 0; times < 20; times += 1) refresher.note(changed('mine'))
    await tick()
    expect({ mine, theirs }).toEqual({ mine: 2, theirs: 1 })
  })

  it('lets a slow read finish and repeats it, so that a change during it is not missed', async () => {
    const { refresher, watch, tick, settle, due } = harness()
    const answers: ((value: number) => void)[] = []
    const observer = watch('mine', () => new Promise((resolve) => answers.push(resolve)))
    refresher.note(changed('mine'))
    await tick()
    expect(answers).toHaveLength(1)
    answers[0]?.(1)
    await settle()
    expect(observer.getCurrentResult().data).toBe(1)
    expect(due.length).toBeGreaterThan(0)
    await tick()
    expect(answers).toHaveLength(2)
  })
})
