import { IconMapOff } from '@tabler/icons-react'
import { Link, Route, Switch } from 'wouter'
import { paths } from '../../shared/contract/console/pages.ts'
import { Empty } from '../components/notice/notice.tsx'
import type { PageEntry } from '../pages/page-entry.ts'
import { pages } from '../pages/registry.ts'
import { useChosenWorkspace } from '../state/active-workspace.ts'
import { componentOf } from './late-pages.tsx'
import { addressesOf, offers } from './page-links.ts'
import { appTexts } from './texts.ts'

export function Routes() {
  return (
    <Switch>
      {pages.flatMap((page) =>
        addressesOf(page).map((address) => (
          // One key for all its addresses: going from one to another keeps the page as it is.
          <Route key={page.path} path={address}>
            <Offered page={page} />
          </Route>
        )),
      )}
      <Route>
        <Empty icon={IconMapOff} title={appTexts.notFound.title} actions={<Link href={paths.overview}>{appTexts.notFound.home}</Link>}>
          {appTexts.notFound.text}
        </Empty>
      </Route>
    </Switch>
  )
}

/** Where the platform has no such thing, the console says so: its address was typed, or another workspace was chosen on it. */
function Offered({ page }: { page: PageEntry }) {
  const workspace = useChosenWorkspace()
  const Page = componentOf(page)
  if (workspace === null || page.openWithoutCapability || offers(workspace, page.path)) return <Page />
  return (
    <Empty icon={IconMapOff} title={appTexts.notOffered.title} actions={<Link href={paths.overview}>{appTexts.notFound.home}</Link>}>
      {appTexts.notOffered.text(workspace.name)}
    </Empty>
  )
}
