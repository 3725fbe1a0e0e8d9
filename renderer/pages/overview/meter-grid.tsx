import { Link } from 'wouter'
import { paths } from '../../../shared/contract/console/pages.ts'
import type { Overview } from '../../../shared/contract/console.ts'
import { Meter } from '../../components/meter/meter.tsx'
import { Section } from '../../components/page/page.tsx'
import classes from './overview.module.css'
import { overviewTexts } from './texts.ts'
import { worstFirst } from './worst-first.ts'

/** So many meters; where there are more, the usage page has them all. */
const SHOWN = 6

export function MeterGrid({ meters, plan }: Pick<Overview, 'meters' | 'plan'>) {
  return (
    <Section
      title={overviewTexts.metersTitle}
      note={plan ? overviewTexts.metersNote(plan.periodStart, plan.periodEnd) : undefined}
      actions={meters.length > SHOWN && <Link href={paths.usage}>{overviewTexts.allMeters(meters.length)}</Link>}
    >
      {meters.length === 0 ? (
        <p className={classes.dim}>{overviewTexts.metersEmpty}</p>
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
