import type { Overview } from '../../../shared/contract/console.ts'
import { texts } from '../../app/texts.ts'
import { Meter } from '../../components/meter.tsx'
import { Section } from '../../components/page.tsx'
import classes from './overview.module.css'

export function MeterGrid({ meters, plan }: Pick<Overview, 'meters' | 'plan'>) {
  return (
    <Section title={texts.overview.metersTitle} note={plan ? texts.overview.metersNote(plan.periodStart, plan.periodEnd) : undefined}>
      {meters.length === 0 ? (
        <p className={classes.dim}>{texts.overview.metersEmpty}</p>
      ) : (
        <div className={classes.meters}>
          {meters.map((meter) => (
            <Meter key={meter.id} meter={meter} />
          ))}
        </div>
      )}
    </Section>
  )
}
