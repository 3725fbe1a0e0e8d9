import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useMemo, useState } from 'react'
import type { Workspace } from '../../../shared/contract/console.ts'
import type { Found } from '../../components/find/page-finds.ts'
import { useConnection } from '../../state/active-workspace.ts'
import { useBridge } from '../../state/bridge/bridge-context.tsx'
import { findingPages } from '../page-links.ts'
import { askForActions, askForThings, findContext } from './ask-pages.ts'

/** A word that is typed on is not searched for letter by letter. */
const STILL_TYPING_MS = 120

/** By page, in the order of the registry. */
export type FoundByPages = {
  actions: readonly { path: string; found: readonly Found[] }[]
  things: readonly { path: string; group: string; found: readonly Found[] }[]
  /** All that is there for the words that are typed. */
  isComplete: boolean
}

type Answers = { actions: ReadonlyMap<string, readonly Found[]>; things: ReadonlyMap<string, { group: string; found: readonly Found[] }> }

/** What the pages of a workspace find, asked of the engine only while something is typed. Answers to other words stay until these are there: the caller matches them. */
export function useFoundByPages(workspace: Workspace, typed: string): FoundByPages {
  const bridge = useBridge()
  const client = useQueryClient()
  const connection = useConnection(workspace)
  const words = typed.trim()
  const isTyped = words !== ''
  const [answers, setAnswers] = useState<Answers>({ actions: new Map(), things: new Map() })
  const [answered, setAnswered] = useState('')
  const { id, capabilities, seesTenants } = workspace
  const { state } = connection
  const pages = useMemo(() => findingPages({ capabilities, seesTenants }), [capabilities, seesTenants])

  // biome-ignore lint/correctness/useExhaustiveDependencies: a workspace or a connection that became another one is asked again
  useEffect(() => {
    let isWanted = true
    void askForActions(pages, findContext({ workspace, connection, bridge, client }, isTyped), (page, found) => {
      if (isWanted) setAnswers((before) => ({ ...before, actions: new Map(before.actions).set(page.path, found) }))
    })
    return () => {
      isWanted = false
    }
  }, [pages, id, state, isTyped])

  // biome-ignore lint/correctness/useExhaustiveDependencies: as above
  useEffect(() => {
    if (!isTyped) return
    let isWanted = true
    const timer = window.setTimeout(() => {
      const asked = askForThings(pages, findContext({ workspace, connection, bridge, client }, true), words, (page, group, found) => {
        if (isWanted) setAnswers((before) => ({ ...before, things: new Map(before.things).set(page.path, { group, found }) }))
      })
      void asked.then(() => isWanted && setAnswered(words))
    }, STILL_TYPING_MS)
    return () => {
      isWanted = false
      window.clearTimeout(timer)
    }
  }, [pages, id, state, words, isTyped])

  return useMemo(
    () => ({
      actions: pages.flatMap(({ path }) => ({ path, found: answers.actions.get(path) ?? [] })),
      things: isTyped ? pages.flatMap(({ path }) => ({ path, ...(answers.things.get(path) ?? { group: path, found: [] }) })) : [],
      isComplete: !isTyped || answered === words,
    }),
    [pages, answers, answered, isTyped, words],
  )
}
