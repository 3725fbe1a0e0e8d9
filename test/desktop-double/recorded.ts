/** What the application did to a desktop that is not there. */
export const recorded = {
  sandboxEnabled: false,
  appUserModelId: '',
  protocolClientOf: new Set<string>(),
  openAtLogin: false,
  broughtToFront: 0,
  relaunches: 0,
  openedExternally: [] as string[],
  shownInFolder: [] as string[],
  errorBoxes: [] as { title: string; content: string }[],
}
