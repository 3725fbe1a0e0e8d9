import { NumberInput } from '@mantine/core'
import { useState } from 'react'
import { GatedButton } from '../form/gated-button.tsx'
import { Section } from '../page/page.tsx'
import classes from './order.module.css'
import type { ChosenOrder } from './order-dialog.tsx'
import { orderTexts } from './texts.ts'

const words = orderTexts.topUp
const FIRST_AU = 50
const MOST_AU = 10_000

export function TopUpSection({ reason, onChoose }: { reason: string | null; onChoose: (chosen: ChosenOrder) => void }) {
  const [au, setAu] = useState(FIRST_AU)
  return (
    <Section title={words.title} note={words.note}>
      <div className={classes.form}>
        <NumberInput
          label={words.amount}
          min={1}
          max={MOST_AU}
          allowDecimal={false}
          clampBehavior="strict"
          value={au}
          onChange={(value) => setAu(typeof value === 'number' && value >= 1 ? value : 1)}
          w={160}
        />
        <GatedButton
          variant="default"
          reason={reason}
          onClick={() => onChoose({ order: { topUpAu: au }, title: words.order(au), interval: null, how: 'checkout' })}
        >
          {words.preview}
        </GatedButton>
      </div>
    </Section>
  )
}
