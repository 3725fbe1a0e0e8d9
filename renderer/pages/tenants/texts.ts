import { format } from '../../base/format/format.ts'

export const tenantsTexts = {
  title: 'Tenants',
  lead: 'Every tenant of this platform, as your role may see them. Asked of the platform each time; nothing of other tenants is kept on this computer.',
  offlineTitle: 'This page needs the platform',
  offline: 'Offline: other tenants are not kept on this computer.',
  choose: 'Tenant',
  columns: { name: 'Tenant', catalog: 'Catalog', plan: 'Plan', fullest: 'Fullest meter', requests: 'Requests' },
  own: 'Your own',
  none: 'None',
  open: (name: string) => `Show ${name}`,
  meters: 'Meters',
  meter: 'Meter',
  used: 'Used',
  limit: 'Limit',
  noMeters: 'This tenant’s catalog has no meters.',
  plan: 'Plan',
  period: (start: number, end: number) => `${format.utcDate(start)} to ${format.utcDate(end)} (UTC)`,
  noRequests: 'Nobody has asked for another plan.',
} as const
