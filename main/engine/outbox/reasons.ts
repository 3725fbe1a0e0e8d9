/** Why an item is owed no more, in words for the person; the journal of undelivered writes carries them too. */
export const MEMORY_DELETED = 'The memory was deleted.'
export const REPLACED_BY_NEWER_EDIT = 'Replaced by a newer edit.'
export const DISCARDED_BY_PERSON = 'Discarded by a person.'
export const WORKSPACE_REMOVED = 'The workspace was removed.'
export const DELETED_ELSEWHERE = 'It was deleted from another computer.'
