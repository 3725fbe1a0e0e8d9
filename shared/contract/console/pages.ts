/** The address of every page (in the fragment of the window's URL) by its name: what the window shows, and what a link from outside may name. */
export const paths = {
  overview: '/',
  usage: '/usage',
  costs: '/costs',
  invoices: '/invoices',
  wallet: '/wallet',
  alerts: '/alerts',
  audit: '/audit',
  outbox: '/outbox',
  devices: '/devices',
  honesty: '/honesty',
  settings: '/settings',
  plans: '/plans',
  /** The same page, where something is to be bought. */
  upgrade: '/upgrade',
  tenants: '/tenants',
  addWorkspace: '/workspaces/add',
} as const
