/** Video models G-Labs is known to take, over all its versions (glabs-api.md A5). */
export const videoModels = [
  'veo_31_fast',
  'veo_31_lite',
  'veo_31_quality',
  'veo_31_lite_relaxed',
  'veo_31_fast_relaxed',
  'omni_flash',
  'omni_vids',
] as const;

const byLetters = new Map(videoModels.map((model) => [lettersOf(model), model]));

/**
 * The wire's name of the video model a node names (behaviour.md §5, "Video"). Common spellings are mapped:
 * `veo_3_1_fast`, `veo-3.1-fast`, `Veo 3.1 Quality`, `veo-3.1-fast-generate-preview`. A bare `veo3.1` names no
 * variant: the fallback if that is a Veo 3.1, else `veo_31_fast`, never the dear one. Anything else: `fallback`.
 */
export function videoModel(named: string, fallback: string): string {
  const letters = lettersOf(named).replace(/(generate)?(preview|\d{3})?$/, '');
  const known = byLetters.get(letters);
  if (known !== undefined) return known;
  if (letters === 'veo31') return fallback.startsWith('veo_31_') ? fallback : 'veo_31_fast';
  return fallback;
}

function lettersOf(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '')
    .replace(/^google/, '');
}
