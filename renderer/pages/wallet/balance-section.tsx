import type { BurnDown, WalletView } from '../../../shared/contract/console/wallet.ts'
import { au, euro, identifierWords } from '../../base/format/au-amounts.ts'
import { format } from '../../base/format/format.ts'
import { Moment } from '../../components/label/moment.tsx'
import { Section } from '../../components/page/page.tsx'
import { useAsOf } from '../../state/as-of.ts'
import { useNow } from '../../state/now.ts'
import { useRead } from '../../state/reads.ts'
import { burnDownDays } from './burn-down-section.tsx'
import { walletTexts, wallWords } from './texts.ts'
import classes from './wallet.module.css'

type Wallet = NonNullable<WalletView['wallet']>
const words = walletTexts.balance

/** What is there, what of it is held for runs that have begun, and how long it lasts. */
export function BalanceSection({ workspaceId, wallet }: { workspaceId: string; wallet: Wallet }) {
  const asOf = useAsOf()
  const { data } = useRead('wallet.burnDown', { workspaceId, circle: wallet.circle, days: burnDownDays['30'] })
  const now = useNow()
  const isHeld = BigInt(wallet.heldMicroAu) > 0n
  return (
    <Section title={words.title} note={asOf === null ? null : walletTexts.asOf(asOf)}>
      <dl className={classes.figures}>
        <div>
          <dt>{words.balance}</dt>
          <dd className={classes.balance} data-negative={BigInt(wallet.balanceMicroAu) < 0n || undefined}>
            {au(wallet.balanceMicroAu)}
          </dd>
        </div>
        <div>
          <dt>{words.euro}</dt>
          <dd>{euro(wallet.balanceMicroAu)}</dd>
        </div>
        {isHeld && (
          <>
            <div>
              <dt>{words.held}</dt>
              <dd>{au(wallet.heldMicroAu)}</dd>
            </div>
            <div>
              <dt>{words.available}</dt>
              <dd>{au(wallet.availableMicroAu)}</dd>
            </div>
          </>
        )}
        <div>
          <dt>{words.lasts}</dt>
          <dd className={classes.lasts}>{data ? lastsWords(data, now) : words.unknown}</dd>
          {data?.perDayMicroAu != null && <dd className={classes.small}>{words.rate(au(data.perDayMicroAu), data.countedDays)}</dd>}
        </div>
      </dl>
      {wallet.reserves.length > 0 && (
        <ul className={classes.reserves} aria-label={words.reserves}>
          {wallet.reserves.map((reserve) => (
            <li key={reserve.runId}>
              {words.heldNote(reserve.elementName, identifierWords(reserve.operation).toLowerCase(), au(reserve.reservedMicroAu))} {words.heldUntil}{' '}
              <Moment at={reserve.expiresAt} />
            </li>
          ))}
        </ul>
      )}
      <p className={classes.small}>{wallWords(wallet)}</p>
    </Section>
  )
}

function lastsWords({ perDayMicroAu, emptyAt }: BurnDown, now: number): string {
  if (perDayMicroAu === null) return words.unknown
  if (BigInt(perDayMicroAu) <= 0n) return words.unused
  if (emptyAt === null) return words.long
  const days = Math.floor((emptyAt - now) / 86_400_000)
  return emptyAt <= now ? words.empty : words.until(format.utcDate(emptyAt), format.counted(Math.max(0, days), 'day', 'days'))
}
