export const fileTexts = { saved: (fileName: string) => `${fileName} was saved.` } as const
