import { IconAlertTriangle, IconArrowUpRight, IconBan, IconCheck, IconClock, IconHourglass, IconLock, type TablerIcon } from '@tabler/icons-react'
import type { ItemState } from '../../../shared/contract/console.ts'
import { texts } from '../../base/texts/texts.ts'
import classes from './state-label.module.css'

export const stateIcons: Record<ItemState, TablerIcon> = {
  pending: IconHourglass,
  sending: IconArrowUpRight,
  waiting: IconClock,
  held: IconLock,
  rejected: IconAlertTriangle,
  delivered: IconCheck,
  discarded: IconBan,
}

/** A state in words, with a sign of its own so that colour is not needed to tell it. */
export function StateLabel({ state }: { state: ItemState }) {
  const Icon = stateIcons[state]
  return (
    <span className={classes.label} data-state={state}>
      <Icon size={13} stroke={2} aria-hidden />
      {texts.states[state]}
    </span>
  )
}
