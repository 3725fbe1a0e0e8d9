import type { ReactNode } from 'react'
import { useId } from 'react'
import classes from './page.module.css'

/** The frame of a page: one level-1 heading, a line about it, its actions. `fill` gives a list the rest of the height. */
export function Page({ title, lead, actions, fill, children }: { title: string; lead?: ReactNode; actions?: ReactNode; fill?: boolean; children: ReactNode }) {
  return (
    <div className={classes.page} data-fill={fill || undefined}>
      <header className={classes.header}>
        <div className={classes.titles}>
          <h1 className={classes.title} tabIndex={-1} data-quiet-focus data-page-title>
            {title}
          </h1>
          {lead && <p className={classes.lead}>{lead}</p>}
        </div>
        {actions && <div className={classes.actions}>{actions}</div>}
      </header>
      {children}
    </div>
  )
}

/** A panel with a heading that names it as a region. `busy`: what it shows is not what was asked for last. */
export function Section({
  title,
  note,
  actions,
  tone,
  flush,
  busy = false,
  children,
}: {
  title: string
  note?: ReactNode
  actions?: ReactNode
  tone?: 'amber' | 'red'
  flush?: boolean
  busy?: boolean
  children: ReactNode
}) {
  const id = useId()
  return (
    <section className={classes.section} aria-labelledby={id} aria-busy={busy} data-tone={tone} data-anchor={title}>
      <div className={classes.sectionHead}>
        <div className={classes.titles}>
          <h2 className={classes.sectionTitle} id={id}>
            {title}
          </h2>
          {note && <div className={classes.sectionNote}>{note}</div>}
        </div>
        {actions && <div className={classes.actions}>{actions}</div>}
      </div>
      <div className={classes.sectionBody} data-flush={flush || undefined}>
        {children}
      </div>
    </section>
  )
}
