/** The address of every page (in the URL's fragment). */
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
  upgrade: '/upgrade',
  addWorkspace: '/workspaces/add',
} as const
