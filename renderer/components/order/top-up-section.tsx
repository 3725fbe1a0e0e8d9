import { GatedButton } from '../form/gated-button.tsx'
import { useWholeNumber, WholeNumberField } from '../form/whole-number-field.tsx'
import { Section } from '../page/page.tsx'
import classes from './order.module.css'
import type { ChosenOrder } from './order-dialog.tsx'
import { orderTexts } from './texts.ts'

const words = orderTexts.topUp
const FIRST_AU = 50
const MOST_AU = 10_000

/** @param circle whose wallet is filled; left out: the workspace's oldest. */
export function TopUpSection({ reason, circle, onChoose }: { reason: string | null; circle?: string; onChoose: (chosen: ChosenOrder) => void }) {
  const number = useWholeNumber(FIRST_AU, { min: 1, max: MOST_AU })
  const au = number.value
  return (
    <Section title={words.title} note={words.note}>
      <div className={classes.form}>
        <WholeNumberField number={number} label={words.amount} width={160} />
        <GatedButton
          variant="default"
          reason={reason ?? number.problem}
          onClick={() =>
            au !== null &&
            onChoose({ order: { topUpAu: au, ...(circle === undefined ? {} : { circle }) }, title: words.order(au), interval: null, how: 'checkout' })
          }
        >
          {words.preview}
        </GatedButton>
      </div>
    </Section>
  )
}
