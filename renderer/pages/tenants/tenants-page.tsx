import { Select } from '@mantine/core'
import { IconPlugConnectedX } from '@tabler/icons-react'
import { Link, useLocation, useSearchParams } from 'wouter'
import { paths } from '../../../shared/contract/console/pages.ts'
import type { CallOutput } from '../../../shared/contract/console.ts'
import { format } from '../../base/format/format.ts'
import { limitWords, priceWords } from '../../base/texts/plan.ts'
import { Empty, ErrorNotice } from '../../components/notice/notice.tsx'
import { RequestSection } from '../../components/order/request-section.tsx'
import { Page, Section } from '../../components/page/page.tsx'
import { PageSkeleton } from '../../components/page/page-skeleton.tsx'
import table from '../../components/table/table.module.css'
import { useIsOnline, useWorkspace } from '../../state/active-workspace.ts'
import { useKeptRead, useRead } from '../../state/reads.ts'
import { TenantInvoices } from './tenant-invoices.tsx'
import { tenantsTexts } from './texts.ts'

const words = tenantsTexts
type Tenant = CallOutput<'tenants.list'>[number]

/** A Platform Admin's view of every tenant: a list, and one of them with its plan, meters and requests. */
export function TenantsPage() {
  const workspace = useWorkspace()
  const online = useIsOnline()
  const [params] = useSearchParams()
  const [, navigate] = useLocation()
  const { data, error, refetch } = useKeptRead('tenants.list', online ? { workspaceId: workspace.id } : null)
  if (!online && !data)
    return (
      <Page title={words.title} lead={words.lead}>
        <Section title={words.title}>
          <Empty icon={IconPlugConnectedX} title={words.offlineTitle}>
            {words.offline}
          </Empty>
        </Section>
      </Page>
    )
  if (!data)
    return error ? (
      <Page title={words.title}>
        <ErrorNotice error={error} onRetry={() => void refetch()} />
      </Page>
    ) : (
      <PageSkeleton />
    )
  const chosen = data.find(({ id }) => id === params.get('tenant')) ?? null
  const choose = (id: string | null): void => navigate(id === null ? paths.tenants : addressOf(id))
  return (
    <Page
      title={words.title}
      lead={words.lead}
      actions={
        <Select
          aria-label={words.choose}
          placeholder={words.choose}
          data={data.map(({ id, name }) => ({ value: id, label: name }))}
          value={chosen?.id ?? null}
          onChange={choose}
          searchable
          clearable
        />
      }
    >
      <Section title={words.title} flush>
        <TenantTable tenants={data} chosenId={chosen?.id ?? null} />
      </Section>
      {chosen !== null && <TenantDetails key={chosen.id} workspaceId={workspace.id} tenant={chosen} online={online} />}
    </Page>
  )
}

function addressOf(id: string): string {
  return `${paths.tenants}?tenant=${encodeURIComponent(id)}`
}

function TenantTable({ tenants, chosenId }: { tenants: readonly Tenant[]; chosenId: string | null }) {
  const { columns } = words
  return (
    <div className={table.wrap}>
      <table className={table.table} aria-label={words.title}>
        <thead>
          <tr>
            <th scope="col">{columns.name}</th>
            <th scope="col">{columns.catalog}</th>
            <th scope="col">{columns.plan}</th>
            <th scope="col" data-align="right">
              {columns.fullest}
            </th>
            <th scope="col" data-align="right">
              {columns.requests}
            </th>
          </tr>
        </thead>
        <tbody>
          {tenants.map(({ id, name, catalog, planName, highestPercent, pendingRequests, own }) => (
            <tr key={id} aria-current={id === chosenId || undefined}>
              <td>
                <Link href={addressOf(id)} aria-label={words.open(name)}>
                  {name}
                </Link>{' '}
                {own && <span className={table.badge}>{words.own}</span>}
              </td>
              <td>{catalog}</td>
              <td>{planName}</td>
              <td data-align="right">{highestPercent === null ? '–' : format.percent(highestPercent)}</td>
              <td data-align="right">
                {pendingRequests === 0 ? (
                  <span className={table.dim}>{words.none}</span>
                ) : (
                  <span className={table.badge} data-tone="amber">
                    {format.count(pendingRequests)}
                  </span>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function TenantDetails({ workspaceId, tenant, online }: { workspaceId: string; tenant: Tenant; online: boolean }) {
  const { data, error, refetch } = useRead('tenants.read', { workspaceId, tenantId: tenant.id })
  if (!data) return error ? <ErrorNotice error={error} onRetry={() => void refetch()} /> : <PageSkeleton />
  return (
    <>
      {data.requests.length > 0 && (
        <RequestSection workspaceId={workspaceId} requests={data.requests} tenantId={tenant.id} reason={online ? null : words.offline} />
      )}
      <Section
        title={tenant.name}
        note={`${data.planName}, ${priceWords(data.priceCents, data.currency, data.interval)}. ${words.period(data.periodStart, data.periodEnd)}${data.paymentMethod === null ? '' : `. ${data.paymentMethod}`}`}
        flush
      >
        {data.meters.length === 0 ? (
          <p className={table.empty}>{words.noMeters}</p>
        ) : (
          <div className={table.wrap}>
            <table className={table.table} aria-label={words.meters}>
              <thead>
                <tr>
                  <th scope="col">{words.meter}</th>
                  <th scope="col" data-align="right">
                    {words.used}
                  </th>
                  <th scope="col" data-align="right">
                    {words.limit}
                  </th>
                  <th scope="col" data-align="right">
                    %
                  </th>
                </tr>
              </thead>
              <tbody>
                {data.meters.map((meter) => (
                  <tr key={meter.meter}>
                    <td>{meter.name}</td>
                    <td data-align="right">{format.quantity(meter, meter.used)}</td>
                    <td data-align="right">{limitWords(meter, meter.limit)}</td>
                    <td data-align="right">{meter.percent === null ? '–' : format.percent(meter.percent)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Section>
      <TenantInvoices name={tenant.name} invoices={data.invoices} />
      {data.requests.length === 0 && <p className={table.dim}>{words.noRequests}</p>}
    </>
  )
}
