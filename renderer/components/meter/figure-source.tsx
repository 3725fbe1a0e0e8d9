import { Popover } from '@mantine/core'
import { useWindowEvent } from '@mantine/hooks'
import { IconInfoCircle } from '@tabler/icons-react'
import { useState } from 'react'
import type { Meter } from '../../../shared/contract/console.ts'
import { texts } from '../../base/texts/texts.ts'
import { useAsOf } from '../../state/as-of.ts'
import classes from './meter.module.css'
import { usedQuantity } from './meter-scale.ts'

/** What a meter stands at; pointed at or pressed it says the exact figure, what it counts in the platform's words, who counted it and how old it is. */
export function FigureSource({ meter }: { meter: Meter }) {
  // Pressed it stays until it is closed; pointed at it goes with the pointer.
  const [shown, setShown] = useState<'pressed' | 'pointed' | null>(null)
  const used = usedQuantity(meter)
  return (
    <Popover opened={shown !== null} onChange={(opened) => !opened && setShown(null)} position="top-start" width={300}>
      <Popover.Target>
        <button
          type="button"
          className={classes.used}
          aria-label={texts.meter.whence(used)}
          onClick={() => setShown((now) => (now === 'pressed' ? null : 'pressed'))}
          onPointerEnter={({ pointerType }) => pointerType === 'mouse' && setShown((now) => now ?? 'pointed')}
          onPointerLeave={() => setShown((now) => (now === 'pointed' ? null : now))}
        >
          {used}
          <IconInfoCircle className={classes.sourceMark} size={14} stroke={1.8} aria-hidden />
        </button>
      </Popover.Target>
      <Popover.Dropdown className={classes.source}>{shown !== null && <Source meter={meter} onClose={() => setShown(null)} />}</Popover.Dropdown>
    </Popover>
  )
}

function Source({ meter, onClose }: { meter: Meter; onClose: () => void }) {
  // Wherever the focus is by then: the card may have been drawn anew under it.
  useWindowEvent('keydown', ({ key }) => {
    if (key === 'Escape') onClose()
  })
  const asOf = useAsOf()
  const words = texts.meter
  return (
    <>
      <p className={classes.exact}>{words.exact(meter)}</p>
      {meter.description !== '' && meter.description !== meter.name && <p>{meter.description}</p>}
      <p>{words.counted[meter.knowledge]}</p>
      {meter.heldCount > 0 && <p>{words.heldHere}</p>}
      {asOf !== null && meter.knowledge !== 'device' && <p>{`${texts.asOf(asOf)}.`}</p>}
    </>
  )
}
