import type { Meter as MeterReading } from '../../../shared/contract/console.ts'
import { Meter } from '../../components/meter/meter.tsx'
import { useRead } from '../../state/reads.ts'
import classes from './devices.module.css'

/** The meter that counts what a section lists, by what draws on it: no page knows a meter's name. */
export function DrawnMeter({ workspaceId, draws }: { workspaceId: string; draws: NonNullable<MeterReading['draws']> }) {
  const { data } = useRead('overview.read', { workspaceId })
  const meters = data?.meters.filter((meter) => meter.draws === draws) ?? []
  if (meters.length === 0) return null
  return (
    <div className={classes.meter}>
      {meters.map((meter) => (
        <Meter key={meter.id} meter={meter} />
      ))}
    </div>
  )
}
