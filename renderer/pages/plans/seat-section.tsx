import type { Offers } from '../../../shared/contract/console/offers.ts'
import { GatedButton } from '../../components/form/gated-button.tsx'
import { useWholeNumber, WholeNumberField } from '../../components/form/whole-number-field.tsx'
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
  const number = useWholeNumber(seats.bought, { min: 0, max: MOST_SEATS })
  const count = number.value
  return (
    <Section title={words.title} note={words.note(seats.included, seats.bought)}>
      <div className={classes.form}>
        <WholeNumberField number={number} label={words.more} description={words.price(seats.priceCents, seats.currency, seats.interval)} width={220} />
        <GatedButton
          variant="default"
          reason={reason ?? number.problem ?? (count === seats.bought ? words.same : null)}
          onClick={() =>
            count !== null && onChoose({ order: { seats: count }, title: plansTexts.dialog.seats(count), interval: seats.interval, how: 'checkout' })
          }
        >
          {words.preview}
        </GatedButton>
      </div>
    </Section>
  )
}
