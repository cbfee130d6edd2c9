type NamedValues = Readonly<Record<string, unknown>>;

/** The value of a name; `doc.body` is the value `body` of the object `doc`, unless a value has that whole name. */
export function valueAt(record: NamedValues, name: string): unknown {
  if (Object.hasOwn(record, name)) return record[name];
  const dot = name.indexOf('.');
  const inner = dot < 0 ? undefined : record[name.slice(0, dot)];
  return isNamedValues(inner) ? valueAt(inner, name.slice(dot + 1)) : undefined;
}

export function hasValue(record: NamedValues, name: string): boolean {
  return valueAt(record, name) !== undefined;
}

export function isNamedValues(value: unknown): value is NamedValues {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
