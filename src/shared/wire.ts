/**
 * What both ends of a connection must agree on besides the contract. Frames are JSON texts of oRPC; the page answers
 * each with `WIRE_ACK`, so that the main side knows how much a sleeping page still has before it.
 */

/** Sent by the page for each frame it has taken in. Never a JSON text. */
export const WIRE_ACK = '+';

/** Where the browser face takes WebSockets. */
export const WIRE_PATH = '/wire';

/** Media of a run: `{MEDIA_PATH}{id}`, with `?w=` for a thumbnail of that width. */
export const MEDIA_PATH = '/media/';

/** Scheme and origin of the pages in the Electron window. */
export const APP_SCHEME = 'app';
export const APP_ORIGIN = `${APP_SCHEME}://flowdeck`;

/** The page asks its preload, and the preload the main side, for a port: a message of this content. */
export const PORT_WANTED = 'flowdeck:port-wanted';

/** The answer: a message of this content that carries one MessagePort. */
export const PORT_GIVEN = 'flowdeck:port';
