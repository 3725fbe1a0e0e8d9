import { IconAlertTriangle } from '@tabler/icons-react'
import type { Estimate } from '../../../shared/contract/console/wallet.ts'
import { au } from '../../base/format/au-amounts.ts'
import { walletTexts } from './texts.ts'
import classes from './wallet.module.css'

/** A cost before it is incurred. The larger it is, the more it stands out: in weight, in colour and with a sign. (seed: triform) */
export function CostChip({ chip, totalMicroAu }: Pick<Estimate, 'chip' | 'totalMicroAu'>) {
  return (
    <span className={classes.chip} data-chip={chip} role="img" aria-label={`${walletTexts.chip.label[chip]}: ${au(totalMicroAu)}`}>
      {chip === 'insistent' && <IconAlertTriangle size={15} stroke={2} aria-hidden />}
      {au(totalMicroAu)}
    </span>
  )
}
