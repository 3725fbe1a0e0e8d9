import type { CustomPublishOptions } from 'builder-util-runtime'
import type { AppUpdater, Logger } from 'electron-updater'
import type { ProviderRuntimeOptions } from 'electron-updater/out/providers/Provider.js'
import { SignedProvider } from './signed-provider.ts'
import type { UpdateSource } from './update-source.ts'

const silent: Logger = { info: () => {}, warn: () => {}, error: () => {} }

/** Sets an updater to our source and our HTTP client; nothing happens by itself from then on. */
export function aimAtSource(updater: AppUpdater, executor: object, source: UpdateSource): AppUpdater {
  // It writes addresses and answers into its log; what matters is told by us.
  updater.logger = silent
  updater.autoDownload = false
  // Each changed part of the file would be a request of its own, past the log of what leaves.
  updater.disableDifferentialDownload = true
  updater.disableWebInstaller = true
  Object.assign(updater, { httpExecutor: executor })
  const feed: CustomPublishOptions = {
    provider: 'custom',
    updateProvider: class extends SignedProvider {
      constructor(_options: unknown, of: AppUpdater, runtimeOptions: ProviderRuntimeOptions) {
        super(source, of, runtimeOptions)
      }
    },
  }
  updater.setFeedURL(feed)
  return updater
}
