import { describe, expect, test } from 'vitest';
import { videoModel, videoModels } from './models.ts';

describe('the video model of a node', () => {
  test.each(videoModels)('%s is taken as it is', (model) => {
    expect(videoModel(model, 'other')).toBe(model);
  });

  test.each([
    ['veo_3_1_fast', 'veo_31_fast'],
    ['veo-3.1-fast', 'veo_31_fast'],
    ['Veo 3.1 Quality', 'veo_31_quality'],
    ['VEO3.1-Lite', 'veo_31_lite'],
    ['google/veo-3.1-lite-relaxed', 'veo_31_lite_relaxed'],
    ['veo-3.1-fast-generate-preview', 'veo_31_fast'],
    ['veo-3.1-fast-generate-001', 'veo_31_fast'],
    ['Omni Flash', 'omni_flash'],
  ])('%s is spelled %s on the wire', (named, wire) => {
    expect(videoModel(named, 'other')).toBe(wire);
  });

  test.each(['veo3.1', 'Veo 3.1', 'veo_3_1', 'veo-3.1-generate-preview'])(
    '%s names no variant: the fallback decides, if it is a Veo 3.1',
    (named) => {
      expect(videoModel(named, 'veo_31_lite')).toBe('veo_31_lite');
      expect(videoModel(named, 'omni_flash')).toBe('veo_31_fast');
    },
  );

  test.each(['', '   ', 'kling', 'veo_2', 'veo3', 'veo_31_ultra'])(
    '%j is not known: the fallback',
    (named) => {
      expect(videoModel(named, 'veo_31_quality')).toBe('veo_31_quality');
    },
  );
});
