// Optional fields under exactOptionalPropertyTypes: absent instead of undefined.

type Present<T> = { readonly [Key in keyof T]: Exclude<T[Key], undefined> };

/** The same object without the fields that are undefined. */
export const present = <T extends object>(fields: T): Present<T> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Present<T>;
