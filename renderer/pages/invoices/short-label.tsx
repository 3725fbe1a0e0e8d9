import classes from './invoices.module.css'

/** The words of a button in a table; fewer of them where the window is narrow. Its name for screen readers is the button's own. */
export function ShortLabel({ full, short }: { full: string; short: string }) {
  return (
    <>
      <span className={classes.full}>{full}</span>
      <span className={classes.short}>{short}</span>
    </>
  )
}
