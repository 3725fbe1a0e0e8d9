import { Link } from 'wouter'
import { paths } from '../../../shared/contract/console/pages.ts'
import type { Overview } from '../../../shared/contract/console.ts'
import { Meter } from '../../components/meter/meter.tsx'
import { Section } from '../../components/page/page.tsx'
import { useRead } from '../../state/reads.ts'
import { aheadWords, firstWords, isFull } from './ahead-words.ts'
import classes from './overview.module.css'
import { overviewTexts } from './texts.ts'
import { worstFirst } from './worst-first.ts'

/** So many meters; where there are more, the usage page has them all. */
const SHOWN = 6

/** The limits, what runs out first before the others, and what follows then. */
export function MeterGrid({ workspaceId, meters, plan }: Pick<Overview, 'meters' | 'plan'> & { workspaceId: string }) {
  const { data } = useRead('overview.ahead', { workspaceId })
  const sorted = worstFirst(meters, data?.meters ?? [])
  const byId = new Map(meters.map((meter) => [meter.id, meter]))
  const ahead = new Map(
    (data?.meters ?? []).flatMap((one) => {
      const meter = byId.get(one.meter)
      return meter === undefined ? [] : [[one.meter, aheadWords(one, isFull(meter), data?.currency ?? 'usd')]]
    }),
  )
  // What the platform refused is full for whoever waits, though a few bytes of it are free.
  for (const meter of meters) if (meter.heldCount > 0) ahead.set(meter.id, overviewTexts.ahead.full.held)
  const first = firstWords(sorted, ahead)
  return (
    <Section
      title={overviewTexts.metersTitle}
      note={plan ? overviewTexts.metersNote(plan.periodStart, plan.periodEnd) : undefined}
      actions={meters.length > SHOWN && <Link href={paths.usage}>{overviewTexts.allMeters(meters.length)}</Link>}
    >
      {first !== null && (
        <p className={classes.first}>
          {overviewTexts.ahead.first} <strong>{first}</strong>
        </p>
      )}
      {meters.length === 0 ? (
        <p className={classes.dim}>{overviewTexts.metersEmpty}</p>
      ) : (
        <div className={classes.meters}>
          {sorted.slice(0, SHOWN).map((meter) => (
            <Meter key={meter.id} meter={meter} ahead={ahead.get(meter.id) ?? null} />
          ))}
        </div>
      )}
    </Section>
  )
}
