/** A box that a person has not answered yet. */
export type Question = { message: string; buttons: readonly string[]; answer(response: number): void }

/** What the application did to a desktop that is not there. */
export const recorded = {
  sandboxEnabled: false,
  appUserModelId: '',
  protocolClientOf: new Set<string>(),
  openAtLogin: false,
  loginArguments: [] as string[],
  broughtToFront: 0,
  relaunches: 0,
  /** Installations that the system's own updater was asked for. */
  systemInstalls: 0,
  /** Boxes with a question that stand open. */
  questions: [] as Question[],
  openedExternally: [] as string[],
  shownInFolder: [] as string[],
  errorBoxes: [] as { title: string; content: string }[],
}
