import { IconMapOff } from '@tabler/icons-react'
import { type ReactNode, Suspense } from 'react'
import { Link, Route, Switch } from 'wouter'
import { Empty } from '../components/notice/notice.tsx'
import { PageSkeleton } from '../components/page/page-skeleton.tsx'
import { OverviewPage } from '../pages/overview/overview-page.tsx'
import { useChosenWorkspace } from '../state/active-workspace.ts'
import {
  AddWorkspacePage,
  AlertsPage,
  AuditPage,
  CostsPage,
  DevicesPage,
  HonestyPage,
  InvoicesPage,
  OutboxPage,
  PlansPage,
  SettingsPage,
  TenantsPage,
  UsagePage,
  WalletPage,
} from './lazy-pages.ts'
import { offers } from './page-links.ts'
import { paths } from '../base/address/paths.ts'
import { texts } from '../base/texts/texts.ts'

/** Overview is the first page and comes with the shell. */
export function Routes() {
  return (
    <Suspense fallback={<PageSkeleton />}>
      <Switch>
        <Route path={paths.overview} component={OverviewPage} />
        <Route path={paths.costs}>
          <Offered path={paths.costs}>
            <CostsPage />
          </Offered>
        </Route>
        <Route path={paths.invoices}>
          <Offered path={paths.invoices}>
            <InvoicesPage />
          </Offered>
        </Route>
        <Route path={paths.wallet}>
          <Offered path={paths.wallet}>
            <WalletPage />
          </Offered>
        </Route>
        <Route path={paths.alerts}>
          <Offered path={paths.alerts}>
            <AlertsPage />
          </Offered>
        </Route>
        <Route path={paths.audit}>
          <Offered path={paths.audit}>
            <AuditPage />
          </Offered>
        </Route>
        <Route path={paths.usage}>
          <Offered path={paths.usage}>
            <UsagePage />
          </Offered>
        </Route>
        <Route path={paths.outbox} component={OutboxPage} />
        <Route path={paths.devices} component={DevicesPage} />
        <Route path={paths.honesty} component={HonestyPage} />
        <Route path={paths.settings} component={SettingsPage} />
        <Route path={paths.plans} component={PlansPage} />
        <Route path={paths.upgrade} component={PlansPage} />
        <Route path={paths.tenants} component={TenantsPage} />
        <Route path={paths.addWorkspace}>
          <AddWorkspacePage />
        </Route>
        <Route>
          <Empty icon={IconMapOff} title={texts.notFound.title} actions={<Link href={paths.overview}>{texts.notFound.home}</Link>}>
            {texts.notFound.text}
          </Empty>
        </Route>
      </Switch>
    </Suspense>
  )
}

/** Where the platform has no such thing, the page says so: its address was typed, or another workspace was chosen on it. */
function Offered({ path, children }: { path: string; children: ReactNode }) {
  const workspace = useChosenWorkspace()
  if (workspace === null || offers(workspace, path)) return children
  return (
    <Empty icon={IconMapOff} title={texts.notOffered.title} actions={<Link href={paths.overview}>{texts.notFound.home}</Link>}>
      {texts.notOffered.text(workspace.name)}
    </Empty>
  )
}
