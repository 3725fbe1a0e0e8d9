/** The list under what is typed, and the hit that Enter runs. It does not jump under the fingers: what stands above the selected hit stays. Pure. */
import type { Found } from '../../components/find/page-finds.ts'

/** `key`: its own in the whole palette. */
export type Hit = Found & { key: string; group: string }

export type HitList = {
  typed: string
  hits: readonly Hit[]
  /** Null: there are no hits. */
  selected: string | null
  /** The person moved to it; otherwise it is selected because it came first. */
  isChosen: boolean
}

export const noHits: HitList = { typed: '', hits: [], selected: null, isChosen: false }

/**
 * The list after something was typed, or after an answer came late. The selected hit stays selected as long as it is there, and what stands above
 * it stays there; only while somebody types who has chosen nothing, the first hit is the selected one, for they look for the best.
 *
 * @param wanted in the order in which they would stand if nobody had seen any, each group in one piece
 */
export function withHits(list: HitList, typed: string, wanted: readonly Hit[]): HitList {
  const keeps = list.isChosen || typed === list.typed
  const isThere = wanted.some(({ key }) => key === list.selected)
  if (!keeps || !isThere) return { typed, hits: wanted, selected: wanted[0]?.key ?? null, isChosen: false }
  return { ...list, typed, hits: settled(list, wanted) }
}

/** Up and down, from the end to the beginning. */
export function moved(list: HitList, by: 1 | -1): HitList {
  const { hits } = list
  if (hits.length === 0) return list
  const place = hits.findIndex(({ key }) => key === list.selected)
  return { ...list, selected: hits.at((place + by) % hits.length)?.key ?? null, isChosen: true }
}

function settled({ hits, selected }: HitList, wanted: readonly Hit[]): readonly Hit[] {
  const fresh = new Map(wanted.map((hit) => [hit.key, hit]))
  const upToSelected = hits.slice(0, hits.findIndex(({ key }) => key === selected) + 1)
  const above = upToSelected.flatMap(({ key }) => fresh.get(key) ?? [])
  const stays = new Set(above.map(({ key }) => key))
  const below = wanted.filter(({ key }) => !stays.has(key))
  // The group that the selected hit stands in goes on below it.
  const group = above.at(-1)?.group
  return [...above, ...below.filter((hit) => hit.group === group), ...below.filter((hit) => hit.group !== group)]
}

/** Neighbours of one group under its heading. What came late for a group above the selected hit stands below, under the same heading again. */
export function inGroups(hits: readonly Hit[]): readonly { key: string; group: string; hits: readonly Hit[] }[] {
  const blocks: { key: string; group: string; hits: Hit[] }[] = []
  for (const hit of hits) {
    const last = blocks.at(-1)
    if (last?.group === hit.group) last.hits.push(hit)
    else blocks.push({ key: hit.key, group: hit.group, hits: [hit] })
  }
  return blocks
}
