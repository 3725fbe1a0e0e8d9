import { format } from '../../base/format/format.ts'

function writes(count: number): string {
  return `${format.count(count)} ${count === 1 ? 'write' : 'writes'}`
}

export const historyTexts = {
  dismiss: 'Got it',
  notNow: 'Not now',
  wentBack: {
    title: (to: string | null): string => (to === null ? 'The platform went back to an earlier state.' : `The platform went back to ${to}.`),
    comparing: 'Everything is read anew, and what is missing there is looked for.',
    /** What was missing, and what becomes of it. */
    text(again: number, gone: number): string {
      if (again === 0 && gone === 0) return 'No write of this computer was missing there.'
      if (again === 0) return `${writes(gone)} ${gone === 1 ? 'was' : 'were'} missing there and ${gone === 1 ? 'is' : 'are'} no longer on this computer.`
      const sent = `${writes(again)} ${again === 1 ? 'was missing there; it is' : 'were missing there; they are'} sent again.`
      return gone === 0 ? sent : `${sent} ${format.count(gone)} ${gone === 1 ? 'is' : 'are'} no longer on this computer.`
    },
  },
  foreign: {
    title: (count: number): string =>
      `${format.count(count)} ${count === 1 ? 'envelope of this account was' : 'envelopes of this account were'} sealed on another computer.`,
    key: 'Bring its key: the backup of it that you saved there. Then they can be fetched and read here.',
    bringKey: 'Bring its key',
    fetch: 'Its key is here. Fetch them to this computer.',
    fetchNow: 'Fetch them',
  },
} as const
