import { Button } from '@mantine/core'
import { useState } from 'react'
import { Section } from '../../components/page/page.tsx'
import table from '../../components/table/table.module.css'
import classes from './honesty.module.css'
import { leavingRequests } from './leaving-fields.ts'
import { honestyTexts } from './texts.ts'

const words = honestyTexts.leaving
/** The requests that carry something come first; the rest ask without saying anything. */
const requests = leavingRequests().sort((left, right) => right.fields.length - left.fields.length)
const shownAtFirst = 8

export function LeavingSection() {
  const [all, setAll] = useState(false)
  return (
    <Section title={words.title} note={words.note} flush>
      <div className={table.wrap}>
        <table className={table.table}>
          <thead>
            <tr>
              <th scope="col">{words.columns.request}</th>
              <th scope="col">{words.columns.fields}</th>
            </tr>
          </thead>
          <tbody>
            {(all ? requests : requests.slice(0, shownAtFirst)).map((request) => (
              <tr key={request.name}>
                <td>
                  <span className={table.strong}>{request.purpose}</span>
                  <p className={classes.code}>{`${request.method} ${request.path}`}</p>
                </td>
                <td>
                  {request.fields.length === 0 ? (
                    <span className={table.dim}>{words.none}</span>
                  ) : (
                    <dl className={classes.fields}>
                      {request.fields.map((field) => (
                        <div key={field.name}>
                          <dt>{field.name}</dt>
                          <dd>{field.meaning}</dd>
                        </div>
                      ))}
                    </dl>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div className={classes.more}>
        <Button variant="subtle" color="gray" size="compact-xs" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? words.hide : words.show}
        </Button>
      </div>
    </Section>
  )
}
