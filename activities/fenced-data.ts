// Fences material from outside, so that a model can tell it from instructions.

/** Characters that could close the fence are escaped; the model that reads it has no tools and no secrets. */
export const fenced = (name: string, material: string): string =>
  `<data name="${name}">\n${material.replace(/</g, '\\u003c')}\n</data>`;
