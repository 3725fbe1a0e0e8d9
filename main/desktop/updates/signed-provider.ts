import type { OutgoingHttpHeaders } from 'node:http'
import { type AppUpdater, Provider, type ResolvedUpdateFileInfo, type UpdateInfo } from 'electron-updater'
import type { ProviderRuntimeOptions } from 'electron-updater/out/providers/Provider.js'
import { parse } from 'yaml'
import { readManifest, UpdateRefused, verifySignature } from './signed-manifest.ts'
import type { UpdateSource } from './update-source.ts'

/**
 * electron-updater's generic provider (a folder of files, `latest-linux.yml` among them), which believes only what was signed: the hash in the
 * manifest then vouches for the file, also where the system checks no signature of its own (an AppImage) or passes over a missing one (Windows).
 */
export class SignedProvider extends Provider<UpdateInfo> {
  readonly #source: UpdateSource
  readonly #updater: AppUpdater
  readonly #folder: URL

  constructor(source: UpdateSource, updater: AppUpdater, runtimeOptions: ProviderRuntimeOptions) {
    super(runtimeOptions)
    this.#source = source
    this.#updater = updater
    this.#folder = new URL(source.url.endsWith('/') ? source.url : `${source.url}/`)
  }

  /** electron-updater would send the computer's number in the roll-out with each request; the roll-out is decided here and needs nobody to know it. */
  override setRequestHeaders(_headers: OutgoingHttpHeaders | null): void {
    super.setRequestHeaders(null)
  }

  override async getLatestVersion(): Promise<UpdateInfo> {
    const manifestUrl = new URL(`${this.getCustomChannelName(this.#updater.channel ?? 'latest')}.yml`, this.#folder)
    const text = (await this.httpRequest(manifestUrl)) ?? ''
    const signature = (await this.httpRequest(new URL(`${manifestUrl.href}.sig`))) ?? ''
    verifySignature(text, signature, this.#source.publicKey)
    const manifest = readManifest(parseYaml(text))
    const [first] = manifest.files
    return {
      ...manifest,
      path: first?.url ?? '',
      sha512: first?.sha512 ?? '',
      releaseNotes:
        typeof manifest.releaseNotes === 'string' ? manifest.releaseNotes : (manifest.releaseNotes ?? []).map(({ version, note }) => ({ version, note })),
    }
  }

  override resolveFiles(info: UpdateInfo): ResolvedUpdateFileInfo[] {
    return info.files.map((file) => ({ url: new URL(encodeURIComponent(file.url), this.#folder), info: file }))
  }
}

function parseYaml(text: string): unknown {
  try {
    return parse(text, { maxAliasCount: 0 })
  } catch {
    throw new UpdateRefused('The list of versions cannot be read.')
  }
}
