/** What every way to the payment provider says, wherever it begins. */
export const upgradeTexts = {
  offline: (releases: boolean): string =>
    `Offline: a checkout needs an answer from the platform.${releases ? ' What each plan would release is worked out on this computer.' : ''}`,
  notOnline: 'Not connected: a checkout needs an answer from the platform.',
  price: 'Price',
  manage: 'Manage subscription',
  portalOpen: 'Open the customer portal',
  portalBlocked: 'The browser did not open the portal by itself. Open it with this link:',
} as const
