import { NumberInput } from '@mantine/core'
import { useState } from 'react'
import type { Offers } from '../../../shared/contract/console/offers.ts'
import { GatedButton } from '../../components/form/gated-button.tsx'
import classes from '../../components/order/order.module.css'
import type { ChosenOrder } from '../../components/order/order-dialog.tsx'
import { Section } from '../../components/page/page.tsx'
import { plansTexts } from './texts.ts'

const words = plansTexts.seats
const MOST_SEATS = 1000

export function SeatSection({
  seats,
  reason,
  onChoose,
}: {
  seats: NonNullable<Offers['seats']>
  reason: string | null
  onChoose: (chosen: ChosenOrder) => void
}) {
  const [count, setCount] = useState<number>(seats.bought)
  return (
    <Section title={words.title} note={words.note(seats.included, seats.bought)}>
      <div className={classes.form}>
        <NumberInput
          label={words.more}
          description={words.price(seats.priceCents, seats.currency, seats.interval)}
          min={0}
          max={MOST_SEATS}
          allowDecimal={false}
          clampBehavior="strict"
          value={count}
          onChange={(value) => setCount(typeof value === 'number' ? value : 0)}
          w={220}
        />
        <GatedButton
          variant="default"
          reason={reason ?? (count === seats.bought ? words.same : null)}
          onClick={() => onChoose({ order: { seats: count }, title: plansTexts.dialog.seats(count), interval: seats.interval, how: 'checkout' })}
        >
          {words.preview}
        </GatedButton>
      </div>
    </Section>
  )
}
