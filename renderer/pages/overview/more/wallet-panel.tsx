import { Link } from 'wouter'
import { paths } from '../../../../shared/contract/console/pages.ts'
import { au } from '../../../base/format/au-amounts.ts'
import { Section } from '../../../components/page/page.tsx'
import { useToday } from '../../../state/now.ts'
import { useRead } from '../../../state/reads.ts'
import classes from '../overview.module.css'
import { lastsWords } from './lasts-words.ts'
import { overviewMoreTexts } from './texts.ts'

/** Enough for the rate, which counts two weeks. */
const RATE_DAYS = 30

/** The balance and how long it lasts, where the platform is paid from a wallet. */
export function WalletPanel({ workspaceId }: { workspaceId: string }) {
  const { data } = useRead('wallet.read', { workspaceId, circle: null })
  const circle = data?.wallet?.circle ?? null
  const { data: burnDown } = useRead('wallet.burnDown', circle === null ? null : { workspaceId, circle, days: RATE_DAYS })
  const now = useToday()
  const texts = overviewMoreTexts.wallet
  if (!data?.wallet) return null
  const { name, balanceMicroAu, availableMicroAu, heldMicroAu } = data.wallet
  return (
    <Section title={texts.title} note={name} actions={<Link href={paths.wallet}>{texts.open}</Link>}>
      <dl className={classes.plan}>
        <div className={classes.fact}>
          <dt>{texts.balance}</dt>
          <dd>{au(balanceMicroAu)}</dd>
        </div>
        {burnDown && (
          <div className={classes.fact}>
            <dt>{texts.lasts}</dt>
            <dd>{lastsWords(burnDown, availableMicroAu, now)}</dd>
          </div>
        )}
        {BigInt(heldMicroAu) !== 0n && (
          <div className={classes.fact}>
            <dt>{texts.available}</dt>
            <dd>{au(availableMicroAu)}</dd>
          </div>
        )}
      </dl>
    </Section>
  )
}
