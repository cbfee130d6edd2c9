export interface TokenWindow {
  readonly start: number;
  /** The first token that is not in the window. */
  readonly end: number;
}

/** The share of a window that is also in the window before, so that a sentence at a border is read as a whole once. */
const OVERLAP = 1 / 8;

/** Windows of at most `room` tokens that cover this many tokens, in order; a text that fits has one. */
export function tokenWindows(tokens: number, room: number): readonly TokenWindow[] {
  const step = room - Math.floor(room * OVERLAP);
  const windows: TokenWindow[] = [];
  for (let start = 0; ; start += step) {
    const end = Math.min(start + room, tokens);
    windows.push({ start, end });
    if (end === tokens) return windows;
  }
}
