import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { systemClock } from '../../../main/engine/base/clock.ts'
import { startEngine } from '../../../main/engine/engine.ts'

test('a request of the updater stands in the list of what left this computer, with its answer', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'tidemark-egress-'))
  const kept = new Map<string, string>()
  const engine = await startEngine({
    options: {
      dataDir,
      host: 'desktop',
      version: '1.0.0',
      firstWorkspaces: [],
      trustedLoopbackOrigins: [],
      secretsProtectedBy: '',
      secretsWithoutKeyring: true,
      intakePort: 0,
    },
    secrets: { protectedBy: '', get: async (key) => kept.get(key) ?? null, set: async (key, value) => void kept.set(key, value ?? '') },
    clock: systemClock,
    random: Math.random,
    emit: () => {},
    report: () => {},
  })
  try {
    const note = { method: 'GET', host: 'updates.example', path: '/desktop/latest.yml', purpose: 'Look for a newer version', fields: [], requestBytes: 0 }
    const row = engine.noteRequest(note)
    const listed = () => engine.call('honesty.egress', { workspaceId: null, before: null, limit: 10 })
    await expect(listed()).resolves.toMatchObject({ ok: true, value: { total: 1, rows: [{ id: row, workspaceId: null, ...note, status: null }] } })
    engine.noteAnswer(row, 200, 31.4)
    await expect(listed()).resolves.toMatchObject({ ok: true, value: { rows: [{ id: row, status: 200, durationMs: 31 }] } })
    // A desktop without a keyring says so where the key is shown.
    await expect(engine.call('vault.status', {})).resolves.toMatchObject({ ok: true, value: { withoutKeyring: true } })
  } finally {
    await engine.stop()
    rmSync(dataDir, { recursive: true })
  }
})
