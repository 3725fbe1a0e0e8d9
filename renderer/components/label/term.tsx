import { Popover } from '@mantine/core'
import { IconInfoCircle } from '@tabler/icons-react'
import { type Term as Name, termTexts } from './term-texts.ts'
import classes from './term.module.css'

/** A word of the trade: who knows it reads on, who does not presses the ⓘ behind it. */
export function Term({ name }: { name: Name }) {
  const { word, meaning } = termTexts.terms[name]
  return (
    <Popover position="top" width={300} trapFocus={false} returnFocus>
      <Popover.Target>
        <button type="button" className={classes.term} aria-label={termTexts.what(word)}>
          <IconInfoCircle size={14} stroke={1.8} aria-hidden />
        </button>
      </Popover.Target>
      <Popover.Dropdown className={classes.meaning}>{meaning}</Popover.Dropdown>
    </Popover>
  )
}
