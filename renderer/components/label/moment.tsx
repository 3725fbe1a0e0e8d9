import { format } from '../../base/format/format.ts'
import { useToday } from '../../state/now.ts'

/** A time as people say it; the full one on hover. */
export function Moment({ at }: { at: number }) {
  const today = useToday()
  return (
    <time dateTime={new Date(at).toISOString()} title={`${format.date(at)}, ${format.timeWithSeconds(at)}`}>
      {format.moment(at, today)}
    </time>
  )
}
