/**
 * What travels between a host (main thread) and the engine (worker thread). Structured clone carries it; the
 * engine and its host are one program, so these are types, not schemas. What comes from a window is validated
 * by the router before it becomes one of these.
 */
import type { CallName, EngineCallName, ConsoleEvent, Result } from '../../shared/contract/console.ts'
import type { LeftOut } from '../../shared/contract/lenient.ts'

export type EngineOptions = {
  dataDir: string
  host: 'desktop' | 'web'
  version: string
  /** Added as workspaces at the first start: the embedded sandbox's members or `--platform URL` with its token. */
  firstWorkspaces: { url: string; token: string }[]
  /** Loopback origins whose pages may be opened although they are not https (the sandbox's). */
  trustedLoopbackOrigins: string[]
  /** What protects the secrets on this computer, in words: `protectedBy` of the host's secret store. */
  secretsProtectedBy: string
  /** True: the host's keychain protects nothing by itself (a Linux desktop without a keyring). */
  secretsWithoutKeyring?: boolean
  /** True: the host knows the system's proxy and is asked for the way to each platform. */
  hostKnowsProxy?: boolean
  /** Port of the intake; 0: where it was at the last start, else a free one. */
  intakePort: number
  /** What the host found wrong before the engine was there; shown as warnings. */
  notices?: StartNotice[]
}

/** In words for the person: what was wrong, what was kept, what to do. */
export type StartNotice = { kind: 'folder' | 'secrets'; text: string }

/** A request that the host sends by itself, as the egress log keeps it: names of fields, never their values. */
export type EgressNote = { method: string; host: string; path: string; purpose: string; fields: string[]; requestBytes: number }

export type ToEngine =
  | { type: 'call'; id: number; name: EngineCallName; input: unknown }
  | { type: 'secret-answer'; id: number; value: string | null; error: string | null }
  /** The computer sleeps or wakes; the engine pauses and syncs. */
  | { type: 'power'; state: 'suspend' | 'resume' }
  /** Null: directly. */
  | { type: 'proxy-answer'; id: number; proxy: string | null }
  /** A page was shown without some odd items; null: it is whole again. */
  | { type: 'left-out'; name: CallName; leftOut: LeftOut | null }
  | { type: 'egress-begin'; id: number; note: EgressNote }
  | { type: 'egress-end'; row: number; status: number | null; durationMs: number }
  /** Finish the write in hand, close the files, then answer `stopped`. */
  | { type: 'stop' }

export type FromEngine =
  | { type: 'ready'; intakePort: number }
  | { type: 'failed'; message: string }
  | { type: 'answer'; id: number; result: Result<unknown> }
  | { type: 'event'; event: ConsoleEvent }
  | { type: 'secret-get'; id: number; key: string }
  | { type: 'secret-set'; id: number; key: string; value: string | null }
  | { type: 'proxy-ask'; id: number; url: string }
  /** Null: it could not be written, so the request must not be sent. */
  | { type: 'egress-begun'; id: number; row: number | null }
  /** `reason`: it ended by itself, to be started again. */
  | { type: 'stopped'; reason?: string }

/** The host's secret store as the engine sees it. Keys: `master-key`, `token/<workspaceId>`. */
export type SecretStore = {
  get(key: string): Promise<string | null>
  /** Null deletes. Resolves when the secret is safe on disk. */
  set(key: string, value: string | null): Promise<void>
  /** What protects the secrets on this computer, in words for the Honesty page. */
  readonly protectedBy: string
}
