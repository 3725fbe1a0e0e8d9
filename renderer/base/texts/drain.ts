import type { Drain } from '../../../shared/contract/console.ts'
import { format } from '../format/format.ts'

export const drainTexts = {
  releasing: 'Releasing held writes',
  delivering: 'Delivering',
  done: (drain: Drain) => `${drain.releasing ? 'Releasing' : 'Delivering'}: ${format.count(drain.deliveredCount)} of ${format.count(drain.totalCount)}`,
  pace: (drain: Drain) =>
    drain.etaMs === null ? format.rate(drain.ratePerSecond) : `${format.rate(drain.ratePerSecond)} · about ${format.duration(drain.etaMs)} left`,
} as const
