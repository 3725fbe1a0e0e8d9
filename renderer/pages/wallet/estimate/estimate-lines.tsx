import type { Estimate } from '../../../../shared/contract/console/wallet.ts'
import { au, euro } from '../../../base/format/au-amounts.ts'
import table from '../../../components/table/table.module.css'
import { walletTexts } from '../texts.ts'
import classes from '../wallet.module.css'

const words = walletTexts.estimate

/** The debit lines that a run would make; they sum to the total. */
export function EstimateLines({ lines, totalMicroAu }: Pick<Estimate, 'lines' | 'totalMicroAu'>) {
  return (
    <div className={`${table.wrap} ${classes.lines}`}>
      <table className={table.table} aria-label={words.table}>
        <thead>
          <tr>
            <th scope="col">{words.columns.dimension}</th>
            <th scope="col" data-align="right">
              {words.columns.quantity}
            </th>
            <th scope="col">{words.columns.rate}</th>
            <th scope="col">{words.columns.scope}</th>
            <th scope="col" data-align="right">
              {words.columns.amount}
            </th>
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <tr key={line.dimension}>
              <td>{line.dimensionName}</td>
              <td data-align="right" className={table.nowrap}>
                {line.quantityText}
              </td>
              <td>{words.rate(au(line.rateMicroAu), line.per, line.unit)}</td>
              <td>{walletTexts.scopes[line.scope]}</td>
              <td data-align="right" className={table.nowrap}>
                {au(line.amountMicroAu)}
              </td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row" colSpan={4}>
              {words.total}
            </th>
            <td data-align="right" className={table.nowrap} title={euro(totalMicroAu)}>
              {au(totalMicroAu)}
            </td>
          </tr>
        </tfoot>
      </table>
    </div>
  )
}
