import { IconMapOff } from '@tabler/icons-react'
import { Suspense } from 'react'
import { Link, Route, Switch } from 'wouter'
import { Empty } from '../components/notice.tsx'
import { PageSkeleton } from '../components/page-skeleton.tsx'
import { OverviewPage } from '../pages/overview/overview-page.tsx'
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
import { paths } from './paths.ts'
import { texts } from './texts.ts'

/** Overview is the first page and comes with the shell. */
export function Routes() {
  return (
    <Suspense fallback={<PageSkeleton />}>
      <Switch>
        <Route path={paths.overview} component={OverviewPage} />
        <Route path={paths.costs} component={CostsPage} />
        <Route path={paths.invoices} component={InvoicesPage} />
        <Route path={paths.wallet} component={WalletPage} />
        <Route path={paths.alerts} component={AlertsPage} />
        <Route path={paths.audit} component={AuditPage} />
        <Route path={paths.usage} component={UsagePage} />
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
