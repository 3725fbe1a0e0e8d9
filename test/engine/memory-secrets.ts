import type { SecretStore } from '../../main/bridge/messages.ts'

/** A host's secret store in memory; `secrets` outlives an engine that is started again. */
export function memorySecrets(secrets: Map<string, string> = new Map()): SecretStore {
  return {
    get: async (key) => secrets.get(key) ?? null,
    set: async (key, value) => {
      if (value === null) secrets.delete(key)
      else secrets.set(key, value)
    },
    protectedBy: 'this test',
  }
}
