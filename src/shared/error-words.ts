import type { ErrorClass } from './domain.ts';

/** What each error class means and what to do, in words: the same in the window, the terminal and errors.json's readers. */
export const errorWords: Record<ErrorClass, { cause: string; cure: string }> = {
  content_policy: {
    cause: 'A word in the prompt, or a picture beside it, tripped a safety filter each time it was tried.',
    cure: 'Soften the wording of the prompt and run again.',
  },
  timeout: {
    cause: 'The task took longer than it may. It may have been paid for, so it was not tried again.',
    cure: 'Run again: the old task is asked for first. If it stays, raise the timeout of the node.',
  },
  'connection refused': {
    cause: 'G-Labs or its tunnel did not answer.',
    cure: 'Start G-Labs, and its tunnel if you use one, then run again: what is done is reused.',
  },
  api_error: {
    cause: 'The service behind G-Labs refused or failed.',
    cure: 'Run again. If it stays, look at the G-Labs console.',
  },
  'model not available': {
    cause: 'G-Labs does not know this model, or may not use it.',
    cure: 'Set the model of the node to one that G-Labs offers (images: nano_banana_2).',
  },
  reference: {
    cause: 'A reference picture could not be had, or is not a picture. Nothing was submitted.',
    cure: 'Mend the address or the file of the reference, then run again.',
  },
  'dangling link': {
    cause: 'The workflow has a link that leads nowhere. No run was begun.',
    cure: 'Mend the link in the editor and save, or run the check with --fix.',
  },
};
