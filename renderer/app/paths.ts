/** The address of every page (in the URL's fragment). */
export const paths = {
  overview: '/',
  outbox: '/outbox',
  devices: '/devices',
  honesty: '/honesty',
  settings: '/settings',
  upgrade: '/upgrade',
  addWorkspace: '/workspaces/add',
} as const
