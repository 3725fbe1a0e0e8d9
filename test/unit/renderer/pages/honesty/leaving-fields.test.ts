import { describe, expect, it } from 'vitest'
import { leavingRequests } from '../../../../../renderer/pages/honesty/leaving-fields.ts'
import { layerA } from '../../../../../shared/contract/layer-a.ts'

describe('the list of what may leave', () => {
  it('has every request of the contract', () => {
    expect(leavingRequests().map((request) => request.name)).toEqual(Object.keys(layerA))
  })
  it('explains every field', () => {
    const unexplained = leavingRequests().flatMap((request) =>
      request.fields.filter((field) => field.meaning === '').map((field) => `${request.name}: ${field.name}`),
    )
    expect(unexplained).toEqual([])
  })
  it('looks into lists, as the egress log does', () => {
    const push = leavingRequests().find((request) => request.name === 'push')
    expect(push?.fields.map((field) => field.name)).toEqual(expect.arrayContaining(['device_id', 'session_id', 'envelopes[].id', 'envelopes[].ciphertext']))
    const events = leavingRequests().find((request) => request.name === 'sendUsageEvents')
    expect(events?.fields.map((field) => field.name)).toEqual(
      expect.arrayContaining(['events[].metric', 'events[].quantity', 'events[].reading', 'events[].key']),
    )
    // The same name means something else elsewhere.
    expect(events?.fields.find(({ name }) => name === 'events[].key')?.meaning).toBe('who or what the meter counts once')
  })
})
