/** The names under which the preload and the desktop host talk. Nothing else listens. */
export const desktopChannels = {
  /** Invoked with a call's name and input; answers a `Result`. */
  call: 'bridge:call',
  /** Invoked with an address; answers a `Result`. */
  openExternal: 'bridge:open-external',
  /** Sent to the window with a `ConsoleEvent`. */
  event: 'bridge:event',
} as const
