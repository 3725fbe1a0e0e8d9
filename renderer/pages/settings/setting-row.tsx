import type { ReactNode } from 'react'
import classes from './settings.module.css'

export function SettingRow({ title, text, actions, children }: { title: string; text: ReactNode; actions?: ReactNode; children?: ReactNode }) {
  return (
    <div className={classes.row} data-anchor={title}>
      <div className={classes.rowWords}>
        <h3 className={classes.rowTitle}>{title}</h3>
        <div className={classes.dim}>{text}</div>
      </div>
      {actions && <div className={classes.rowActions}>{actions}</div>}
      {children}
    </div>
  )
}
