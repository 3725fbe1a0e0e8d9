/**
 * Memories' own ids for the rows on the screen. They lie inside sealed envelopes, so a page of rows comes without
 * them; they are asked for when rows have stood still for a moment, each once, and forgotten when the vault changes. What had none is
 * asked for again while a restore brings envelopes.
 */
import { useEffect, useRef, useState } from 'react'
import { useBridge } from './bridge/bridge-context.tsx'

const settledMs = 120
const mostAsked = 200
const mostKept = 5_000

export function useMemoryTitles(workspaceId: string, itemIds: readonly string[]): ReadonlyMap<string, string> {
  const bridge = useBridge()
  const [titles, setTitles] = useState<ReadonlyMap<string, string>>(new Map())
  const [again, setAgain] = useState<ReadonlySet<string>>(new Set())
  const asked = useRef(new Set<string>())
  const without = useRef(new Set<string>())

  useEffect(() => {
    return bridge.subscribe((event) => {
      if (event.event === 'restore.progress' && without.current.size > 0) {
        setAgain(without.current)
        without.current = new Set()
      }
      if (event.event !== 'vault.changed') return
      asked.current.clear()
      without.current.clear()
      setTitles(new Map())
    })
  }, [bridge])

  useEffect(() => {
    const wanted = itemIds.filter((id) => !asked.current.has(id) || again.has(id)).slice(0, mostAsked)
    if (wanted.length === 0) return
    const timer = setTimeout(() => {
      for (const id of wanted) asked.current.add(id)
      if (again.size > 0) setAgain(new Set())
      void bridge.call('outbox.titles', { workspaceId, ids: wanted }).then((result) => {
        // Rows keep their short reference; the next look at them asks again.
        if (!result.ok) {
          for (const id of wanted) asked.current.delete(id)
          return
        }
        for (const id of wanted) if (!Object.hasOwn(result.value, id)) without.current.add(id)
        if (Object.keys(result.value).length > 0) setTitles((known) => withTitles(known, result.value))
      })
    }, settledMs)
    return () => clearTimeout(timer)
  }, [bridge, workspaceId, itemIds, again])

  return titles
}

/** Pure: the oldest go when there are more than anybody has on a screen. */
export function withTitles(known: ReadonlyMap<string, string>, more: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  const entries = [...known, ...Object.entries(more)]
  return new Map(entries.slice(-mostKept))
}
