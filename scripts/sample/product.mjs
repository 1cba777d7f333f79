/**
 * The product of the sample brand: an amber jar with a cream label and a wooden scoop. The letters are strokes, so
 * that the picture does not depend on the fonts of a machine.
 * @returns {string} SVG of 900 × 900
 */
export function productPicture() {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="900" height="900" viewBox="0 0 900 900">
<defs>
<linearGradient id="wall" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="#e9e1d3"/><stop offset="1" stop-color="#d8cbb6"/></linearGradient>
<linearGradient id="glass" x1="0" y1="0" x2="1" y2="0"><stop offset="0" stop-color="#6d360f"/><stop offset="0.18" stop-color="#b0641f"/><stop offset="0.5" stop-color="#9a5217"/><stop offset="0.84" stop-color="#b56a24"/><stop offset="1" stop-color="#5d2c0b"/></linearGradient>
<linearGradient id="lid" x1="0" y1="0" x2="1" y2="0"><stop offset="0" stop-color="#23211f"/><stop offset="0.25" stop-color="#55504a"/><stop offset="0.6" stop-color="#35312d"/><stop offset="1" stop-color="#1b1917"/></linearGradient>
<linearGradient id="label" x1="0" y1="0" x2="1" y2="0"><stop offset="0" stop-color="#d9cdb4"/><stop offset="0.25" stop-color="#f7f0e1"/><stop offset="0.7" stop-color="#f3ead8"/><stop offset="1" stop-color="#cfc1a6"/></linearGradient>
<radialGradient id="shadow"><stop offset="0" stop-color="#5b4630" stop-opacity="0.5"/><stop offset="1" stop-color="#5b4630" stop-opacity="0"/></radialGradient>
</defs>
<rect width="900" height="900" fill="url(#wall)"/>
<rect y="640" width="900" height="260" fill="#c7b596"/>
<rect y="640" width="900" height="5" fill="#b5a282"/>
<ellipse cx="460" cy="772" rx="330" ry="46" fill="url(#shadow)"/>
<path d="M276 330C276 300 300 290 316 276L316 250L584 250L584 276C600 290 624 300 624 330L624 730C624 756 604 770 580 770L320 770C296 770 276 756 276 730Z" fill="url(#glass)"/>
<path d="M300 330C300 312 312 306 322 298L334 298C322 314 320 322 320 340L320 720C320 740 312 740 306 730C300 722 300 716 300 700Z" fill="#ffffff" opacity="0.22"/>
<rect x="304" y="150" width="292" height="106" rx="16" fill="url(#lid)"/>
${Array.from({ length: 17 }, (_, at) => `<rect x="${316 + at * 16}" y="164" width="4" height="80" fill="#ffffff" opacity="0.07"/>`).join('')}
<path d="M276 380L624 380L624 690L276 690Z" fill="url(#label)"/>
<g fill="none" stroke="#3b342b" stroke-width="17" stroke-linecap="round" stroke-linejoin="round">
<path d="M356 432L412 512M412 432L356 512"/>
<path d="M426 432L454 472L482 432M454 472L454 512"/>
<path d="M496 432L546 432L496 512L548 512"/>
</g>
<rect x="346" y="544" width="208" height="5" fill="#a88a5c"/>
${[
  [372, 576, 156],
  [396, 602, 108],
]
  .map(([x, y, width]) => `<rect x="${x}" y="${y}" width="${width}" height="9" rx="4.5" fill="#9a8f7c"/>`)
  .join('')}
<path d="M450 628C462 640 468 650 468 660A18 18 0 0 1 432 660C432 650 438 640 450 628Z" fill="#7f9a86"/>
<g transform="translate(676 742) rotate(-9)">
<ellipse cx="4" cy="34" rx="128" ry="14" fill="url(#shadow)"/>
<rect x="10" y="-11" width="130" height="22" rx="11" fill="#c08f55"/>
<ellipse cx="-38" cy="0" rx="62" ry="34" fill="#b07f46"/>
<ellipse cx="-38" cy="-8" rx="52" ry="24" fill="#8f6434"/>
<path d="M-86-12C-70-44-8-44 10-12C0 4-76 4-86-12Z" fill="#f4efe4"/>
</g>
</svg>`;
}
