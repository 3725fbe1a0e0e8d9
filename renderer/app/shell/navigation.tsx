import type { TablerIcon } from '@tabler/icons-react'
import { useEffect, useRef } from 'react'
import { Link, useRoute } from 'wouter'
import { useChosenWorkspace } from '../../state/active-workspace.ts'
import { preload } from '../late-pages.tsx'
import { pageLinks } from '../page-links.ts'
import { appTexts } from '../texts.ts'
import classes from './shell.module.css'

export function Navigation() {
  const workspace = useChosenWorkspace()
  return (
    <nav className={classes.nav} aria-label={appTexts.nav.label}>
      <ul>
        {pageLinks(workspace).map(({ path, label, icon, badge: Badge }) => (
          <li key={path}>
            <NavigationLink path={path} label={label} icon={icon}>
              {Badge && workspace && <Badge workspace={workspace} />}
            </NavigationLink>
          </li>
        ))}
      </ul>
    </nav>
  )
}

function NavigationLink({ path, label, icon: Icon, children }: { path: string; label: string; icon: TablerIcon; children: React.ReactNode }) {
  const [here] = useRoute(path)
  const link = useRef<HTMLAnchorElement>(null)
  // In a narrow window the links are a row that is scrolled: the page that is shown must be seen in it.
  useEffect(() => {
    if (here) link.current?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }, [here])
  return (
    <Link
      ref={link}
      href={path}
      className={classes.link}
      aria-current={here ? 'page' : undefined}
      onPointerEnter={() => preload(path)}
      onFocus={() => preload(path)}
    >
      <Icon size={17} stroke={1.7} aria-hidden />
      {label}
      {children}
    </Link>
  )
}
