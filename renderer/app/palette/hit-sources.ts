import type { Found } from '../../components/find/page-finds.ts'
import type { Hit } from './hit-list.ts'
import { fitting } from './matching.ts'

/** What one place finds. `id`: its own in the palette; several may find for one group. */
export type Source = { id: string; group: string; found: readonly Found[] }

/** Nobody looks further down in one group without typing on. */
const MOST_OF_A_GROUP = 30

/** What fits, each group in one piece where its first source stands. Pure. */
export function allHits(sources: readonly Source[], typed: string): readonly Hit[] {
  const byGroup = Map.groupBy(sources, ({ group }) => group)
  return [...byGroup].flatMap(([group, ofGroup]) => {
    const found = ofGroup.flatMap(({ id, found: ofSource }) => ofSource.map((one) => ({ ...one, key: `${id} ${one.id}`, group })))
    return fitting(found, typed).slice(0, MOST_OF_A_GROUP)
  })
}
