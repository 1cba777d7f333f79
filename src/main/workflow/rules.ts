/** What every run enforces (pipeline.md §3, rules 1 and 2); put in before a fingerprint is taken. */
export const IMAGE_MODEL = 'nano_banana_2';
export const OUTPUT_COUNT = 4;
export const DEFAULT_ASPECT_RATIO = '9:16';
