/** A number of the plan, with the arithmetic that leads to it, so that a reader can follow it. */
export interface Figure {
  readonly label: string;
  readonly value: number;
  readonly unit: string;
  readonly arithmetic: string;
}

const NUMBERS = new Intl.NumberFormat('en-US', { maximumFractionDigits: 4 });

/** Digits as a person reads them: three significant ones below 1000, whole numbers above, with commas. */
export function shown(value: number): string {
  const rounded = Math.abs(value) < 1000 ? Number(value.toPrecision(3)) : Math.round(value);
  return NUMBERS.format(rounded);
}

export function figureLine({ label, value, unit, arithmetic }: Figure): string {
  return `${label.padEnd(27)} ${`${shown(value)} ${unit}`.padEnd(22)} = ${arithmetic}`;
}
