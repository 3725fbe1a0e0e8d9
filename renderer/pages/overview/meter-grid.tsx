import { Link } from 'wouter'
import type { Overview } from '../../../shared/contract/console.ts'
import { paths } from '../../base/address/paths.ts'
import { texts } from '../../base/texts/texts.ts'
import { Meter } from '../../components/meter/meter.tsx'
import { Section } from '../../components/page/page.tsx'
import classes from './overview.module.css'
import { worstFirst } from './worst-first.ts'

/** So many meters; where there are more, the usage page has them all. */
const SHOWN = 6

export function MeterGrid({ meters, plan }: Pick<Overview, 'meters' | 'plan'>) {
  return (
    <Section
      title={texts.overview.metersTitle}
      note={plan ? texts.overview.metersNote(plan.periodStart, plan.periodEnd) : undefined}
      actions={meters.length > SHOWN && <Link href={paths.usage}>{texts.overview.allMeters(meters.length)}</Link>}
    >
      {meters.length === 0 ? (
        <p className={classes.dim}>{texts.overview.metersEmpty}</p>
      ) : (
        <div className={classes.meters}>
          {worstFirst(meters)
            .slice(0, SHOWN)
            .map((meter) => (
              <Meter key={meter.id} meter={meter} />
            ))}
        </div>
      )}
    </Section>
  )
}
