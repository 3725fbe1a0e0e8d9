import type { TablerIcon } from '@tabler/icons-react'
import { Link, useRoute } from 'wouter'
import type { Workspace } from '../../../shared/contract/console.ts'
import { useChosenWorkspace } from '../../state/active-workspace.ts'
import { useLive } from '../../state/live-store.ts'
import { format } from '../../base/format/format.ts'
import { preload } from '../lazy-pages.ts'
import { pageLinks } from '../page-links.ts'
import { paths } from '../../base/address/paths.ts'
import classes from './shell.module.css'
import { texts } from '../../base/texts/texts.ts'

export function Navigation() {
  const workspace = useChosenWorkspace()
  return (
    <nav className={classes.nav} aria-label={texts.nav.label}>
      <ul>
        {pageLinks(workspace).map((link) => (
          <li key={link.path}>
            <NavigationLink {...link}>{link.path === paths.outbox && workspace && <OutboxCount workspace={workspace} />}</NavigationLink>
          </li>
        ))}
      </ul>
    </nav>
  )
}

function NavigationLink({ path, label, icon: Icon, children }: { path: string; label: string; icon: TablerIcon; children: React.ReactNode }) {
  const [here] = useRoute(path)
  return (
    <Link href={path} className={classes.link} aria-current={here ? 'page' : undefined} onPointerEnter={() => preload(path)} onFocus={() => preload(path)}>
      <Icon size={17} stroke={1.7} aria-hidden />
      {label}
      {children}
    </Link>
  )
}

/** What waits for a person: held and rejected. Queued writes leave by themselves and need no badge. */
function OutboxCount({ workspace }: { workspace: Workspace }) {
  const tally = useLive((live) => live.outbox[workspace.id]?.tally)
  const held = tally?.held.count ?? workspace.queue.held
  const rejected = tally?.rejected.count ?? workspace.queue.rejected
  if (held + rejected === 0) return null
  return (
    <span className={classes.count} data-tone={held === 0 ? 'red' : 'amber'} role="img" aria-label={texts.nav.outboxBadge(held, rejected)}>
      {format.shortCount(held + rejected)}
    </span>
  )
}
