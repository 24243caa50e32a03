// What a setting's value may be: a check and the same said in words, for errors and pages.

export interface AcceptedForm {
  readonly accepts: (value: unknown) => boolean;
  /** In words, such as "a number from 0 to 1". */
  readonly accepted: string;
}

export const trueOrFalse: AcceptedForm = {
  accepts: (value) => typeof value === 'boolean',
  accepted: 'true or false',
};

/** Both ends included. */
export const numberFrom = (low: number, high: number, unit = ''): AcceptedForm => ({
  accepts: (value) => typeof value === 'number' && value >= low && value <= high,
  accepted: `a number from ${low} to ${high}${unit}`,
});

/** Both ends included. */
export const wholeNumberFrom = (low: number, high: number): AcceptedForm => ({
  accepts: (value) => Number.isInteger(value) && (value as number) >= low && (value as number) <= high,
  accepted: `a whole number from ${low} to ${high}`,
});

export const oneOf = (names: readonly string[]): AcceptedForm => ({
  accepts: (value) => typeof value === 'string' && names.includes(value),
  accepted: `one of ${names.join(', ')}`,
});

export const orNull = (form: AcceptedForm, meaning: string): AcceptedForm => ({
  accepts: (value) => value === null || form.accepts(value),
  accepted: `${form.accepted}, or null for ${meaning}`,
});

/** An object whose keys are among `names` and whose values are text of at most 200 characters. */
export const textByName = (names: readonly string[], accepted: string): AcceptedForm => ({
  accepts: (value) =>
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.entries(value).every(
      ([name, text]) =>
        names.includes(name) && typeof text === 'string' && text.length > 0 && text.length <= 200,
    ),
  accepted,
});
