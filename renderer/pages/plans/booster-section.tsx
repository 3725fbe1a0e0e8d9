import type { Offers } from '../../../shared/contract/console/offers.ts'
import { format } from '../../base/format/format.ts'
import { GatedButton } from '../../components/form/gated-button.tsx'
import order from '../../components/order/order.module.css'
import type { ChosenOrder } from '../../components/order/order-dialog.tsx'
import { Section } from '../../components/page/page.tsx'
import classes from './plans.module.css'
import { plansTexts } from './texts.ts'

const words = plansTexts.boosters

export function BoosterSection({ offers, reason, onChoose }: { offers: Offers; reason: string | null; onChoose: (chosen: ChosenOrder) => void }) {
  return (
    <Section title={words.title} note={offers.ended ? words.needsPlan : words.note(offers.periodEnd)}>
      <ul className={order.list}>
        {offers.boosters.map((booster) => (
          <li key={booster.id}>
            <span>
              <strong>{booster.name}</strong> <span className={classes.dim}>{words.adds(booster, booster.amount)}</span>
              <span className={classes.summary}>{booster.description}</span>
            </span>
            <GatedButton
              variant="default"
              reason={reason ?? (offers.ended ? words.needsPlan : null)}
              aria-label={words.buy(booster.name, booster.priceCents, booster.currency)}
              onClick={() => onChoose({ order: { boosterId: booster.id }, title: plansTexts.dialog.booster(booster.name), interval: null, how: 'checkout' })}
            >
              {format.price(booster.priceCents, booster.currency)}
            </GatedButton>
          </li>
        ))}
      </ul>
      <h3 className={classes.heading} style={{ marginTop: 16 }}>
        {words.running}
      </h3>
      {offers.running.length === 0 ? (
        <p className={classes.dim}>{words.none}</p>
      ) : (
        <ul className={order.list}>
          {offers.running.map((booster) => (
            <li key={booster.id}>
              <span>
                {booster.name} <span className={classes.dim}>{words.adds(booster, booster.amount * booster.quantity)}</span>
              </span>
              <span className={classes.dim}>{words.until(booster.expiresAt)}</span>
            </li>
          ))}
        </ul>
      )}
    </Section>
  )
}
