import { describe, expect, it } from 'vitest'
import { pageLinks } from '../../../../renderer/app/page-links.ts'

const capabilities = ['usage', 'billing', 'costs', 'invoices', 'wallet', 'alerts', 'audit']

describe('the pages', () => {
  it('have a letter each for the keyboard, and no two the same', () => {
    const letters = pageLinks({ capabilities, seesTenants: true }).map(({ letter }) => letter)
    expect(letters).toHaveLength(13)
    expect(new Set(letters).size).toBe(13)
    for (const letter of letters) expect(letter).toMatch(/^[a-fh-z]$/)
  })
  it('are only those of the platform and the role', () => {
    const letters = pageLinks({ capabilities: [], seesTenants: false }).map(({ letter }) => letter)
    expect(letters).not.toContain('w')
    expect(letters).not.toContain('t')
    expect(letters).toContain('x')
  })
})
