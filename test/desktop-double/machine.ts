/** What the computer is like that the application finds itself on. */
export type Machine = {
  /** A keyring seals with a key of its own; without one Chromium takes a key that is the same everywhere. */
  keyring: boolean
  /** So many questions are answered with "temporarily unavailable" first: the keyring is locked. */
  keyringLockedFor: number
  /** The system takes notifications. */
  notifications: boolean
  /** The system's copy and paste takes texts. */
  clipboard: boolean
  /** The start was one by the system, at sign-in; only macOS tells. */
  openedAtLogin: boolean
  /** A program is there for web addresses. */
  opensLinks: boolean
  /** Programs have a standard input; those of Windows with a window have none (lib/common/init.ts). */
  standardInput: boolean
  /** The system lets a program bring its window to the front. */
  focus: boolean
}

const usual: Machine = {
  keyring: true,
  keyringLockedFor: 0,
  notifications: true,
  clipboard: true,
  openedAtLogin: false,
  opensLinks: true,
  standardInput: true,
  focus: true,
}

/** A spec names what is different at the start (`ELECTRON_DOUBLE_MACHINE`, JSON), or changes it later as `electronDouble.machine`. */
export const machine: Machine = { ...usual, ...(JSON.parse(process.env.ELECTRON_DOUBLE_MACHINE ?? '{}') as Partial<Machine>) }
