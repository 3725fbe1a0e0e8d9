const terms = {
  memory: { word: 'memory', meaning: 'Something that an agent keeps under a name of its own, such as a note or a file. Written again it has another version.' },
  envelope: {
    word: 'envelope',
    meaning: 'One version of a memory, sealed on this computer with a key that never leaves it. The platform stores it and cannot open it.',
  },
  layerA: {
    word: 'Layer A',
    meaning: 'What has to be known at the platform to bill you: the plan, checkouts, and how much there is of what. No content, name or key is in it.',
  },
} as const

export type Term = keyof typeof terms

export const termTexts = { terms, what: (word: string) => `What is “${word}”?` } as const
