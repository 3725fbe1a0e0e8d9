import type { UsageFilePreview, UsageFileRow } from '../../../../shared/contract/console/usage-file.ts'
import { format } from '../../../base/format/format.ts'
import { usageTexts } from '../texts.ts'
import { RefusedLines } from './refused-lines.tsx'
import classes from './usage-file.module.css'

/** What a file would do, before anything is sent. */
export function FilePreview({ preview }: { preview: UsageFilePreview }) {
  const { how, first, toSend, todayCount, refused, refusedCount } = preview
  const words = usageTexts.file
  return (
    <>
      <p className={classes.dim}>{words.how(how)}</p>
      <RefusedLines title={words.refusedHere(refusedCount)} lines={refused} total={refusedCount} />
      {first.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reached by the keyboard
        <section className={classes.box} tabIndex={0} aria-label={words.firstRows}>
          <table className={classes.table}>
            <thead>
              <tr>
                <th scope="col" className={classes.number}>
                  {words.columns.line}
                </th>
                <th scope="col">{words.columns.meter}</th>
                <th scope="col" className={classes.number}>
                  {words.columns.amount}
                </th>
                <th scope="col">{words.columns.when}</th>
                <th scope="col">{words.columns.who}</th>
              </tr>
            </thead>
            <tbody>
              {first.map((row) => (
                <Row key={row.line} row={row} />
              ))}
            </tbody>
          </table>
        </section>
      )}
      {toSend > first.length && <p className={classes.dim}>{words.moreRows(toSend - first.length)}</p>}
      {todayCount > 0 && <p>{words.countToday(todayCount)}</p>}
    </>
  )
}

function Row({ row: { line, meter, metric, amount, key, service, userId, at, countsToday } }: { row: UsageFileRow }) {
  return (
    <tr>
      <td className={classes.number}>{format.count(line)}</td>
      <td className={classes.words}>{meter?.name ?? metric}</td>
      <td className={classes.number}>{amount === null ? key : meter === null ? format.count(amount) : format.quantity(meter, amount)}</td>
      <td>
        <time className={classes.time} dateTime={new Date(at).toISOString()}>
          {format.dateTime(at)}
        </time>
        {countsToday && <div className={classes.dim}>{usageTexts.file.today}</div>}
      </td>
      <td className={classes.words}>{[service, userId].filter((part) => part !== null).join(' · ') || '–'}</td>
    </tr>
  )
}
