/**
 * The rooms of the sandbox from the ground up: each may import from itself and from those before it. What routes, pages and time
 * do is written above what they do it with, so that a room is understood without those that use it. A room that is not
 * listed stands above all others: nothing that is listed may import from it.
 */
export const sandboxRooms: readonly string[] = [
  'main/sandbox/clock.ts',
  'main/sandbox/catalogs.ts',
  'main/sandbox/store',
  'main/sandbox/mail',
  'main/sandbox/pages',
  'main/sandbox/http',
  'main/sandbox/settings',
  // A refusal is told of where it is written down.
  'main/sandbox/alerts/rules.ts',
  'main/sandbox/alerts/deliveries.ts',
  'main/sandbox/alerts/fired-events.ts',
  'main/sandbox/alerts/first-refusal.ts',
  'main/sandbox/audit',
  // What an account has and has used. The folder itself opens the account, which brings all of them up to now.
  'main/sandbox/meter/accounts',
  'main/sandbox/meter/counters',
  'main/sandbox/meter/usage',
  'main/sandbox/meter/periods',
  'main/sandbox/meter/devices',
  'main/sandbox/meter/envelopes',
  'main/sandbox/meter',
  'main/sandbox/permissions',
  'main/sandbox/wallet',
  'main/sandbox/costs',
  'main/sandbox/overage',
  'main/sandbox/alerts',
  'main/sandbox/invoices',
  'main/sandbox/purchases',
  // The payment provider: its embedded stand-in knows how webhooks are signed and nothing else of the platform's side.
  'main/sandbox/polar/signature.ts',
  'main/sandbox/polar/embedded',
  'main/sandbox/polar',
  'main/sandbox/platform.ts',
  'main/sandbox/plan-requests',
  // What a demo is made of, and who lives in it.
  'main/sandbox/demo',
  'main/sandbox/history',
  'main/sandbox/traffic',
  'main/sandbox/import',
  'main/sandbox/api',
  'main/sandbox/app.ts',
  'main/sandbox/server.ts',
  'main/sandbox/arguments.ts',
  'main/sandbox/index.ts',
]

/** How far up a file lies: the place of the longest room that holds it. */
export function floorOf(path: string, rooms: readonly string[] = sandboxRooms): number {
  let floor = rooms.length
  let length = 0
  for (const [place, room] of rooms.entries()) {
    if (room.length <= length || (path !== room && !path.startsWith(`${room}/`))) continue
    floor = place
    length = room.length
  }
  return floor
}
