import { drawsFor } from '../chance.ts';

const words = (
  'amber april basil beach berry birch bloom brave brook candle canyon cedar chorus cinder clover cobalt comet copper ' +
  'coral cosmic cotton crane crystal dapple delta dewdrop dune eagle ember falcon feather fern field flint forest ' +
  'garden ginger glacier golden granite grove harbor hazel heron hollow indigo island ivory jasper juniper kestrel ' +
  'lantern lark lemon lilac linen lotus lunar maple marble meadow mellow mint misty moss nectar north oak ocean olive ' +
  'onyx opal orchid otter pearl pebble pepper pine plume prairie quartz quiet raven reef river robin rowan russet ' +
  'saffron sage scarlet shadow silver slate sparrow spruce star stone summer swift tawny thistle thunder tide topaz ' +
  'tulip umber valley velvet violet walnut water willow winter wren yarrow zephyr'
).split(' ');

/**
 * Names of quick tunnels: four words, the same row for the same seed, and none twice (a new tunnel never gets an old
 * address).
 */
export function hostnames(seed: number): () => string {
  const given = new Set<string>();
  let count = 0;
  return () => {
    while (true) {
      const draw = drawsFor(seed, 'tunnel', count++);
      const four = [0, 1, 2, 3].map(() => words[Math.floor(draw() * words.length)] ?? 'otter');
      const name = `${four.join('-')}.trycloudflare.com`;
      if (given.has(name)) continue;
      given.add(name);
      return name;
    }
  };
}
