/** How much a card shows. From `overview` on there are no cards, only marks on one picture. */
export type Detail = 'near' | 'middle' | 'far' | 'overview';

/** By the zoom: a picture of 72 pixels is worth showing down to 0.4, a title can be read down to 0.25. Pure. */
export function detailAt(zoom: number): Detail {
  if (zoom >= 0.7) return 'near';
  if (zoom >= 0.4) return 'middle';
  return zoom >= 0.25 ? 'far' : 'overview';
}
